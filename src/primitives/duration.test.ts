import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { durationParts, formatDuration, parseDuration } from './duration.ts'

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['-0s', 0],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['.5s', 500],
    ['5.s', 5000],
    ['300ms', 300],
    ['1h30m', 5_400_000],
    ['-1.5h', -5_400_000],
    ['+5m', 300_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['1ns', 1e-6],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: milliseconds })
  })

  it.each(['', '-', '+', '.s', '1d', '1s ', ' 1s', '1e3s', '1s2', 'abc', '--1s', '1.2.3s'])(
    '%j is refused',
    (text) => {
      expect(parseDuration(text)).toMatchObject({ ok: false, error: expect.stringContaining('such as') })
    },
  )

  it('a bare number is told which unit is missing', () => {
    expect(parseDuration('10')).toEqual({
      ok: false,
      error: 'missing unit in duration "10": write a number with a unit, such as "10s"',
    })
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [1500, '1.5s'],
    [300, '300ms'],
    [5_400_000, '1h30m0s'],
    [90_000, '1m30s'],
    [-1000, '-1s'],
    [0.1, '100µs'],
    [1e-6, '1ns'],
    [1e-8, '0s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })

  test.prop([fc.integer({ min: -1e12, max: 1e12 })])(
    'parses back to the same milliseconds',
    (milliseconds) => {
      const parsed = parseDuration(formatDuration(milliseconds))
      expect(parsed.ok && Math.abs(parsed.value - milliseconds) < 1e-3).toBe(true)
    },
  )
})

describe('durationParts', () => {
  it.each([
    [1500, 1n, 500_000_000],
    [-1500, -1n, -500_000_000],
    [0, 0n, 0],
    [0.000001, 0n, 1],
    [999.9999999, 1n, 0],
  ])('%d ms', (milliseconds, seconds, nanos) => {
    expect(durationParts(milliseconds)).toEqual({ seconds, nanos })
  })
})
