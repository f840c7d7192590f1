/** Reads fields of users' objects without trusting their types: what has the wrong type is absent (validation said so before). */
import { parseDuration } from '../../primitives/duration.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'

type Source = JsonObject | undefined

/** `spec` of an object, `{}` when there is none. */
export const specOf = (object: KubeObject): JsonObject => sectionOf(object, 'spec')

/** A top-level section such as `spec` or `status`, `{}` when there is none. */
export const sectionOf = (object: KubeObject, section: string): JsonObject =>
  objectAt(wholeOf(object), section) ?? {}

/** The whole object, for kinds with fields at the top level. */
export const wholeOf = (object: KubeObject): JsonObject => {
  const whole: unknown = object
  return isJsonObject(whole) ? whole : {}
}

export const objectAt = (source: Source, field: string): JsonObject | undefined => {
  const value = source?.[field]
  return isJsonObject(value) ? value : undefined
}

/** A list of objects; an entry of another type counts as `{}` so that indexes stay true. */
export const objectsAt = (source: Source, field: string): readonly JsonObject[] =>
  listAt(source, field).map((entry) => (isJsonObject(entry) ? entry : {}))

export const listAt = (source: Source, field: string): readonly JsonValue[] => {
  const value = source?.[field]
  return isJsonList(value) ? value : []
}

const isJsonList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** Milliseconds; what is negative counts as absent. */
export const durationAt = (source: Source, field: string): number | undefined => {
  const milliseconds = parseDuration(textAt(source, field) ?? '')
  return milliseconds === undefined || milliseconds < 0 ? undefined : milliseconds
}

export const textAt = (source: Source, field: string): string | undefined => {
  const value = source?.[field]
  return typeof value === 'string' ? value : undefined
}

export const textsAt = (source: Source, field: string): readonly string[] =>
  listAt(source, field).filter((entry) => typeof entry === 'string')

export const numberAt = (source: Source, field: string): number | undefined => {
  const value = source?.[field]
  return typeof value === 'number' ? value : undefined
}

export const booleanAt = (source: Source, field: string): boolean | undefined => {
  const value = source?.[field]
  return typeof value === 'boolean' ? value : undefined
}

/** A map of texts such as labels; entries of other types are left out. */
export const textMapAt = (source: Source, field: string): Readonly<Record<string, string>> => {
  const value = objectAt(source, field)
  if (value === undefined) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => (typeof entry === 'string' ? [[name, entry]] : [])),
  )
}

/** `{[key]: value}` when there is a value, else `{}`: for optional properties. */
export const optional = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [name in Key]?: Value } => {
  const record: { [name in Key]?: Value } = {}
  if (value !== undefined) record[key] = value
  return record
}
