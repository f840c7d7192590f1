/** The state of a collection as it was at an earlier revision: the newest state with the events since then taken back. */
import { CodedError } from '../primitives/coded-error.ts'
import type { RangePage, Store, StoredValue } from '../store/store.ts'

/** A collection at one revision. */
export interface CollectionState {
  /** Its keys in order, after the key `after`, at most `limit`. */
  readonly range: (options: { readonly after?: string; readonly limit?: number }) => RangePage
  /** How many keys come after `after`. */
  readonly count: (after: string) => number
}

interface PastOptions {
  readonly store: Pick<Store, 'revision' | 'range' | 'count' | 'watch' | 'compactedRevision'>
  readonly prefix: string
  readonly revision: number
}

/** What a key held at the revision; undefined: nothing. */
type Before = Map<string, StoredValue | undefined>

/** Adds what the keys held that were written after `from`, up to `until`. */
const takeBack = async (
  { store, prefix }: PastOptions,
  before: Before,
  from: number,
  until: number,
): Promise<void> => {
  if (from >= until) return
  const done = new AbortController()
  for await (const event of store.watch('', from, done.signal)) {
    const { key, previous } = event
    if (key.startsWith(prefix) && !before.has(key)) {
      const revision = event.previousRevision ?? store.compactedRevision()
      before.set(key, previous === undefined ? undefined : { key, value: previous, revision })
    }
    // Every revision is one event.
    if (event.revision >= until) break
  }
  done.abort()
}

/** Keys are ordered by their UTF-8 bytes, as in the store. */
const compareKeys = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right))

const restored = (
  now: readonly StoredValue[],
  before: Before,
  after: string | undefined,
): readonly StoredValue[] => {
  const was = [...before.values()].filter(
    (stored): stored is StoredValue =>
      stored !== undefined && (after === undefined || compareKeys(stored.key, after) > 0),
  )
  return [...now.filter(({ key }) => !before.has(key)), ...was].toSorted((left, right) =>
    compareKeys(left.key, right.key),
  )
}

const pageOf = (all: readonly StoredValue[], limit: number, revision: number): RangePage => {
  const items = all.slice(0, limit)
  const last = items.at(-1)
  return { items, revision, ...(all.length > limit && last !== undefined ? { next: last.key } : {}) }
}

/** The collection at the revision while the store stands at `read.newest`, which grows when it turns out to be ahead. */
const stateAt = (options: PastOptions, before: Before, read: { newest: number }): CollectionState => {
  const { store, prefix, revision } = options
  const range: CollectionState['range'] = ({ after, limit = Infinity }) => {
    const from = after === undefined ? {} : { after }
    const page = store.range(prefix, before.size === 0 ? { ...from, limit } : from)
    read.newest = Math.max(read.newest, page.revision)
    return before.size === 0
      ? { ...page, revision }
      : pageOf(restored(page.items, before, after), limit, revision)
  }
  return {
    range,
    count: (after) => (before.size === 0 ? store.count(prefix, after) : range({ after }).items.length),
  }
}

/**
 * Gives `use` the collection as of the revision; it may be called again when the store was written meanwhile.
 * Undefined when the events since then are no longer all known.
 */
export const atRevision = async <T>(
  options: PastOptions,
  use: (state: CollectionState) => T,
): Promise<T | undefined> => {
  const before: Before = new Map()
  let covered = options.revision
  let newest = options.store.revision()
  try {
    for (;;) {
      await takeBack(options, before, covered, newest)
      covered = Math.max(covered, newest)
      const read = { newest: covered }
      const result = use(stateAt(options, before, read))
      if (read.newest === covered) return result
      newest = read.newest
    }
  } catch (error) {
    if (error instanceof CodedError && error.code === 'store-revision-compacted') return undefined
    throw error
  }
}
