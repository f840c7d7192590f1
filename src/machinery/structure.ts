/** How a value merges by its schema: as fields, as a list with keys, as a set, or as one piece. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import { fieldElement, keyElement, valueElement } from './fields-v1.ts'
import { isDeclaredField, itemSchema, propertySchema } from './schema-walk.ts'

/** A part of a granular value: its path element, its value and its schema. */
export interface Part {
  readonly element: string
  readonly value: JsonValue
  readonly schema: Schema | undefined
  /** The part itself is owned, not only what is below: items of lists, keys of maps. */
  readonly owned: boolean
}

export type Structure =
  | { readonly type: 'atomic' }
  | { readonly type: 'map' | 'list'; readonly parts: ReadonlyMap<string, Part> }

const atomic: Structure = { type: 'atomic' }

/** The structure of `value`; null, scalars, atomic maps and lists, and lists with unfit items are one piece. */
export const structureOf = (
  value: JsonValue,
  schema: Schema | undefined,
  library: SchemaLibrary,
): Structure => {
  if (isJsonObject(value)) return mapStructure(value, schema, library)
  if (!Array.isArray(value)) return atomic
  const items: readonly JsonValue[] = value
  switch (schema?.['x-kubernetes-list-type']) {
    case 'map':
      return keyedStructure(items, schema, library)
    case 'set':
      return setStructure(items, schema, library)
    default:
      return atomic
  }
}

const mapStructure = (value: JsonObject, schema: Schema | undefined, library: SchemaLibrary): Structure => {
  if (schema?.['x-kubernetes-map-type'] === 'atomic') return atomic
  const parts = new Map<string, Part>()
  for (const [name, each] of Object.entries(value)) {
    const element = fieldElement(name)
    // What the schema does not know is a field too (deduced), as structured-merge-diff has it.
    const owned =
      schema?.properties !== undefined
        ? !isDeclaredField(schema, name)
        : schema?.additionalProperties !== undefined
    parts.set(element, { element, value: each, schema: propertySchema(schema, name, library), owned })
  }
  return { type: 'map', parts }
}

const keyedStructure = (items: readonly JsonValue[], schema: Schema, library: SchemaLibrary): Structure => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const below = itemSchema(schema, library)
  const parts = new Map<string, Part>()
  for (const item of items) {
    const key = isJsonObject(item) ? keyOf(item, keys, below) : undefined
    const element = key === undefined ? undefined : keyElement(key)
    if (element === undefined || parts.has(element)) return atomic
    parts.set(element, { element, value: item, schema: below, owned: true })
  }
  return { type: 'list', parts }
}

/** Absent keys have their default (a port's protocol is TCP); undefined when the item has none of its keys. */
const keyOf = (
  item: JsonObject,
  keys: readonly string[],
  schema: Schema | undefined,
): JsonObject | undefined => {
  const entries = keys.flatMap((key): [string, JsonValue][] => {
    const value = item[key] ?? schema?.properties?.[key]?.default
    return value === undefined ? [] : [[key, value]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const setStructure = (items: readonly JsonValue[], schema: Schema, library: SchemaLibrary): Structure => {
  const below = itemSchema(schema, library)
  const parts = new Map<string, Part>()
  for (const item of items) {
    const element = valueElement(item)
    if (!parts.has(element)) parts.set(element, { element, value: item, schema: below, owned: true })
  }
  return { type: 'list', parts }
}

/** The value of the parts, in their order: an object again, or a list. */
export const assemble = (type: 'map' | 'list', parts: Iterable<readonly [string, JsonValue]>): JsonValue =>
  type === 'map'
    ? Object.fromEntries([...parts].map(([element, value]) => [element.slice(2), value]))
    : [...parts].map(([, value]) => value)
