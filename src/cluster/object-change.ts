import type { KubeObject } from '../resources/kube-object.ts'

/** What happened to one object, as a consumer of an informer hears it. */
export type ObjectChange<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'modified'; readonly object: T; readonly previous: T }
  /** `object` is the last state known; after a lost watch that may be older than the one deleted. */
  | { readonly type: 'deleted'; readonly object: T }

/** `<namespace>/<name>`, or `<name>` of a cluster-scoped object: client-go's MetaNamespaceKey. */
export const objectKey = (metadata: { readonly namespace?: string; readonly name: string }): string =>
  metadata.namespace === undefined || metadata.namespace === ''
    ? metadata.name
    : `${metadata.namespace}/${metadata.name}`

/** The inverse of objectKey. */
export const nameOfKey = (key: string): { readonly namespace?: string; readonly name: string } => {
  const slash = key.indexOf('/')
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** `next` in place of `previous`: another uid under the same name is a deletion and a creation. */
export const changesBetween = <T extends KubeObject>(
  previous: T | undefined,
  next: T | undefined,
): readonly ObjectChange<T>[] => {
  if (next === undefined) return previous === undefined ? [] : [{ type: 'deleted', object: previous }]
  if (previous === undefined) return [{ type: 'added', object: next }]
  if (previous.metadata.uid !== next.metadata.uid) {
    return [
      { type: 'deleted', object: previous },
      { type: 'added', object: next },
    ]
  }
  return previous.metadata.resourceVersion === next.metadata.resourceVersion
    ? []
    : [{ type: 'modified', object: next, previous }]
}

/** What turns the known objects into a fresh list: deletions first, then the list's order. */
export const changesToList = <T extends KubeObject>(
  known: ReadonlyMap<string, T>,
  items: readonly T[],
): readonly ObjectChange<T>[] => {
  const listed = new Set(items.map((item) => objectKey(item.metadata)))
  const gone = [...known].filter(([key]) => !listed.has(key)).map(([, object]) => object)
  return [
    ...gone.map((object) => ({ type: 'deleted', object }) as const),
    ...items.flatMap((item) => changesBetween(known.get(objectKey(item.metadata)), item)),
  ]
}
