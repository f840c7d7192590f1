import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { countIndexes, formatIndexes, parseIndexes } from './job-indexes.ts'

property.prop([fc.uniqueArray(fc.nat({ max: 60 }))])('what is written is read, and counted', (indexes) => {
  const text = formatIndexes(indexes)
  expect([...parseIndexes(text, 61)]).toEqual(indexes.toSorted((left, right) => left - right))
  expect(countIndexes(text, 61)).toBe(indexes.length)
})

test('the form of JobStatus.completedIndexes', () => {
  expect(formatIndexes([7, 1, 3, 4, 5])).toBe('1,3-5,7')
  expect(formatIndexes([0, 1])).toBe('0,1')
  expect(formatIndexes([])).toBe('')
  expect([...parseIndexes('0-9', 3)]).toEqual([0, 1, 2])
  expect([...parseIndexes('x,2', 3)]).toEqual([2])
})

test.each([
  [
    '0-2-3',
    'the fragment "0-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
  ],
  ['a', 'cannot convert string to integer for index: "a"'],
  ['4', 'too large index: "4"'],
  ['2,1', 'non-increasing order, previous: 2, current: 1'],
  ['2-1', 'non-increasing order, previous: 2, current: 1'],
])('%s is refused', (text, problem) => {
  expect(countIndexes(text, 4)).toBe(problem)
})
