/** Who read what: from a changed value back to the inputs whose transformation read it. */
import type { Change, Reader } from './collection.ts'

/** A collection by its order, or an index. */
type Token = number | ReadIndex

interface ReadIndex {
  readonly keysOfChange: (change: Change<unknown>) => readonly string[]
}

interface Read {
  readonly token: Token
  readonly key: string
}

interface Place {
  readonly order: number
  readonly name: string
}

/** Stands for "all values"; read keys are prefixed so that none equals it. */
const EVERYTHING = '*'

export interface RecordedReads {
  /** A reader that records for `input`; what `input` read before is forgotten first. */
  readonly readerFor: (input: string) => Reader
  readonly forget: (input: string) => void
  /** The inputs that read any of these changes of the collection at `order`. */
  readonly affectedBy: (order: number, changes: readonly Change<unknown>[]) => ReadonlySet<string>
}

/** `check` throws when the reader may not read the collection. */
export const recordedReads = (options: { readonly check: (place: Place) => void }): RecordedReads => {
  const readersOf = new Map<Token, Map<string, Set<string>>>()
  const readsOf = new Map<string, Read[]>()
  const indexesOf = new Map<number, Set<ReadIndex>>()

  const record = (input: string, token: Token, key: string): void => {
    const byKey = readersOf.get(token) ?? new Map<string, Set<string>>()
    const inputs = byKey.get(key) ?? new Set<string>()
    if (inputs.has(input)) return
    readersOf.set(token, byKey.set(key, inputs.add(input)))
    const reads = readsOf.get(input) ?? []
    reads.push({ token, key })
    readsOf.set(input, reads)
  }

  const forget = (input: string): void => {
    for (const { token, key } of readsOf.get(input) ?? []) {
      const inputs = readersOf.get(token)?.get(key)
      inputs?.delete(input)
      if (inputs?.size === 0) readersOf.get(token)?.delete(key)
    }
    readsOf.delete(input)
  }

  const affectedBy = (order: number, changes: readonly Change<unknown>[]): ReadonlySet<string> => {
    const affected = new Set<string>()
    const add = (token: Token, key: string): void => {
      for (const input of readersOf.get(token)?.get(key) ?? []) affected.add(input)
    }
    add(order, EVERYTHING)
    for (const { key } of changes) add(order, `=${key}`)
    for (const index of indexesOf.get(order) ?? []) {
      for (const key of new Set(changes.flatMap(index.keysOfChange))) add(index, `=${key}`)
    }
    return affected
  }

  const readerFor = (input: string): Reader => {
    forget(input)
    return {
      get: (collection, key) => {
        options.check(collection)
        record(input, collection.order, `=${key}`)
        return collection.get(key)
      },
      lookup: (index, key) => {
        options.check(index.collection)
        const { order } = index.collection
        indexesOf.set(order, (indexesOf.get(order) ?? new Set<ReadIndex>()).add(index))
        record(input, index, `=${key}`)
        return index.lookup(key)
      },
      values: (collection) => {
        options.check(collection)
        record(input, collection.order, EVERYTHING)
        return collection.values()
      },
    }
  }

  return { readerFor, forget, affectedBy }
}
