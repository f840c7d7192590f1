/** Group commit: writes that wait while another batch goes to disk share the next flush. */

export interface GroupCommit<Request, Outcome> {
  /** Resolves with the request's outcome once its batch is durable; rejects when the batch could not be written. */
  readonly submit: (request: Request) => Promise<Outcome>
  /** Resolves when nothing is waiting or being written. */
  readonly idle: () => Promise<void>
}

interface Waiting<Request, Outcome> {
  readonly request: Request
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (reason: unknown) => void
}

const maximumBatch = 1000

/** `commit` gives one outcome per request, in order; it is never called while an earlier call runs. */
export const createGroupCommit = <Request, Outcome>(
  commit: (requests: readonly Request[]) => Promise<readonly Outcome[]>,
): GroupCommit<Request, Outcome> => {
  let waiting: Waiting<Request, Outcome>[] = []
  let running: Promise<void> | undefined

  const commitBatch = async (batch: readonly Waiting<Request, Outcome>[]): Promise<void> => {
    try {
      const outcomes = await commit(batch.map(({ request }) => request))
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index]
        if (outcome === undefined) reject(new RangeError('a commit gave fewer outcomes than requests'))
        else resolve(outcome)
      })
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown)
    }
  }

  const drain = async (): Promise<void> => {
    // Writes issued in the same turn of the event loop join the first batch.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maximumBatch)
      waiting = waiting.slice(maximumBatch)
      await commitBatch(batch)
    }
    running = undefined
  }

  return {
    submit: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject })
        running ??= drain()
      }),
    idle: async () => running,
  }
}
