/** How long to wait before try number `n`: exponential with a cap, and jitter so that many clients do not beat together. */
export interface BackOffPolicy {
  readonly initialMs: number
  readonly maximumMs: number
  /** 0.5: between half and all of the delay. */
  readonly jitter: number
}

/** client-go's reflector waits 800 ms at first; a restarted embedded server is back sooner. */
export const watchBackOff: BackOffPolicy = { initialMs: 50, maximumMs: 10_000, jitter: 0.5 }

/** Towards a server on the same machine: it is back soon, and asking it costs nothing. */
export const localWatchBackOff: BackOffPolicy = { initialMs: 100, maximumMs: 1000, jitter: 0.5 }

/**
 * The delay in milliseconds after `failures` failures in a row (1 and up).
 * `random` is a number in [0, 1).
 */
export const backOffDelay = (policy: BackOffPolicy, failures: number, random: number): number => {
  const full = Math.min(policy.initialMs * 2 ** Math.min(failures - 1, 30), policy.maximumMs)
  return full * (1 - policy.jitter * random)
}
