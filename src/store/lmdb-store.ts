/** The store on LMDB: group commit, a durable event log, pushed watches, background compaction. */
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { createCompaction } from './compaction.ts'
import { createGroupCommit } from './group-commit.ts'
import { encodeEvent } from './event-codec.ts'
import { type Head, openStoreFiles, type StoreFiles } from './lmdb-files.ts'
import { checkKey, planWrites, type WriteRequest } from './plan-writes.ts'
import { futureCompactionError } from './revision-errors.ts'
import type { Store, StoreEvent, WriteOutcome } from './store.ts'
import { createWatchHub } from './watch-hub.ts'
import type { Log } from '../primitives/log.ts'

export interface StoreOptions {
  /** Events kept for watches that resume; 50,000 unless told. */
  readonly keepEvents?: number
  /** Characters of events kept (values and previous values); 64 Mi unless told. */
  readonly keepCharacters?: number
  readonly log?: Log
}

/**
 * Opens the store in `directory`, creating it when absent. One process may have it open.
 * A write that cannot reach the disk rejects with CodedError `store-write-failed` and changed nothing.
 */
export const openStore = (directory: string, options: StoreOptions = {}): Store => {
  const files = openStoreFiles(directory)
  let head: Head = files.head()
  let closing: Promise<void> | undefined
  const compaction = createCompaction(files, {
    events: options.keepEvents ?? 50_000,
    characters: options.keepCharacters ?? 64 * 1024 * 1024,
  })
  const hub = createWatchHub({
    revision: () => files.head().revision,
    compactedRevision: compaction.compactedRevision,
    read: files.readLog,
  })
  const compactInBackground = (revision: number): void => {
    compaction.compact(revision).catch((thrown: unknown) => {
      options.log?.('compaction of the store failed', { directory, error: messageOf(thrown) })
    })
  }

  const commit = async (requests: readonly WriteRequest[]): Promise<readonly WriteOutcome[]> => {
    const { events, outcomes } = planWrites(requests, files.get, head.revision)
    if (events.length === 0) return outcomes
    head = await appendEvents(files, events, head).catch(writeFailed(directory))
    hub.publish(events)
    const due = compaction.due(head)
    if (due !== undefined) compactInBackground(due)
    return outcomes
  }

  const writes = createGroupCommit(commit)
  const write = async (request: WriteRequest): Promise<WriteOutcome> => {
    checkKey(request.key)
    if (closing !== undefined) throw new CodedError('store-closed', 'the store is closed')
    return writes.submit(request)
  }
  const close = async (): Promise<void> => {
    await writes.idle()
    hub.close()
    await compaction.stop()
    await files.close()
  }
  compactInBackground(compaction.compactedRevision())

  return {
    revision: () => head.revision,
    compactedRevision: compaction.compactedRevision,
    get: files.get,
    range: (prefix, { after, limit = Infinity } = {}) => files.range(prefix, after, limit),
    count: files.count,
    create: (key, value) => write({ type: 'create', key, value }),
    compareAndSwap: (key, expectedRevision, value) =>
      write({ type: 'compare-and-swap', key, expectedRevision, value }),
    delete: (key, expectedRevision) => write({ type: 'delete', key, expectedRevision }),
    watch: hub.watch,
    compact: async (revision) => {
      if (revision > head.revision) throw futureCompactionError(revision, head.revision)
      await compaction.compact(revision)
    },
    close: () => (closing ??= close()),
  }
}

/** Writes the events and gives the head they leave. */
const appendEvents = async (files: StoreFiles, events: readonly StoreEvent[], head: Head): Promise<Head> => {
  const logged = events.map(encodeEvent)
  const size = logged.reduce((sum, { length }) => sum + length, 0)
  const next: Head = { revision: head.revision + events.length, logged: head.logged + size }
  await files.append(events, logged, next)
  return next
}

const writeFailed =
  (directory: string) =>
  (cause: unknown): never => {
    throw new CodedError(
      'store-write-failed',
      `cannot write to the store in ${directory}: is its disk full?`,
      { cause },
    )
  }
