import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { backOffDelay, watchBackOff } from './back-off.ts'

test.prop([fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 0.999, noNaN: true })])(
  'a delay lies between half of the step and the cap',
  (failures, random) => {
    const delay = backOffDelay(watchBackOff, failures, random)
    expect(delay).toBeLessThanOrEqual(watchBackOff.maximumMs)
    expect(delay).toBeGreaterThanOrEqual(watchBackOff.initialMs / 2)
  },
)

test('it doubles until the cap', () => {
  const policy = { initialMs: 100, maximumMs: 1000, jitter: 0.5 }
  expect([1, 2, 3, 4, 5, 6].map((failures) => backOffDelay(policy, failures, 0))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ])
  expect(backOffDelay(policy, 2, 0.5)).toBe(150)
})
