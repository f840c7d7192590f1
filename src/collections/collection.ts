/** Derived, indexed, observable collections in memory: what changed, and only that, is computed and told again. */

/** One key's change within a commit; `before` and `after` differ, and at least one is there. */
export interface Change<Value> {
  readonly key: string
  readonly before?: Value
  readonly after?: Value
}

/** A keyed set of values that changes only when its graph commits. */
export interface Collection<Value> {
  /** Names the collection in messages. */
  readonly name: string
  /** Place in the graph: a collection may only read those before it. */
  readonly order: number
  readonly get: (key: string) => Value | undefined
  /** The live view, in order of first appearance. Read it at once: a later commit changes it. */
  readonly entries: ReadonlyMap<string, Value>
  /** All values; the same array until a commit changes the collection. */
  readonly values: () => readonly Value[]
  /** Adds a second key; `keysOf` must depend on the value alone. */
  readonly addIndex: (keysOf: (value: Value) => readonly string[]) => Index<Value>
  /** Called once per commit that changed the collection, with all changes. Returns the end of the subscription. */
  readonly subscribe: (listener: (changes: readonly Change<Value>[]) => void) => () => void
}

/** A collection that is fed from outside. Changes are visible after the graph's `commit`. */
export interface Source<Value> extends Collection<Value> {
  readonly set: (key: string, value: Value) => void
  readonly delete: (key: string) => void
  /** Sets these and deletes every other key: what a fresh list of the world says. */
  readonly replace: (entries: Iterable<readonly [string, Value]>) => void
}

/** The values of a collection by a second key. */
export interface Index<Value> {
  /** The collection's place in the graph, and its name. */
  readonly collection: { readonly order: number; readonly name: string }
  /** Values under the key, in order of first appearance there; the same array until they change. */
  readonly lookup: (key: string) => readonly Value[]
  /** The index keys that a value stands under. */
  readonly keysOf: (value: Value) => readonly string[]
  /** The index keys that a change of the collection touches. */
  readonly keysOfChange: (change: Change<unknown>) => readonly string[]
}

/** How a transformation reads other collections, so that a change there computes it again. */
export interface Reader {
  readonly get: <Value>(collection: Collection<Value>, key: string) => Value | undefined
  readonly lookup: <Value>(index: Index<Value>, key: string) => readonly Value[]
  readonly values: <Value>(collection: Collection<Value>) => readonly Value[]
}
