/** The store's LMDB environment: current values, the event log and two counters, changed together in one transaction. */
import { mkdirSync } from 'node:fs'
import { type Database, open, type RootDatabase } from 'lmdb'
import { isJsonObject } from '../primitives/json-value.ts'
import { decodeEvent, decodeValue, encodeEvent, encodeValue } from './event-codec.ts'
import type { RangePage, StoredValue, StoreEvent } from './store.ts'

/** What the last write left: the revision and the size of all events ever logged (characters). */
export interface Head {
  readonly revision: number
  readonly logged: number
}

/** What compaction left: events up to `compacted` count as forgotten, those up to `removed` are off the disk. */
export interface Tail {
  readonly compacted: number
  readonly removed: number
  readonly dropped: number
}

export interface StoreFiles {
  readonly head: () => Head
  readonly tail: () => Tail
  readonly get: (key: string) => StoredValue | undefined
  readonly range: (prefix: string, after: string | undefined, limit: number) => RangePage
  readonly count: (prefix: string, after?: string) => number
  readonly readLog: (after: number, limit: number) => readonly StoreEvent[]
  /** The size of the events with these revisions, in characters. */
  readonly logSize: (from: number, through: number) => number
  /** Resolves when the events, the values they leave and the head are flushed to disk. */
  readonly append: (events: readonly StoreEvent[], logged: readonly string[], head: Head) => Promise<void>
  /** Resolves when the events from..through are gone and the tail is flushed. */
  readonly removeLog: (from: number, through: number, tail: Tail) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Opens or creates the environment in `directory` (mode 0700: it holds Secrets).
 * `overlappingSync: false` makes a commit visible, and its promise resolve, only after the flush (fdatasync): what
 * anybody can read is on disk. Writes go through `batch`, one transaction run by LMDB's own thread, so a flush
 * does not block the event loop.
 */
export const openStoreFiles = (directory: string): StoreFiles => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const environment = open({
    path: directory,
    overlappingSync: false,
    noSubdir: false,
    maxDbs: 3,
    encoding: 'string',
  })
  const current = environment.openDB<string, string>('current', { encoding: 'string' })
  const log = environment.openDB<string, number>('log', { encoding: 'string' })
  const counters = environment.openDB<string, string>('counters', { encoding: 'string' })

  const range: StoreFiles['range'] = (prefix, after, limit) => {
    environment.resetReadTxn()
    const transaction = current.useReadTransaction()
    try {
      const items: StoredValue[] = []
      const start = after !== undefined && after > prefix ? after : prefix
      let more = false
      for (const { key, value } of current.getRange({ start, transaction })) {
        if (!key.startsWith(prefix)) break
        if (key === after) continue
        more = items.length >= limit
        if (more) break
        items.push(decodeValue(key, value))
      }
      const { revision } = parseHead(counters.get('head', { transaction }))
      const last = items.at(-1)
      return { items, revision, ...(more && last !== undefined ? { next: last.key } : {}) }
    } finally {
      transaction.done()
    }
  }

  const writing = writesTo({ environment, current, log, counters })
  return {
    head: () => {
      environment.resetReadTxn()
      return parseHead(counters.get('head'))
    },
    tail: () => parseTail(counters.get('tail')),
    get: (key) => {
      environment.resetReadTxn()
      const stored = current.get(key)
      return stored === undefined ? undefined : decodeValue(key, stored)
    },
    range,
    count: (prefix, after) => {
      environment.resetReadTxn()
      return countKeys(current, prefix, after)
    },
    readLog: (after, limit) => {
      environment.resetReadTxn()
      return [...log.getRange({ start: after + 1, limit })].map(({ key, value }) => decodeEvent(key, value))
    },
    logSize: (from, through) => sizeOfEvents(log, from, through),
    ...writing,
    close: () => environment.close(),
  }
}

const sizeOfEvents = (log: Database<string, number>, from: number, through: number): number => {
  let size = 0
  for (const { value } of log.getRange({ start: from, end: through + 1 })) size += value.length
  return size
}

const countKeys = (database: Database<string, string>, prefix: string, after: string | undefined): number => {
  let count = 0
  for (const key of database.getKeys({ start: after ?? prefix })) {
    if (!key.startsWith(prefix)) break
    if (key !== after) count += 1
  }
  return count
}

interface Databases {
  readonly environment: RootDatabase
  readonly current: Database<string, string>
  readonly log: Database<string, number>
  readonly counters: Database<string, string>
}

/** Each is one transaction. */
const writesTo = ({
  environment,
  current,
  log,
  counters,
}: Databases): Pick<StoreFiles, 'append' | 'removeLog'> => ({
  append: async (events, logged, head) => {
    await environment.batch(() => {
      events.forEach((event, index) => {
        if (event.type === 'put') void current.put(event.key, encodeValue(event.value, event.revision))
        else void current.remove(event.key)
        void log.put(event.revision, logged[index] ?? encodeEvent(event))
      })
      void counters.put('head', JSON.stringify(head))
    })
  },
  removeLog: async (from, through, tail) => {
    await environment.batch(() => {
      for (let revision = from; revision <= through; revision += 1) void log.remove(revision)
      void counters.put('tail', JSON.stringify(tail))
    })
  },
})

const numbersOf = (stored: string | undefined): Readonly<Record<string, unknown>> => {
  const parsed: unknown = stored === undefined ? {} : JSON.parse(stored)
  return isJsonObject(parsed) ? parsed : {}
}

const parseHead = (stored: string | undefined): Head => {
  const { revision = 0, logged = 0 } = numbersOf(stored)
  return { revision: Number(revision), logged: Number(logged) }
}

const parseTail = (stored: string | undefined): Tail => {
  const { compacted = 0, removed = 0, dropped = 0 } = numbersOf(stored)
  return { compacted: Number(compacted), removed: Number(removed), dropped: Number(dropped) }
}
