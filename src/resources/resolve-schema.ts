/** Following references of schemas. */
import type { Schema, SchemaLibrary } from './schema.ts'

/**
 * The schema without `$ref` at its top: the referred one, overlaid with what stands beside the reference.
 * A description alone is not overlaid: this runs for every field of every object, and copies nothing in the common case.
 */
export const resolveSchema = (schema: Schema, library: SchemaLibrary): Schema => {
  if (schema.$ref === undefined) return schema
  const target = resolveSchema(library(schema.$ref), library)
  if (!hasBeside(schema)) return target
  const { $ref: _reference, description: _description, ...beside } = schema
  return { ...target, ...beside }
}

const hasBeside = (schema: Schema): boolean => {
  for (const key in schema) if (key !== '$ref' && key !== 'description') return true
  return false
}

/** The schema of a field of an object: a named property, else the value of a map; undefined for an unknown field. */
export const fieldSchema = (schema: Schema, field: string, library: SchemaLibrary): Schema | undefined => {
  const properties = schema.properties
  const property =
    properties !== undefined && Object.hasOwn(properties, field) ? properties[field] : undefined
  if (property !== undefined) return resolveSchema(property, library)
  const values = schema.additionalProperties
  return typeof values === 'object' ? resolveSchema(values, library) : undefined
}

/** True for an object whose fields no schema names: whatever it holds is kept. */
export const isOpenObject = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema.additionalProperties === true ||
  (schema.properties === undefined && schema.additionalProperties === undefined)
