import { test as property, fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { parseTimestamp, timeOf, timestampOf } from './timestamp.ts'

// oxlint-disable-next-line no-restricted-globals -- the oracle, given fixed times
const oracle = Date

property.prop([fc.integer({ min: 0, max: 253_402_300_799_000 })])(
  'times are written as Date writes them, in whole seconds',
  (milliseconds) => {
    expect(timestampOf(milliseconds)).toBe(`${new oracle(milliseconds).toISOString().slice(0, 19)}Z`)
  },
)

property.prop([
  fc.date({ min: new oracle('1900-01-01'), max: new oracle('2200-01-01'), noInvalidDate: true }),
])('and read as Date reads them', (date) => {
  expect(parseTimestamp(date.toISOString())).toBe(date.getTime())
})

test('an offset', () => {
  expect(parseTimestamp('2026-01-31T12:00:00+02:00')).toBe(oracle.parse('2026-01-31T10:00:00Z'))
})

test('no time is as old as can be', () => {
  expect([undefined, null, '', 'soon'].map(timeOf)).toEqual([0, 0, 0, 0])
  expect(timeOf('1970-01-01T00:00:01.5Z')).toBe(1500)
})
