/** Schemas of the library as OpenAPI v3 writes them. */
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import type { Schema } from '../schema.ts'

const PREFIX = '#/components/schemas/'

/** OpenAPI 3.0 ignores what stands beside a `$ref`, so a described reference is wrapped in `allOf`, as Kubernetes does. */
const convert = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(convert)
  if (!isJsonObject(value)) return value
  const { $ref, ...beside } = value
  const rest = Object.fromEntries(Object.entries(beside).map(([key, inner]) => [key, convert(inner)]))
  if (typeof $ref !== 'string') return rest
  const reference = { $ref: `${PREFIX}${$ref}` }
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] }
}

export const openApiSchema = (schema: Schema): JsonObject => {
  const converted = convert(JSON.parse(JSON.stringify(schema)))
  return isJsonObject(converted) ? converted : {}
}

/** The names that a schema refers to. */
export const referencesOf = (schema: Schema): readonly string[] => {
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
    ...(schema.oneOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
  ]
  return [...(schema.$ref === undefined ? [] : [schema.$ref]), ...inner.flatMap(referencesOf)]
}

/** The named schemas and all that they refer to, by name. */
export const withReferences = (
  names: readonly string[],
  library: (name: string) => Schema,
): ReadonlyMap<string, Schema> => {
  const found = new Map<string, Schema>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    const schema = library(name)
    found.set(name, schema)
    waiting.push(...referencesOf(schema))
  }
  return found
}
