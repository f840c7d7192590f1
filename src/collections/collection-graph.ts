/** The graph of collections: sources, derivations and one commit that brings all of them up to date in order. */
import { CodedError } from '../primitives/coded-error.ts'
import type { Change, Collection, Index, Reader, Source } from './collection.ts'
import { recordedReads } from './recorded-reads.ts'
import { storedCollection, type StoredCollection } from './stored-collection.ts'

export interface SourceOptions<Value> {
  readonly name: string
  /** Default: identity. */
  readonly equal?: (left: Value, right: Value) => boolean
}

export interface DeriveOptions<Input, Output> {
  readonly name: string
  /**
   * The outputs of one input by key; keys of different inputs must differ. `previous` gives what an output key holds
   * until now (for derivations with a memory; others ignore it).
   */
  readonly transform: (
    input: Input,
    read: Reader,
    previous: (key: string) => Output | undefined,
  ) => Iterable<readonly [string, Output]>
  /** Default: identity. */
  readonly equal?: (left: Output, right: Output) => boolean
}

export interface GroupOptions<Value, Output> {
  readonly name: string
  readonly keysOf: (value: Value) => readonly string[]
  /** The output of a group that has at least one value; undefined: none. */
  readonly transform: (values: readonly Value[], key: string, read: Reader) => Output | undefined
  readonly equal?: (left: Output, right: Output) => boolean
}

export interface CollectionGraph {
  readonly source: <Value>(options: SourceOptions<Value>) => Source<Value>
  /** One input to any number of outputs, reading other collections on the way. */
  readonly derive: <Input, Output>(
    input: Collection<Input>,
    options: DeriveOptions<Input, Output>,
  ) => Collection<Output>
  /** All inputs of one key to one output. */
  readonly group: <Value, Output>(
    input: Collection<Value>,
    options: GroupOptions<Value, Output>,
  ) => Collection<Output>
  /** The same over several collections; the values of a group come in the order of the collections. */
  readonly groupAll: <Value, Output>(
    inputs: readonly Collection<Value>[],
    options: GroupOptions<Value, Output>,
  ) => Collection<Output>
  readonly index: <Value>(
    collection: Collection<Value>,
    keysOf: (value: Value) => readonly string[],
  ) => Index<Value>
  /** Brings everything up to date, then tells the subscribers. Returns how many values changed in all. */
  readonly commit: () => number
}

/** The changes of a commit so far, by the order of the collection. */
type Changed = Map<number, readonly Change<unknown>[]>

interface Node {
  readonly stored: StoredCollection<unknown>
  readonly update: (changed: Changed) => readonly Change<unknown>[]
}

export const createCollectionGraph = (): CollectionGraph => {
  const nodes: Node[] = []
  return {
    source: (options) => addSource(nodes, options),
    derive: (input, options) => addDerivation(nodes, input, options),
    group: (input, options) => addGroup(nodes, [input], options),
    groupAll: (inputs, options) => addGroup(nodes, inputs, options),
    index: (collection, keysOf) => addIndex(nodes, collection, keysOf),
    commit: () => commitNodes(nodes),
  }
}

const commitNodes = (nodes: readonly Node[]): number => {
  const changed: Changed = new Map()
  for (const node of nodes) {
    const changes = node.update(changed)
    if (changes.length > 0) changed.set(node.stored.order, changes)
  }
  for (const [order, changes] of changed) nodes[order]?.stored.notify(changes)
  return [...changed.values()].reduce((sum, changes) => sum + changes.length, 0)
}

const same = (left: unknown, right: unknown): boolean => left === right

const addNode = <Value>(
  nodes: Node[],
  options: { readonly name: string; readonly equal?: (left: Value, right: Value) => boolean },
  update: (stored: StoredCollection<Value>, changed: Changed) => readonly Change<Value>[],
): StoredCollection<Value> => {
  const stored = storedCollection<Value>({
    name: options.name,
    order: nodes.length,
    equal: options.equal ?? same,
  })
  nodes.push({ stored: forgetType(stored), update: (changed) => update(stored, changed) })
  return stored
}

/** The graph only moves values between functions that agree on their type, so its own list may forget it. */
const forgetType = <Value>(stored: StoredCollection<Value>): StoredCollection<unknown> =>
  stored as unknown as StoredCollection<unknown>

const addSource = <Value>(nodes: Node[], options: SourceOptions<Value>): Source<Value> => {
  let pending = new Map<string, Value | undefined>()
  const stored = addNode<Value>(nodes, options, (self) => {
    const updates = pending
    pending = new Map()
    return self.apply(updates)
  })
  return {
    ...stored,
    set: (key, value) => void pending.set(key, value),
    delete: (key) => void pending.set(key, undefined),
    replace: (entries) => {
      pending = new Map([...stored.entries.keys()].map((key) => [key, undefined]))
      for (const [key, value] of entries) pending.set(key, value)
    },
  }
}

const addDerivation = <Input, Output>(
  nodes: Node[],
  input: Collection<Input>,
  options: DeriveOptions<Input, Output>,
): Collection<Output> => {
  const order = nodes.length
  const reads = recordedReads({ check: (collection) => checkOrder(collection, order, options.name) })
  const outputsOf = new Map<string, readonly string[]>()
  let started = false
  /** Computes one input again and adds its outputs, and the ones it no longer has, to `updates`. */
  const recompute = (
    key: string,
    previous: StoredCollection<Output>['get'],
  ): readonly (readonly [string, Output])[] => {
    const value = input.get(key)
    if (value === undefined) {
      reads.forget(key)
      outputsOf.delete(key)
      return []
    }
    const outputs = [...options.transform(value, reads.readerFor(key), previous)]
    outputsOf.set(
      key,
      outputs.map(([output]) => output),
    )
    return outputs
  }
  return addNode<Output>(nodes, options, (self, changed) => {
    const dirty = new Set(
      started ? (changed.get(input.order) ?? []).map(({ key }) => key) : input.entries.keys(),
    )
    started = true
    for (const [collection, changes] of changed) {
      for (const key of reads.affectedBy(collection, changes)) dirty.add(key)
    }
    const updates = new Map<string, Output | undefined>()
    for (const key of dirty) for (const output of outputsOf.get(key) ?? []) updates.set(output, undefined)
    for (const key of dirty)
      for (const [output, value] of recompute(key, self.get)) updates.set(output, value)
    return self.apply(updates)
  })
}

const addGroup = <Value, Output>(
  nodes: Node[],
  inputs: readonly Collection<Value>[],
  options: GroupOptions<Value, Output>,
): Collection<Output> => {
  const parts = inputs.map((input) => ({ input, index: addIndex(nodes, input, options.keysOf) }))
  return addDerivation<string, Output>(nodes, addGroupKeys(nodes, options.name, parts), {
    name: options.name,
    ...(options.equal === undefined ? {} : { equal: options.equal }),
    transform: (key, read) => {
      const [only, ...others] = parts.map(({ index }) => read.lookup(index, key))
      const values = others.length === 0 ? (only ?? []) : [...(only ?? []), ...others.flat()]
      const output = options.transform(values, key, read)
      return output === undefined ? [] : [[key, output]]
    },
  })
}

/** The index keys that have a value at all, as a collection of themselves. */
const addGroupKeys = <Value>(
  nodes: Node[],
  name: string,
  parts: readonly { readonly input: Collection<Value>; readonly index: Index<Value> }[],
): Collection<string> => {
  let started = false
  return addNode<string>(nodes, { name: `groups of ${name}` }, (self, changed) => {
    const touched = new Set(
      parts.flatMap(({ input, index }) => [
        ...(started ? [] : input.values().flatMap(index.keysOf)),
        ...(changed.get(input.order) ?? []).flatMap(index.keysOfChange),
      ]),
    )
    started = true
    const isThere = (key: string): boolean => parts.some(({ index }) => index.lookup(key).length > 0)
    return self.apply(new Map([...touched].map((key) => [key, isThere(key) ? key : undefined])))
  })
}

const addIndex = <Value>(
  nodes: readonly Node[],
  collection: Collection<Value>,
  keysOf: (value: Value) => readonly string[],
): Index<Value> => {
  if (nodes[collection.order]?.stored.entries !== collection.entries) {
    throw new CodedError('COLLECTION_UNKNOWN', `${collection.name} belongs to another graph: index it there`)
  }
  return collection.addIndex(keysOf)
}

const checkOrder = (
  collection: { readonly order: number; readonly name: string },
  order: number,
  reader: string,
): void => {
  if (collection.order < order) return
  throw new CodedError(
    'COLLECTION_ORDER',
    `${reader} reads ${collection.name}, which was made after it: make ${collection.name} first`,
  )
}
