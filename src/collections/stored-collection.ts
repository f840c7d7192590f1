/** The values, listeners and indexes of one collection: what every kind of collection is made of. */
import type { Change, Collection, Index } from './collection.ts'

export interface StoredCollection<Value> extends Collection<Value> {
  /** Stores what differs by `equal`, and returns exactly that. */
  readonly apply: (updates: ReadonlyMap<string, Value | undefined>) => readonly Change<Value>[]
  readonly notify: (changes: readonly Change<Value>[]) => void
}

export interface StoreOptions<Value> {
  readonly name: string
  readonly order: number
  /** True: the new value is not told and the old one stays. */
  readonly equal: (left: Value, right: Value) => boolean
}

export const storedCollection = <Value>(options: StoreOptions<Value>): StoredCollection<Value> => {
  const entries = new Map<string, Value>()
  const listeners = new Set<(changes: readonly Change<Value>[]) => void>()
  const updateIndexes: ((change: Change<Value>) => void)[] = []
  let list: readonly Value[] | undefined
  const store = (key: string, after: Value | undefined): Change<Value> | undefined => {
    const before = entries.get(key)
    if (before === undefined ? after === undefined : after !== undefined && options.equal(before, after)) {
      return undefined
    }
    if (after === undefined) entries.delete(key)
    else entries.set(key, after)
    return { key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
  }
  const collection: StoredCollection<Value> = {
    name: options.name,
    order: options.order,
    entries,
    get: (key) => entries.get(key),
    values: () => (list ??= [...entries.values()]),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    apply: (updates) => {
      const changes = [...updates].flatMap(([key, value]) => store(key, value) ?? [])
      if (changes.length > 0) list = undefined
      for (const change of changes) for (const update of updateIndexes) update(change)
      return changes
    },
    notify: (changes) => {
      for (const listener of listeners) listener(changes)
    },
    addIndex: (keysOf) => {
      const { index, update } = storedIndex(collection, keysOf)
      for (const [key, after] of entries) update({ key, after })
      updateIndexes.push(update)
      return index
    },
  }
  return collection
}

const storedIndex = <Value>(
  collection: Collection<Value>,
  keysOf: (value: Value) => readonly string[],
): { readonly index: Index<Value>; readonly update: (change: Change<Value>) => void } => {
  const buckets = new Map<string, Map<string, Value>>()
  const lists = new Map<string, readonly Value[]>()
  const remove = (indexKey: string, key: string): void => {
    const bucket = buckets.get(indexKey)
    lists.delete(indexKey)
    bucket?.delete(key)
    if (bucket?.size === 0) buckets.delete(indexKey)
  }
  const add = (indexKey: string, key: string, value: Value): void => {
    const bucket = buckets.get(indexKey) ?? new Map<string, Value>()
    buckets.set(indexKey, bucket.set(key, value))
    lists.delete(indexKey)
  }
  const update = (change: Change<Value>): void => {
    const after = change.after === undefined ? [] : keysOf(change.after)
    if (change.before !== undefined) {
      for (const indexKey of keysOf(change.before))
        if (!after.includes(indexKey)) remove(indexKey, change.key)
    }
    if (change.after !== undefined) for (const indexKey of after) add(indexKey, change.key, change.after)
  }
  const lookup = (indexKey: string): readonly Value[] => {
    const known = lists.get(indexKey)
    if (known !== undefined) return known
    const list = [...(buckets.get(indexKey)?.values() ?? [])]
    if (list.length > 0) lists.set(indexKey, list)
    return list
  }
  /** Every change of this collection carries its own values, so their type is known here. */
  const keysOfChange = ({ before, after }: Change<unknown>): readonly string[] =>
    [before, after].flatMap((value) => (value === undefined ? [] : keysOf(value as Value)))
  return { index: { collection, lookup, keysOf, keysOfChange }, update }
}
