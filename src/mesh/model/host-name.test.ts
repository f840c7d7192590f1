import { expect, test } from 'vitest'
import { bySpecificity, intersectHosts, isCoveredBy } from './host-name.ts'

test.each([
  ['a.example.com', '*.example.com', true],
  ['a.b.example.com', '*.example.com', true],
  ['example.com', '*.example.com', false],
  ['*.b.example.com', '*.example.com', true],
  ['*.example.com', '*.b.example.com', false],
  ['*', '*.example.com', false],
  ['anything', '*', true],
  ['a', 'a', true],
  ['a', 'b', false],
])('%s within %s: %s', (narrow, wide, covered) => {
  expect(isCoveredBy(narrow, wide)).toBe(covered)
})

test.each([
  ['*', 'a.com', 'a.com'],
  ['*.com', 'a.com', 'a.com'],
  ['a.com', '*.com', 'a.com'],
  ['*.a.com', '*.com', '*.a.com'],
  ['b.com', 'a.com', undefined],
])('%s and %s share %s', (left, right, shared) => {
  expect(intersectHosts(left, right)).toBe(shared)
})

test('exact before wildcard, longer before shorter', () => {
  expect(['*', '*.com', 'a', 'bb', '*.a.com', 'ab'].toSorted(bySpecificity)).toEqual([
    'ab',
    'bb',
    'a',
    '*.a.com',
    '*.com',
    '*',
  ])
})
