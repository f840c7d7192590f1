/** Pushes durable events to watchers; one that falls behind reads the event log instead of memory. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CodedError } from '../primitives/coded-error.ts'
import { compactedError, futureWatchError, gapError } from './revision-errors.ts'
import type { StoreEvent } from './store.ts'

/** Where events are kept until compaction. Revisions are dense: each belongs to one event. */
export interface EventLog {
  /** The last durable revision. */
  readonly revision: () => number
  readonly compactedRevision: () => number
  /** Durable events after `revision`, in order, at most `limit`. */
  readonly read: (revision: number, limit: number) => readonly StoreEvent[]
}

export interface WatchHub {
  /** Takes events that are durable, in order of revision. */
  readonly publish: (events: readonly StoreEvent[]) => void
  readonly watch: (prefix: string, fromRevision: number, signal: AbortSignal) => AsyncIterable<StoreEvent>
  /** Ends every watch with CodedError `store-closed`. */
  readonly close: () => void
}

/** What one watcher may hold in memory before it reads from disk: 1,000 events, shared between watchers. */
const bufferedEvents = 1000
const pageOfLog = 256

interface Watcher {
  readonly prefix: string
  /** Everything up to here was delivered or is in `queue`. */
  position: number
  queue: StoreEvent[]
  /** True: the queue overflowed or the watch starts in the past; the log has what follows `position`. */
  behind: boolean
  wake: () => void
}

export const createWatchHub = (log: EventLog): WatchHub => {
  const watchers = new Set<Watcher>()
  let published = log.revision()
  let closed = false

  const watch = (prefix: string, fromRevision: number, signal: AbortSignal): AsyncIterable<StoreEvent> => {
    checkStart(log, fromRevision)
    return { [Symbol.asyncIterator]: () => follow(prefix, fromRevision, signal) }
  }

  async function* follow(
    prefix: string,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoreEvent, void> {
    const watcher: Watcher = { prefix, position: from, queue: [], behind: from < published, wake: () => {} }
    const onAbort = (): void => watcher.wake()
    watchers.add(watcher)
    signal.addEventListener('abort', onAbort)
    try {
      while (!signal.aborted) yield* untilAborted(await nextEvents(watcher, signal), signal)
    } finally {
      watchers.delete(watcher)
      signal.removeEventListener('abort', onAbort)
    }
  }

  const nextEvents = async (watcher: Watcher, signal: AbortSignal): Promise<readonly StoreEvent[]> => {
    if (watcher.queue.length > 0) {
      const events = watcher.queue
      watcher.queue = []
      return events
    }
    if (closed) throw new CodedError('store-closed', 'the store was closed while it was watched')
    if (watcher.behind) {
      // A long backlog must not keep the process from its sockets.
      await nextTurn()
      if (closed) return []
      const events = readBehind(watcher, log)
      if (watcher.position >= published) watcher.behind = false
      return events
    }
    await new Promise<void>((resolve) => {
      watcher.wake = resolve
      if (signal.aborted) resolve()
    })
    return []
  }

  const publish = (events: readonly StoreEvent[]): void => {
    published = events.at(-1)?.revision ?? published
    for (const watcher of watchers) {
      if (!watcher.behind && enqueue(watcher, events)) watcher.wake()
    }
  }

  const close = (): void => {
    closed = true
    for (const watcher of watchers) watcher.wake()
  }

  return { publish, watch, close }
}

function* untilAborted(events: readonly StoreEvent[], signal: AbortSignal): Generator<StoreEvent, void> {
  for (const event of events) {
    if (signal.aborted) return
    yield event
  }
}

/** The next page of the log for a watcher that is behind. */
const readBehind = (watcher: Watcher, log: EventLog): readonly StoreEvent[] => {
  if (watcher.position < log.compactedRevision())
    throw compactedError(watcher.position, log.compactedRevision())
  const page = log.read(watcher.position, pageOfLog)
  const first = page[0]
  if (first !== undefined && first.revision !== watcher.position + 1)
    throw gapError(watcher.position, first.revision)
  watcher.position = page.at(-1)?.revision ?? watcher.position
  return page.filter((event) => event.key.startsWith(watcher.prefix))
}

/** Returns true when the watcher has something to do. */
const enqueue = (watcher: Watcher, events: readonly StoreEvent[]): boolean => {
  for (const event of events) {
    if (event.revision <= watcher.position) continue
    if (event.key.startsWith(watcher.prefix)) {
      if (watcher.queue.length >= bufferedEvents) {
        watcher.behind = true
        return true
      }
      watcher.queue.push(event)
    }
    watcher.position = event.revision
  }
  return watcher.queue.length > 0
}

const checkStart = (log: EventLog, fromRevision: number): void => {
  if (fromRevision < log.compactedRevision()) throw compactedError(fromRevision, log.compactedRevision())
  if (fromRevision > log.revision()) throw futureWatchError(fromRevision, log.revision())
}
