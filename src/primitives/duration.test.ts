import { fc, test } from '@fast-check/vitest'
import { expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

it.each([
  ['0', 0],
  ['-0', 0],
  ['0s', 0],
  ['-0s', 0],
  ['10s', 10_000],
  ['0.1s', 100],
  ['1.5s', 1500],
  ['.5s', 500],
  ['5.s', 5000],
  ['300ms', 300],
  ['1h30m', 5_400_000],
  ['-1.5h', -5_400_000],
  ['+5m', 300_000],
  ['100us', 0.1],
  ['100\u00B5s', 0.1],
  ['100\u03BCs', 0.1],
  ['1ns', 1e-6],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

it.each(['', '-', '+', '.s', '5', '1d', '1s ', ' 1s', '1 s', '1e3s', '1s2', 'abc', '--1s', '1.2.3s'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

test.prop([fc.nat({ max: 1_000_000 })])('milliseconds are read back', (milliseconds) => {
  expect(parseDuration(`${milliseconds}ms`)).toBe(milliseconds)
  expect(parseDuration(`${milliseconds / 1000}s`)).toBe(milliseconds)
})
