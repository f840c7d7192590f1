/** JSON whose null fields are absent ones, as Kubernetes' own types read it. */
import { isJsonObject } from './json-value.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

/** Looks first, so that the common case copies nothing. */
const hasNullField = (value: JsonValue): boolean => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items.some(hasNullField)
  }
  if (!isJsonObject(value)) return false
  for (const key in value) {
    const inner = value[key]
    if (inner === null || (typeof inner === 'object' && hasNullField(inner))) return true
  }
  return false
}

const valueWithoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items.map(valueWithoutNulls)
  }
  return isJsonObject(value) ? fieldsWithoutNulls(value) : value
}

const fieldsWithoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, JsonValue][] =>
      value === null ? [] : [[key, valueWithoutNulls(value)]],
    ),
  )

/** The object without null fields at any depth; items of lists stay. The same object when it has none. */
export const withoutNulls = (object: JsonObject): JsonObject =>
  hasNullField(object) ? fieldsWithoutNulls(object) : object
