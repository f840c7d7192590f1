/** Steps from a schema to the schema of a field or an item, through references. */
import type { Schema, SchemaLibrary } from '../resources/schema.ts'

/** The schema that a reference stands for; keys beside `$ref` (patch strategy, list type) win over the target's. */
export const resolveSchema = (schema: Schema | undefined, library: SchemaLibrary): Schema | undefined => {
  if (schema === undefined) return undefined
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined
  const reference = schema.$ref ?? only?.$ref
  if (reference === undefined) return schema
  const { $ref: _, allOf: __, ...beside } = schema
  return { ...resolveSchema(library(reference), library), ...beside }
}

/** The schema of a property or a map's value; undefined when the schema does not know it. */
export const propertySchema = (
  schema: Schema | undefined,
  key: string,
  library: SchemaLibrary,
): Schema | undefined => {
  const { properties, additionalProperties } = schema ?? {}
  if (properties !== undefined && Object.hasOwn(properties, key))
    return resolveSchema(properties[key], library)
  return typeof additionalProperties === 'object' ? resolveSchema(additionalProperties, library) : undefined
}

/** True for a named field (not a map's key). */
export const isDeclaredField = (schema: Schema | undefined, key: string): boolean =>
  schema?.properties !== undefined && Object.hasOwn(schema.properties, key)

export const itemSchema = (schema: Schema | undefined, library: SchemaLibrary): Schema | undefined =>
  resolveSchema(schema?.items, library)
