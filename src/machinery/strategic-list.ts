/** Lists in a strategic merge patch: merged by key or as sets, and put in order. */
import { isJsonObject, type JsonObject, type JsonValue, jsonEqual } from '../primitives/json-value.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import { PatchAbort } from './patch-failure.ts'
import { itemSchema } from './schema-walk.ts'

export type MergeMaps = (original: JsonObject, patch: JsonObject, schema: Schema | undefined) => JsonObject

export interface ListMerge {
  /** The list's own schema, with its merge key. */
  readonly schema: Schema | undefined
  readonly library: SchemaLibrary
  readonly mergeMaps: MergeMaps
  readonly withoutDirectives: (value: JsonValue) => JsonValue
}

/** Merges two lists whose strategy is `merge`. */
export const mergeLists = (
  original: readonly JsonValue[],
  patch: readonly JsonValue[],
  merge: ListMerge,
): readonly JsonValue[] => {
  const mergeKey = merge.schema?.['x-kubernetes-patch-merge-key']
  if (![...original, ...patch].some((item) => isJsonObject(item))) {
    const merged = [...new Set([...original, ...patch])]
    return arrangeList(merged, patch, original, undefined)
  }
  if (mergeKey === undefined) return patch.map(merge.withoutDirectives)
  const items = patch.map((item) => mapItem(item))
  const additions = items.filter((item) => item['$patch'] === undefined || item['$patch'] === 'merge')
  if (items.some((item) => item['$patch'] === 'replace')) {
    return items.filter((item) => item['$patch'] !== 'replace').map(merge.withoutDirectives)
  }
  const deleted = items.filter((item) => item['$patch'] === 'delete').map((item) => keyOf(item, mergeKey))
  const kept = original.filter((item) => !deleted.some((key) => hasKey(item, mergeKey, key)))
  const merged = mergeByKey(kept, additions, mergeKey, merge)
  return arrangeList(merged, additions, kept, mergeKey)
}

const mapItem = (item: JsonValue): JsonObject => {
  if (!isJsonObject(item))
    throw new PatchAbort('malformed', `the list holds objects, not ${JSON.stringify(item)}`)
  const directive = item['$patch']
  if (directive === undefined || directive === 'merge' || directive === 'delete' || directive === 'replace')
    return item
  throw new PatchAbort(
    'malformed',
    `unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(item)}`,
  )
}

const mergeByKey = (
  original: readonly JsonValue[],
  patch: readonly JsonObject[],
  mergeKey: string,
  merge: ListMerge,
): readonly JsonValue[] => {
  const merged = [...original]
  const schema = itemSchema(merge.schema, merge.library)
  for (const item of patch) {
    const key = keyOf(item, mergeKey)
    const { $patch: _, ...changes } = item
    const index = merged.findIndex((each) => hasKey(each, mergeKey, key))
    const before = merged[index]
    if (isJsonObject(before)) merged[index] = merge.mergeMaps(before, changes, schema)
    else merged.push(merge.withoutDirectives(changes))
  }
  return merged
}

const keyOf = (item: JsonObject, mergeKey: string): JsonValue => {
  const key = item[mergeKey]
  if (key !== undefined) return key
  throw new PatchAbort(
    'malformed',
    `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
  )
}

const hasKey = (item: JsonValue, mergeKey: string, key: JsonValue): boolean =>
  isJsonObject(item) && jsonEqual(item[mergeKey], key)

/**
 * The order that Kubernetes gives: items named by `order` as there, the others as in `original`; where both have a place
 * in `original` the earlier goes first, else the ordered item.
 */
export const arrangeList = (
  items: readonly JsonValue[],
  order: readonly JsonValue[],
  original: readonly JsonValue[],
  mergeKey: string | undefined,
): readonly JsonValue[] => {
  const same = (left: JsonValue, right: JsonValue): boolean =>
    mergeKey === undefined
      ? jsonEqual(left, right)
      : isJsonObject(left) && isJsonObject(right) && jsonEqual(left[mergeKey], right[mergeKey])
  const place = (list: readonly JsonValue[], item: JsonValue): number =>
    list.findIndex((each) => same(each, item))
  const by = (list: readonly JsonValue[]) => (left: JsonValue, right: JsonValue) =>
    place(list, left) - place(list, right)
  const ordered = items.filter((item) => place(order, item) >= 0).toSorted(by(order))
  const others = items.filter((item) => place(order, item) < 0).toSorted(by(original))
  const arranged: JsonValue[] = []
  let next = 0
  for (const item of ordered) {
    const here = place(original, item)
    while (here >= 0 && next < others.length) {
      const other = others[next]
      if (other === undefined) break
      const there = place(original, other)
      if (there < 0 || there > here) break
      arranged.push(other)
      next += 1
    }
    arranged.push(item)
  }
  return [...arranged, ...others.slice(next)]
}
