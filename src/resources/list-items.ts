/** Items of lists that have an identity: by their keys, or by their value. */
import { isJsonObject, jsonEqual, type JsonValue } from '../primitives/json-value.ts'
import type { Schema } from './schema.ts'

/** The value of a key of an item of a list of type map: the schema's default where the item has none. */
export const itemKey = (schema: Schema, value: JsonValue, key: string): JsonValue | undefined =>
  (isJsonObject(value) ? value[key] : undefined) ?? schema.items?.properties?.[key]?.default

/** The item of the old list that `value` replaces; undefined when there is none, or the list's items have no identity. */
export const correlatedItem = (
  schema: Schema,
  value: JsonValue,
  old: JsonValue | undefined,
): JsonValue | undefined => {
  if (!Array.isArray(old)) return undefined
  const items: readonly JsonValue[] = old
  switch (schema['x-kubernetes-list-type']) {
    case 'map': {
      const keys = schema['x-kubernetes-list-map-keys'] ?? []
      return items.find((each) =>
        keys.every((key) => jsonEqual(itemKey(schema, each, key), itemKey(schema, value, key))),
      )
    }
    case 'set':
      return items.find((each) => jsonEqual(each, value))
    default:
      return undefined
  }
}
