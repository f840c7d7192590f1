import { expect, test } from 'vitest'
import { nextBackoff, retryDelay } from './restart-backoff.ts'

test('10 s, doubling, at most 5 minutes', () => {
  const delays = [0]
  for (let i = 0; i < 7; i += 1) delays.push(nextBackoff(delays.at(-1) ?? 0, 1000))
  expect(delays.map((delay) => delay / 1000)).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
})

test('forgotten after 10 minutes of running', () => {
  expect(nextBackoff(300_000, 600_000)).toBe(0)
  expect(nextBackoff(300_000, 599_999)).toBe(300_000)
})

test('pulls back off from the first failure on', () => {
  expect([1, 2, 3, 9].map((failures) => retryDelay(failures) / 1000)).toEqual([10, 20, 40, 300])
})
