import { expect, test } from 'vitest'
import { parseTimestamp, timestampOf } from '../../primitives/timestamp.ts'
import { parseCronSchedule, timeZoneProblem } from './cron-schedule.ts'

const nextOf = (schedule: string, after: string, timeZone?: string): string | undefined => {
  const parsed = parseCronSchedule(schedule, timeZone)
  if (!parsed.ok) throw new Error(parsed.error)
  const next = parsed.value.next(parseTimestamp(after) ?? 0)
  return next === undefined ? undefined : timestampOf(next)
}

test.each([
  ['*/5 * * * *', '2026-03-07T12:00:00Z', '2026-03-07T12:05:00Z'],
  ['*/5 * * * *', '2026-03-07T12:04:59Z', '2026-03-07T12:05:00Z'],
  ['0 0 1 JAN ?', '2026-03-07T12:00:00Z', '2027-01-01T00:00:00Z'],
  ['15 10-12/2 * * mon-fri', '2026-03-07T12:00:00Z', '2026-03-09T10:15:00Z'],
  // Either of day of month and day of week is enough when both are limited.
  ['0 0 13 * 5', '2026-03-14T00:00:00Z', '2026-03-20T00:00:00Z'],
  ['0 0 * * 7', '2026-03-07T12:00:00Z', '2026-03-08T00:00:00Z'],
  ['@hourly', '2026-03-07T12:00:00Z', '2026-03-07T13:00:00Z'],
  ['@every 1h30m', '2026-03-07T12:00:07Z', '2026-03-07T13:30:07Z'],
  ['@every 10ms', '2026-03-07T12:00:07Z', '2026-03-07T12:00:08Z'],
])('%s after %s is %s', (schedule, after, next) => {
  expect(nextOf(schedule, after)).toBe(next)
})

test('a time zone keeps its own clock, in summer and winter', () => {
  expect(nextOf('0 9 * * *', '2026-01-10T00:00:00Z', 'Europe/Berlin')).toBe('2026-01-10T08:00:00Z')
  expect(nextOf('0 9 * * *', '2026-07-10T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-10T07:00:00Z')
})

test('a date that never comes has no next time', () => {
  expect(nextOf('0 0 31 2 *', '2026-03-07T12:00:00Z')).toBeUndefined()
})

test.each([
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
  ['61 * * * *', 'minute: 61'],
  ['0 0 L * *', 'failed to parse field "L"'],
  ['0 0 * * 5#2', 'failed to parse field "5#2"'],
  ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ['@every soon', 'failed to parse duration @every soon'],
  ['nonsense', 'expected exactly 5 fields, found 1: [nonsense]'],
])('%s is refused: %s', (schedule, message) => {
  expect(parseCronSchedule(schedule)).toEqual({ ok: false, error: expect.stringContaining(message) })
})

test.each([
  ['Asia/Tokyo', undefined],
  ['UTC', undefined],
  ['', 'timeZone must be nil or non-empty string'],
  ['local', 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'],
  ['Mars/Olympus', 'unknown time zone Mars/Olympus'],
  ['+02:00', 'unknown time zone +02:00'],
])('time zone %j', (name, problem) => {
  expect(timeZoneProblem(name)).toBe(problem)
})
