/** How many calls each of fortio's connections makes, and when. */

export interface LoadRequest {
  /** 0 or less: as fast as it goes. */
  readonly qps: number
  readonly threads: number
  /** Seconds; 0 or less: until interrupted. */
  readonly duration: number
  /** Above 0: that many calls, whatever the duration. */
  readonly exactly: number
}

export interface LoadPlan {
  readonly threads: number
  /** Of each thread; undefined: no limit. */
  readonly calls: number | undefined
  /** For the first thread on top. */
  readonly leftOver: number
  readonly warnings: readonly string[]
}

/** With a rate, each thread makes 2 calls at least; so there may be fewer threads than asked for. */
export const planLoad = ({ qps, threads, duration, exactly }: LoadRequest): LoadPlan => {
  if (qps <= 0) {
    if (exactly <= 0) return { threads, calls: undefined, leftOver: 0, warnings: [] }
    return { threads, calls: Math.floor(exactly / threads), leftOver: exactly % threads, warnings: [] }
  }
  if (exactly <= 0 && duration <= 0) return { threads, calls: undefined, leftOver: 0, warnings: [] }
  const warnings: string[] = []
  let wanted = exactly > 0 ? exactly : Math.floor(qps * duration)
  let fitting = threads
  if (wanted < 2) {
    warnings.push(
      'Increasing the number of calls to the minimum of 2 with 1 thread. total duration will increase',
    )
    wanted = 2
    fitting = 1
  }
  if (2 * fitting > wanted) {
    const fewer = Math.floor(wanted / 2)
    warnings.push(
      `Lowering number of threads - total call ${wanted} -> lowering from ${fitting} to ${fewer} threads`,
    )
    fitting = fewer
  }
  const calls = Math.floor(wanted / fitting)
  return { threads: fitting, calls, leftOver: exactly > 0 ? exactly - calls * fitting : 0, warnings }
}

/** Seconds after the start at which call number `index` (from 0) of a thread is due. */
export const dueAt = (
  index: number,
  perThread: number,
  plan: { readonly calls: number | undefined; readonly hasDuration: boolean },
): number => {
  const calls = plan.calls ?? 0
  // The last call falls on the end: 2 calls at 1 qps for 2 s are 2 s apart.
  return plan.hasDuration && calls > 1 ? (index + index / (calls - 1)) / perThread : index / perThread
}
