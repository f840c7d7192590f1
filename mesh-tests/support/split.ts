import { expect } from 'vitest'
import { binomialBounds } from './binomial.ts'

/** Each statistical check fails a correct splitter with a probability below this. */
const ERROR_RATE = 1e-7

/** Calls `answer` so often and counts what it says. */
export const countAnswers = async (
  requests: number,
  answer: () => Promise<string>,
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {}
  for (let sent = 0; sent < requests; sent += 1) {
    const key = await answer()
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Each answer's count lies within the exact binomial bounds of its share, and there is no other answer. */
export const expectSplit = (
  counts: Readonly<Record<string, number>>,
  shares: Readonly<Record<string, number>>,
): void => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  expect(Object.keys(counts).filter((key) => !(key in shares))).toEqual([])
  for (const [key, share] of Object.entries(shares)) {
    const { low, high } = binomialBounds(total, share, ERROR_RATE)
    expect(counts[key] ?? 0, `${key}: ${JSON.stringify(counts)}`).toBeGreaterThanOrEqual(low)
    expect(counts[key] ?? 0, `${key}: ${JSON.stringify(counts)}`).toBeLessThanOrEqual(high)
  }
}
