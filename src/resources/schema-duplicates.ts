/** Lists of a structural schema whose items must differ: sets, and lists with keys. */
import { isJsonObject, jsonEqual } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { duplicate } from './field-error.ts'
import { child, item } from './field-path.ts'
import type { FieldError } from './kind.ts'
import { fieldSchema, resolveSchema } from './resolve-schema.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

/** What tells an item from the others; undefined in lists whose items may repeat. */
const identityOf = (schema: Schema, value: JsonValue): JsonValue | undefined => {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return value
    case 'map': {
      if (!isJsonObject(value)) return undefined
      const keys = schema['x-kubernetes-list-map-keys'] ?? []
      return Object.fromEntries(
        keys.flatMap((key): [string, JsonValue][] => {
          const own = value[key]
          return own === undefined ? [] : [[key, own]]
        }),
      )
    }
    case 'atomic':
    case undefined:
    default:
      return undefined
  }
}

const inList = (
  schema: Schema,
  library: SchemaLibrary,
  path: string,
  list: readonly JsonValue[],
): readonly FieldError[] => {
  const identities = list.map((value) => identityOf(schema, value))
  const { items } = schema
  return list.flatMap((value, index) => {
    const own = identities[index]
    const isRepeated =
      own !== undefined && identities.findIndex((one) => one !== undefined && jsonEqual(one, own)) < index
    return [
      ...(isRepeated ? [duplicate(item(path, index), own)] : []),
      ...(items === undefined ? [] : duplicatesAt(items, library, item(path, index), value)),
    ]
  })
}

const duplicatesAt = (
  unresolved: Schema,
  library: SchemaLibrary,
  path: string,
  value: JsonValue,
): readonly FieldError[] => {
  const schema = resolveSchema(unresolved, library)
  if (Array.isArray(value)) return inList(schema, library, path, value)
  if (!isJsonObject(value)) return []
  const object: JsonObject = value
  return Object.entries(object).flatMap(([field, inner]) => {
    const known = fieldSchema(schema, field, library)
    return known === undefined ? [] : duplicatesAt(known, library, child(path, field), inner)
  })
}

/** Items that repeat, as the API server refuses them in custom resources: `spec.listeners[1]: Duplicate value: {"name":"x"}`. */
export const findDuplicates = (
  schema: Schema,
  library: SchemaLibrary,
  object: object,
): readonly FieldError[] => duplicatesAt(schema, library, '', object as JsonValue)
