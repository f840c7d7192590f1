/** Pruning of custom resources by their structural schema: fields that it does not name go, and are told. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { child, item } from '../field-path.ts'
import type { Schema } from '../schema.ts'

export interface Pruned {
  readonly object: JsonObject
  /** The paths of what went, in the order of the object. */
  readonly unknown: readonly string[]
}

/** Fields that every resource has, embedded or not; `metadata` has a schema of its own. */
const TYPE_META: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

class Pruning {
  readonly unknown: string[] = []

  value(schema: Schema, value: JsonValue, path: string): JsonValue {
    if (Array.isArray(value)) {
      const list: readonly JsonValue[] = value
      const { items } = schema
      return items === undefined
        ? list
        : list.map((each, index) => this.value(items, each, item(path, index)))
    }
    if (!isJsonObject(value)) return value
    return this.object(schema, value, path, schema['x-kubernetes-embedded-resource'] === true)
  }

  object(schema: Schema, object: JsonObject, path: string, isResource: boolean): JsonObject {
    const { properties = {}, additionalProperties } = schema
    const values = typeof additionalProperties === 'object' ? additionalProperties : undefined
    const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
    const kept = Object.entries(object).flatMap(([name, inner]): [string, JsonValue][] => {
      if (isResource && TYPE_META.has(name)) return [[name, inner]]
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (property !== undefined) return [[name, this.value(property, inner, child(path, name))]]
      if (values !== undefined) return [[name, this.value(values, inner, child(path, name))]]
      if (!keeps) this.unknown.push(child(path, name))
      return keeps ? [[name, inner]] : []
    })
    return Object.fromEntries(kept)
  }
}

/** The whole resource without unknown fields; its own metadata is left as it is. */
export const pruneCustom = (schema: Schema, object: JsonObject): Pruned => {
  const pruning = new Pruning()
  const pruned = pruning.object(schema, object, '', true)
  return { object: pruned, unknown: pruning.unknown }
}

/** A value without what its schema does not know. */
export const pruneValue = (schema: Schema, value: JsonValue): JsonValue =>
  new Pruning().value(schema, value, '')
