import { describe, expect, test } from 'vitest'
import { ageSince, humanDuration } from './age.ts'

const seconds = (count: number): number => count * 1000
const minutes = (count: number): number => seconds(60 * count)
const hours = (count: number): number => minutes(60 * count)
const days = (count: number): number => hours(24 * count)

describe('the text of an age', () => {
  test.each([
    [seconds(-5), '<invalid>'],
    [seconds(-1.5), '0s'],
    [0, '0s'],
    [seconds(119), '119s'],
    [minutes(2), '2m'],
    [minutes(9) + seconds(30), '9m30s'],
    [minutes(179), '179m'],
    [hours(3), '3h'],
    [hours(7) + minutes(5), '7h5m'],
    [hours(47), '47h'],
    [days(2), '2d'],
    [days(3) + hours(4), '3d4h'],
    [days(100), '100d'],
    [days(365 * 3 + 10), '3y10d'],
    [days(365 * 9), '9y'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text)
  })

  test('no time', () => {
    expect([ageSince(undefined, 0), ageSince(null, 0), ageSince('soon', 0)]).toEqual(
      Array.from({ length: 3 }, () => '<unknown>'),
    )
  })
})
