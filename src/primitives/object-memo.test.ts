import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { listInterner, objectMemo } from './object-memo.ts'

test('made once for the same objects and the same text', () => {
  const memo = objectMemo<string>()
  const [one, two] = [{}, {}]
  let made = 0
  const at = (objects: readonly object[], text: string): string =>
    memo.at(objects, text, () => `${text} ${(made += 1)}`)
  expect([at([one], 'x'), at([one], 'x')]).toEqual(['x 1', 'x 1'])
  expect([at([one], 'y'), at([one], 'x'), at([one], 'y')]).toEqual(['y 2', 'x 1', 'y 2'])
  expect(at([two], 'x')).toBe('x 3')
  expect(at([one, two], 'x')).toBe('x 4')
  expect(at([two, one], 'x')).toBe('x 5')
  expect(at([], 'x')).toBe('x 6')
})

test('a value may be undefined, and is made once all the same', () => {
  const memo = objectMemo<undefined>()
  const key = {}
  let made = 0
  const make = (): undefined => {
    made += 1
    return undefined
  }
  for (const text of ['first', 'first', 'second', 'second']) memo.at([key], text, make)
  expect(made).toBe(2)
})

const POOL = [{ name: 'a' }, { name: 'b' }, { name: 'c' }] as const

test.prop([
  fc.array(fc.tuple(fc.array(fc.constantFrom(...POOL), { maxLength: 3 }), fc.constantFrom('', 'x', 'y'))),
])('whatever is asked in whatever order: the value of just these objects and this text', (questions) => {
  const memo = objectMemo<string>()
  for (const [objects, text] of questions) {
    const expected = `${objects.map(({ name }) => name).join(',')} ${text}`
    expect(memo.at(objects, text, () => expected)).toBe(expected)
  }
})

test('equal lists become one object; the least recent one is forgotten first', () => {
  const intern = listInterner<string>(2)
  const first = intern(['a', 'b'])
  expect(intern(['a', 'b'])).toBe(first)
  expect(intern(['a'])).not.toBe(first)
  expect(intern(['a', 'b'])).toBe(first)
  intern(['c'])
  intern(['d'])
  expect(intern(['a', 'b'])).not.toBe(first)
})
