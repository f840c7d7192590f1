/** Median and tail of samples in milliseconds, as one line. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const describeSamples = (samples: readonly number[]): string =>
  `p50 ${quantile(samples, 0.5).toFixed(0)} ms, p99 ${quantile(samples, 0.99).toFixed(0)} ms, max ${quantile(samples, 1).toFixed(0)} ms (n=${samples.length})`
