/**
 * Runs `count` tasks in batches of 1, 2, 4, …: when a task fails, no further batch starts, so that a quota or a
 * broken template costs one refused request and not hundreds. Gives how many were not tried, and the first failure.
 */
export const slowStart = async (
  count: number,
  task: () => Promise<void>,
): Promise<{ readonly untried: number; readonly failure: unknown }> => {
  let left = count
  for (let batch = 1; left > 0; batch *= 2) {
    const size = Math.min(batch, left)
    const outcomes = await Promise.allSettled(Array.from({ length: size }, task))
    left -= size
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) return { untried: left, failure: failed.reason }
  }
  return { untried: 0, failure: undefined }
}
