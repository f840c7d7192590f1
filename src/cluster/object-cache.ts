import type { KubeObject } from '../resources/kube-object.ts'
import { type ObjectChange, objectKey } from './object-change.ts'

/** The words under which an object is found in an index, e.g. the uid of its controller. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** The objects of one resource as last heard. Objects are shared: never change them. */
export interface ObjectCache<T extends KubeObject> {
  readonly get: (key: string) => T | undefined
  /** All objects, or those of one namespace; in no particular order. */
  readonly list: (namespace?: string) => readonly T[]
  /** Objects that the index function named `index` files under `word`; throws for an index that was never added. */
  readonly byIndex: (index: string, word: string) => readonly T[]
  /** Adds an index over what is there and what will come. A second one of that name changes nothing. */
  readonly addIndex: (name: string, words: IndexFunction<T>) => void
  readonly size: () => number
}

export interface WritableObjectCache<T extends KubeObject> extends ObjectCache<T> {
  readonly apply: (change: ObjectChange<T>) => void
  readonly objects: ReadonlyMap<string, T>
}

interface Index<T> {
  readonly words: IndexFunction<T>
  readonly entries: Map<string, Map<string, T>>
}

const namespaceIndex = 'namespace'

/** The index of labels: `byIndex('label', 'app=web')`. */
export const labelIndex = 'label'
export const labelWords: IndexFunction<KubeObject> = (object) =>
  Object.entries(object.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`)

const file = <T>(index: Index<T>, key: string, object: T): void => {
  for (const word of index.words(object)) {
    const entries = index.entries.get(word)
    if (entries === undefined) index.entries.set(word, new Map([[key, object]]))
    else entries.set(key, object)
  }
}

const unfile = <T>(index: Index<T>, key: string, object: T): void => {
  for (const word of index.words(object)) {
    const entries = index.entries.get(word)
    entries?.delete(key)
    if (entries?.size === 0) index.entries.delete(word)
  }
}

export const createObjectCache = <T extends KubeObject>(): WritableObjectCache<T> => {
  const objects = new Map<string, T>()
  const indexes = new Map<string, Index<T>>()
  const addIndex = (name: string, words: IndexFunction<T>): void => {
    if (indexes.has(name)) return
    const index: Index<T> = { words, entries: new Map() }
    indexes.set(name, index)
    for (const [key, object] of objects) file(index, key, object)
  }
  const byIndex = (name: string, word: string): readonly T[] => {
    const index = indexes.get(name)
    if (index === undefined) throw new RangeError(`there is no index "${name}": add it with addIndex`)
    return [...(index.entries.get(word)?.values() ?? [])]
  }
  addIndex(namespaceIndex, (object) => [object.metadata.namespace ?? ''])
  return {
    objects,
    addIndex,
    byIndex,
    get: (key) => objects.get(key),
    list: (namespace) =>
      namespace === undefined ? [...objects.values()] : byIndex(namespaceIndex, namespace),
    size: () => objects.size,
    apply: (change) => {
      const key = objectKey(change.object.metadata)
      const previous = objects.get(key)
      if (previous !== undefined) for (const index of indexes.values()) unfile(index, key, previous)
      if (change.type === 'deleted') {
        objects.delete(key)
        return
      }
      objects.set(key, change.object)
      for (const index of indexes.values()) file(index, key, change.object)
    },
  }
}
