/** Delays between restarts of a container: 10 s doubling to 300 s, forgotten after 10 minutes of running (kubelet). */
const first = 10_000
const longest = 300_000
const forgottenAfter = 600_000

/** The delay that follows the next attempt, from the one that follows this attempt (0 for the first: it restarts at once). */
export const nextBackoff = (previous: number, ranFor: number): number => {
  if (ranFor >= forgottenAfter) return 0
  return previous === 0 ? first : Math.min(previous * 2, longest)
}

/** The delay before the next try to find an image or to mount a volume: the same steps, without forgetting. */
export const retryDelay = (failures: number): number =>
  Math.min(first * 2 ** Math.max(0, failures - 1), longest)
