/** Time as a port: pure folders take values, effect folders take a Clock, tests take a fake one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}
