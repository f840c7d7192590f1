import { expect, test } from 'vitest'
import { withoutNulls } from './without-nulls.ts'

test('null fields go, null items stay', () => {
  expect(withoutNulls({ a: null, b: { c: null, d: [null, { e: null }] } })).toEqual({ b: { d: [null, {}] } })
})

test('an object without any comes back as it is', () => {
  const object = { a: { b: [{ c: 1 }, null] } }
  expect(withoutNulls(object)).toBe(object)
})
