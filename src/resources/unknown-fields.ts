/** Fields that no schema names: found for `fieldValidation`, pruned before an object is stored. */
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { didYouMean } from './did-you-mean.ts'
import { child, pathOf } from './field-path.ts'
import type { FieldPlace } from './field-path.ts'
import type { KubeObject } from './kube-object.ts'
import { fieldSchema, isOpenObject, resolveSchema } from './resolve-schema.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

export interface UnknownField {
  /** e.g. `spec.http[0].rout`. */
  readonly path: string
  /** The path that was probably meant. */
  readonly suggestion?: string
  /** As the API server says it: `unknown field "spec.http[0].rout"`, then our suggestion. */
  readonly message: string
  /** The same for people: "unknown field `rout` in `spec.http[0]`, did you mean `route`?". */
  readonly explanation: string
}

const unknownField = (parent: string, field: string, schema: Schema): UnknownField => {
  const path = child(parent, field)
  const meant = didYouMean(field, Object.keys(schema.properties ?? {}))
  const message = `unknown field ${JSON.stringify(path)}`
  const where = parent === '' ? '' : ` in \`${parent}\``
  const explanation = `unknown field \`${field}\`${where}`
  if (meant === undefined) return { path, message, explanation }
  const suggestion = child(parent, meant)
  return {
    path,
    suggestion,
    message: `${message}, did you mean ${JSON.stringify(suggestion)}?`,
    explanation: `${explanation}, did you mean \`${meant}\`?`,
  }
}

interface Search {
  readonly library: SchemaLibrary
  readonly found: UnknownField[]
}

const searchFields = (
  search: Search,
  schema: Schema,
  object: JsonObject,
  place: FieldPlace | undefined,
): void => {
  for (const [field, value] of Object.entries(object)) {
    const known = fieldSchema(schema, field, search.library)
    const isItem = schema.properties?.[field] === undefined
    if (known !== undefined) searchValue(search, known, value, { above: place, step: field, isItem })
    else if (!isOpenObject(schema)) search.found.push(unknownField(pathOf(place), field, schema))
  }
}

const searchValue = (
  search: Search,
  unresolved: Schema,
  value: JsonValue,
  place: FieldPlace | undefined,
): void => {
  if (typeof value !== 'object') return
  const schema = resolveSchema(unresolved, search.library)
  const { items } = schema
  if (isJsonObject(value)) searchFields(search, schema, value, place)
  if (items === undefined || !Array.isArray(value)) return
  const list: readonly JsonValue[] = value
  for (const [index, entry] of list.entries()) {
    searchValue(search, items, entry, { above: place, step: index, isItem: true })
  }
}

/** Every field that the schema does not know, in the order of the object. */
export const findUnknownFields = (
  schema: Schema,
  library: SchemaLibrary,
  object: JsonValue | KubeObject,
): readonly UnknownField[] => {
  const found: UnknownField[] = []
  searchValue({ library, found }, schema, object as JsonValue, undefined)
  return found
}

const pruneObject = (schema: Schema, library: SchemaLibrary, object: JsonObject): JsonObject => {
  let changed = false
  const kept = Object.entries(object).flatMap(([field, value]): [string, JsonValue][] => {
    const known = fieldSchema(schema, field, library)
    if (known === undefined && !isOpenObject(schema)) {
      changed = true
      return []
    }
    const pruned = known === undefined ? value : pruneValue(known, library, value)
    if (pruned !== value) changed = true
    return [[field, pruned]]
  })
  return changed ? Object.fromEntries(kept) : object
}

const pruneValue = (unresolved: Schema, library: SchemaLibrary, value: JsonValue): JsonValue => {
  const schema = resolveSchema(unresolved, library)
  const { items } = schema
  if (Array.isArray(value)) {
    if (items === undefined) return value
    const list: readonly JsonValue[] = value
    const pruned = list.map((entry) => pruneValue(items, library, entry))
    return pruned.every((entry, index) => entry === list[index]) ? list : pruned
  }
  return isJsonObject(value) ? pruneObject(schema, library, value) : value
}

/** The object without the fields that its schema does not know; the same object when there are none. */
export const pruneUnknownFields = <T extends JsonValue | KubeObject>(
  schema: Schema,
  library: SchemaLibrary,
  object: T,
): T => pruneValue(schema, library, object as JsonValue) as T
