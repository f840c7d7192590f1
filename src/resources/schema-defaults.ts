/** Defaults that a structural schema states, as a CustomResourceDefinition's are applied. */
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { resolveSchema } from './resolve-schema.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

const ofFields = (schema: Schema, library: SchemaLibrary, object: JsonObject): JsonObject => {
  const changed: [string, JsonValue][] = []
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const resolved = resolveSchema(property, library)
    const written = object[field]
    const isAbsent = written === undefined || (written === null && resolved.nullable !== true)
    const value = isAbsent ? resolved.default : written
    if (value === undefined) continue
    const completed = completeValue(resolved, library, value)
    if (completed !== written) changed.push([field, completed])
  }
  return changed.length === 0 ? object : { ...object, ...Object.fromEntries(changed) }
}

const ofMap = (values: Schema, library: SchemaLibrary, map: JsonObject): JsonObject => {
  const entries = Object.entries(map)
  const completed = entries.map(([key, value]): [string, JsonValue] => [
    key,
    completeValue(values, library, value),
  ])
  return completed.every(([, value], index) => value === entries[index]?.[1])
    ? map
    : Object.fromEntries(completed)
}

const completeValue = (unresolved: Schema, library: SchemaLibrary, value: JsonValue): JsonValue => {
  const schema = resolveSchema(unresolved, library)
  const { items, additionalProperties } = schema
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value
    if (items === undefined) return list
    const completed = list.map((one) => completeValue(items, library, one))
    return completed.every((one, index) => one === list[index]) ? list : completed
  }
  if (!isJsonObject(value)) return value
  if (schema.properties !== undefined) return ofFields(schema, library, value)
  return typeof additionalProperties === 'object' ? ofMap(additionalProperties, library, value) : value
}

/** The object with absent fields filled in; the same object when none is. What has a wrong type is left as it is. */
export const applySchemaDefaults = <T extends object>(schema: Schema, library: SchemaLibrary, object: T): T =>
  completeValue(schema, library, object as JsonValue) as T
