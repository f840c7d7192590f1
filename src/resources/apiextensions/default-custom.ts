/** Defaults of structural schemas (apiextensions schema/defaulting): absent fields, and nulls where null is no value. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import type { Schema } from '../schema.ts'

const completed = (schema: Schema, value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value
    const { items } = schema
    return items === undefined ? list : list.map((each) => completed(items, each))
  }
  return isJsonObject(value) ? defaultCustom(schema, value) : value
}

const isRefusedNull = (schema: Schema, value: JsonValue): boolean =>
  value === null && schema.nullable !== true

/**
 * The object with the defaults of its schema. A null that the schema does not allow counts as absent: it becomes the
 * default, or goes.
 */
export const defaultCustom = (schema: Schema, object: JsonObject): JsonObject => {
  const { properties = {}, additionalProperties } = schema
  const values = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const given = Object.entries(object).flatMap(([name, value]): [string, JsonValue][] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property !== undefined && isRefusedNull(property, value)) return []
    const known = property ?? values
    return [[name, known === undefined ? value : completed(known, value)]]
  })
  const present = new Set(given.map(([name]) => name))
  const added = Object.entries(properties).flatMap(([name, property]): [string, JsonValue][] =>
    property.default === undefined || present.has(name)
      ? []
      : [[name, completed(property, property.default)]],
  )
  return Object.fromEntries([...given, ...added])
}

/** True when a default stands anywhere in the schema. */
export const hasDefaults = (schema: Schema): boolean =>
  schema.default !== undefined ||
  Object.values(schema.properties ?? {}).some(hasDefaults) ||
  (schema.items !== undefined && hasDefaults(schema.items)) ||
  (typeof schema.additionalProperties === 'object' && hasDefaults(schema.additionalProperties))
