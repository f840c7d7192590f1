/** Forgets old events in small transactions beside the writes, and goes on where a crash interrupted it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoreFiles, Tail } from './lmdb-files.ts'

/** How much history is kept: whatever is exceeded first lets the oldest events go. */
export interface Retention {
  readonly events: number
  readonly characters: number
}

export interface Compaction {
  readonly compactedRevision: () => number
  /** Resolves when the events through `revision` are off the disk. */
  readonly compact: (revision: number) => Promise<void>
  /** Called after each write: the revision to compact through, or undefined while the retention holds. */
  readonly due: (head: { readonly revision: number; readonly logged: number }) => number | undefined
  /** Stops between two steps and resolves; the next open goes on. */
  readonly stop: () => Promise<void>
}

const step = 500
/** Compact in slices of a tenth of the retention, not at each write. */
const slack = 1.1

export const createCompaction = (files: StoreFiles, retention: Retention): Compaction => {
  let tail: Tail = files.tail()
  let stopped = false
  let last: Promise<void> = Promise.resolve()

  const removeForgotten = async (): Promise<void> => {
    while (!stopped && tail.removed < tail.compacted) {
      const through = Math.min(tail.removed + step, tail.compacted)
      const dropped = tail.dropped + files.logSize(tail.removed + 1, through)
      await files.removeLog(tail.removed + 1, through, { ...tail, removed: through, dropped })
      tail = { ...tail, removed: through, dropped }
      await nextTurn()
    }
  }

  const compact = (revision: number): Promise<void> => {
    // Watches are refused from here on; the disk follows.
    if (revision > tail.compacted) tail = { ...tail, compacted: revision }
    const run = last.then(removeForgotten)
    last = run.catch(() => {})
    return run
  }

  return {
    compactedRevision: () => tail.compacted,
    compact,
    due: ({ revision, logged }) => {
      const count = revision - tail.compacted
      const size = logged - tail.dropped
      const tooMany = count > retention.events * slack ? count - retention.events : 0
      const tooLarge =
        tail.removed === tail.compacted && size > retention.characters * slack
          ? Math.ceil(count * (1 - retention.characters / size))
          : 0
      const forget = Math.max(tooMany, tooLarge)
      return forget > 0 ? tail.compacted + forget : undefined
    },
    stop: async () => {
      stopped = true
      await last
    },
  }
}
