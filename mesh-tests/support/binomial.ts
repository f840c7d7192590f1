/** Exact bounds on counts, for tests of weighted splits. */

/** log of n!, by summation: exact enough for n up to some thousands. */
const logFactorial = (n: number): number => {
  let sum = 0
  for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor)
  return sum
}

const probability = (n: number, k: number, p: number): number => {
  if (p <= 0) return k === 0 ? 1 : 0
  if (p >= 1) return k === n ? 1 : 0
  const choose = logFactorial(n) - logFactorial(k) - logFactorial(n - k)
  return Math.exp(choose + k * Math.log(p) + (n - k) * Math.log(1 - p))
}

/**
 * The narrowest [low, high] with P(X < low) <= error/2 and P(X > high) <= error/2 for X ~ Binomial(n, p):
 * a correct splitter leaves it with a probability of at most `error`.
 */
export const binomialBounds = (
  n: number,
  p: number,
  error: number,
): { readonly low: number; readonly high: number } => {
  let low = 0
  for (let below = probability(n, 0, p); below <= error / 2 && low < n; below += probability(n, low, p))
    low += 1
  let high = n
  for (let above = probability(n, n, p); above <= error / 2 && high > 0; above += probability(n, high, p))
    high -= 1
  return { low, high }
}
