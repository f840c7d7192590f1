/** Kubernetes' strategic merge patch: merge patch that merges lists by the schema's merge keys. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import { PatchAbort, type PatchFailure } from './patch-failure.ts'
import { propertySchema, resolveSchema } from './schema-walk.ts'
import { arrangeList, mergeLists, type MergeMaps } from './strategic-list.ts'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

/**
 * Applies `patch` to `document` by the `x-kubernetes-patch-*` keys of `schema`. Directives: `$patch: delete|replace|merge`,
 * `$retainKeys`, `$deleteFromPrimitiveList/x`, `$setElementOrder/x`. Lists without a merge strategy are replaced.
 */
export const applyStrategicMergePatch = (
  document: JsonValue,
  patch: JsonValue,
  schema: Schema,
  library: SchemaLibrary,
): Result<JsonValue, PatchFailure> => {
  if (!isJsonObject(patch)) {
    return fail({ kind: 'malformed', message: 'a strategic merge patch is an object: write {"spec": ...}' })
  }
  try {
    return ok(
      mergeMaps(library)(isJsonObject(document) ? document : {}, patch, resolveSchema(schema, library)),
    )
  } catch (thrown) {
    if (thrown instanceof PatchAbort) return fail(thrown.failure)
    throw thrown
  }
}

const mergeMaps =
  (library: SchemaLibrary): MergeMaps =>
  (original, patch, schema) => {
    const directive = patch['$patch']
    if (directive !== undefined) return byDirective(directive, patch)
    const merged = new Map(Object.entries(retained(original, patch)))
    const mergeInto = fieldMerge(library)
    for (const [key, value] of Object.entries(patch)) {
      if (key.startsWith('$')) continue
      const before = merged.get(key)
      if (value === null) merged.delete(key)
      else merged.set(key, mergeInto(before, value, propertySchema(schema, key, library)))
    }
    for (const [key, value] of Object.entries(patch)) {
      const field = key.slice(key.indexOf('/') + 1)
      const list = merged.get(field)
      if (!Array.isArray(list) || !Array.isArray(value)) continue
      if (key.startsWith(deletePrefix)) merged.set(field, withoutValues(list, value))
    }
    for (const [key, value] of Object.entries(patch)) {
      if (!key.startsWith(orderPrefix)) continue
      const field = key.slice(orderPrefix.length)
      const list = merged.get(field)
      const mergeKey = propertySchema(schema, field, library)?.['x-kubernetes-patch-merge-key']
      if (!Array.isArray(value)) throw new PatchAbort('malformed', `${key} is a list`)
      if (!Array.isArray(list)) continue
      merged.set(field, arrangeList(list, value, listOf(original[field]), mergeKey))
    }
    return Object.fromEntries(merged)
  }

const byDirective = (directive: JsonValue, patch: JsonObject): JsonObject => {
  if (directive === 'delete') return {}
  if (directive === 'replace' || directive === 'merge') return objectWithoutDirectives(patch)
  throw new PatchAbort(
    'malformed',
    `unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(patch)}`,
  )
}

/** `$retainKeys`: only these of the original's keys stay; the patch may set no others. */
const retained = (original: JsonObject, patch: JsonObject): JsonObject => {
  const keys = patch['$retainKeys']
  if (keys === undefined) return original
  if (!Array.isArray(keys)) throw new PatchAbort('malformed', '$retainKeys is a list of field names')
  const allowed = new Set<JsonValue>(keys)
  const stray = Object.keys(patch).find(
    (key) => !key.startsWith('$') && patch[key] !== null && !allowed.has(key),
  )
  if (stray !== undefined)
    throw new PatchAbort('malformed', `field "${stray}" of the patch is not in $retainKeys: add it`)
  return Object.fromEntries(Object.entries(original).filter(([key]) => allowed.has(key)))
}

const fieldMerge =
  (library: SchemaLibrary) =>
  (before: JsonValue | undefined, value: JsonValue, schema: Schema | undefined): JsonValue => {
    const strategies = schema?.['x-kubernetes-patch-strategy']?.split(',') ?? []
    if (isJsonObject(value)) {
      if (!isJsonObject(before) || strategies.includes('replace')) return withoutDirectives(value)
      return mergeMaps(library)(before, value, schema)
    }
    if (Array.isArray(value) && Array.isArray(before) && strategies.includes('merge')) {
      return mergeLists(before, value, { schema, library, mergeMaps: mergeMaps(library), withoutDirectives })
    }
    return withoutDirectives(value)
  }

const withoutValues = (list: readonly JsonValue[], values: readonly JsonValue[]): readonly JsonValue[] =>
  list.filter((item) => !values.includes(item))

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

/** What is new to the original is taken as it is, without directives and without what they delete. */
const withoutDirectives = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items
      .filter((item) => !isJsonObject(item) || (item['$patch'] !== 'delete' && !isReplaceMarker(item)))
      .map(withoutDirectives)
  }
  return isJsonObject(value) ? objectWithoutDirectives(value) : value
}

const isReplaceMarker = (item: JsonObject): boolean =>
  item['$patch'] === 'replace' && Object.keys(item).length === 1

const objectWithoutDirectives = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => !isDirective(key) && !(isJsonObject(each) && each['$patch'] === 'delete'))
      .map(([key, each]) => [key, withoutDirectives(each)]),
  )

const isDirective = (key: string): boolean =>
  key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix) || key.startsWith(deletePrefix)
