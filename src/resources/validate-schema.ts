/** Checks an object against its schema: types, required fields, enums, bounds, formats and alternatives. */
import { isJsonObject, jsonEqual } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { invalid, notSupported, required, tooLong } from './field-error.ts'
import { child, item } from './field-path.ts'
import type { FieldError } from './kind.ts'
import type { KubeObject } from './kube-object.ts'
import { fieldSchema, resolveSchema } from './resolve-schema.ts'
import { formatProblem } from './schema-formats.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

interface Place {
  readonly path: string
  readonly library: SchemaLibrary
}

/** True when the value has the type; an integer may be written as 1.0. */
const hasType = (type: Schema['type'], value: JsonValue): boolean => {
  switch (type) {
    case undefined:
      return true
    case 'object':
      return isJsonObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type
  }
}

const nameOfType = (value: JsonValue): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

/** What to write instead, where the value shows what was meant. */
const typeHint = (type: NonNullable<Schema['type']>, value: JsonValue): string => {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `; write "${String(value)}" in quotes`
  }
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d+$/.test(value)) {
    return `; write ${value} without quotes`
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return `; write ${value} without quotes`
  if (type === 'array' && value !== null && typeof value !== 'object')
    return '; write a list, each item after "- "'
  return type === 'array' && isJsonObject(value) ? '; write a list, with "- " before its first field' : ''
}

const typeError = (path: string, type: NonNullable<Schema['type']>, value: JsonValue): FieldError => ({
  field: path,
  reason: 'FieldValueTypeInvalid',
  message: `must be of type ${type}, not ${nameOfType(value)}${typeHint(type, value)}`,
  value: typeof value === 'object' ? nameOfType(value) : value,
})

const numberErrors = (schema: Schema, path: string, value: number): readonly FieldError[] => {
  const { minimum, maximum } = schema
  if (minimum !== undefined && value < minimum) {
    return [invalid(path, value, `must be greater than or equal to ${minimum}`)]
  }
  return maximum !== undefined && value > maximum
    ? [invalid(path, value, `must be less than or equal to ${maximum}`)]
    : []
}

const textErrors = (schema: Schema, path: string, value: string): readonly FieldError[] => {
  const length = Array.from(value).length
  const { maxLength, minLength, pattern } = schema
  return [
    ...(maxLength !== undefined && length > maxLength
      ? [tooLong(path, `may not be longer than ${maxLength} characters`)]
      : []),
    ...(minLength !== undefined && length < minLength
      ? [invalid(path, value, `must be at least ${minLength} characters long`)]
      : []),
    ...(pattern !== undefined && !new RegExp(pattern, 'u').test(value)
      ? [invalid(path, value, `must match the regular expression ${pattern}`)]
      : []),
  ]
}

const listErrors = (
  schema: Schema,
  { path, library }: Place,
  list: readonly JsonValue[],
): readonly FieldError[] => {
  const { maxItems, minItems, items } = schema
  return [
    ...(maxItems !== undefined && list.length > maxItems
      ? [invalid(path, list.length, `must have at most ${maxItems} items`)]
      : []),
    ...(minItems !== undefined && list.length < minItems
      ? [invalid(path, list.length, `must have at least ${minItems} items`)]
      : []),
    ...(items === undefined
      ? []
      : list.flatMap((value, index) => errorsAt(items, { path: item(path, index), library }, value))),
  ]
}

const objectErrors = (
  schema: Schema,
  { path, library }: Place,
  object: JsonObject,
): readonly FieldError[] => {
  const missing = (schema.required ?? []).filter((field) => (object[field] ?? null) === null)
  const inner = Object.entries(object).flatMap(([field, value]) => {
    const known = fieldSchema(schema, field, library)
    if (
      known === undefined ||
      (value === null && schema.properties !== undefined && known.nullable !== false)
    ) {
      return []
    }
    const isMap = schema.properties?.[field] === undefined
    return errorsAt(known, { path: isMap ? item(path, field) : child(path, field), library }, value)
  })
  const size = Object.keys(object).length
  const { maxProperties } = schema
  return [
    ...missing.map((field) => required(child(path, field))),
    ...(maxProperties !== undefined && size > maxProperties
      ? [invalid(path, size, `must have at most ${maxProperties} entries`)]
      : []),
    ...inner,
  ]
}

/** The fields of alternatives such as `oneOf: [{ required: [exact] }, { required: [prefix] }, …]`. */
const exclusiveFields = (alternatives: readonly Schema[]): readonly string[] =>
  alternatives.flatMap((alternative) => alternative.required ?? [])

const oneOfErrors = (schema: Schema, { path, library }: Place, value: JsonValue): readonly FieldError[] => {
  const alternatives = schema.oneOf ?? []
  const passing = alternatives.filter(
    (alternative) => errorsAt(alternative, { path, library }, value).length === 0,
  )
  if (alternatives.length === 0 || passing.length === 1) return []
  const fields = exclusiveFields(alternatives)
  if (isJsonObject(value) && fields.length > 0) {
    const set = fields.filter((field) => value[field] !== undefined)
    return [
      invalid(
        path,
        set.length === 0 ? '' : set.join(', '),
        `at most one of ${fields.join(', ')} may be set; keep one of them`,
      ),
    ]
  }
  return [invalid(path, value, 'must match exactly one of the allowed forms')]
}

const combinedErrors = (schema: Schema, place: Place, value: JsonValue): readonly FieldError[] => {
  const { anyOf, allOf, not } = schema
  const matches = (alternative: Schema): boolean => errorsAt(alternative, place, value).length === 0
  const fields = exclusiveFields(anyOf ?? [])
  return [
    ...oneOfErrors(schema, place, value),
    ...(anyOf !== undefined && !anyOf.some(matches)
      ? [
          invalid(
            place.path,
            typeof value === 'object' ? nameOfType(value) : value,
            fields.length > 0
              ? `one of ${fields.join(', ')} must be set`
              : 'must match one of the allowed forms',
          ),
        ]
      : []),
    ...(allOf ?? []).flatMap((part) => errorsAt(part, place, value)),
    ...(not !== undefined && matches(not)
      ? [invalid(place.path, nameOfType(value), 'must not have this form')]
      : []),
  ]
}

const valueErrors = (schema: Schema, place: Place, value: JsonValue): readonly FieldError[] => {
  const problem = schema.format === undefined ? undefined : formatProblem(schema.format, value)
  const format = problem === undefined ? [] : [invalid(place.path, value, problem)]
  if (typeof value === 'number') return [...format, ...numberErrors(schema, place.path, value)]
  if (typeof value === 'string') return [...format, ...textErrors(schema, place.path, value)]
  if (Array.isArray(value)) return listErrors(schema, place, value)
  return isJsonObject(value) ? objectErrors(schema, place, value) : []
}

const errorsAt = (unresolved: Schema, place: Place, value: JsonValue): readonly FieldError[] => {
  const schema = resolveSchema(unresolved, place.library)
  if (value === null && schema.nullable === true) return []
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || Number.isInteger(value)
      ? []
      : [invalid(place.path, value, 'must be an integer or text')]
  }
  if (schema.type !== undefined && !hasType(schema.type, value)) {
    return [typeError(place.path, schema.type, value)]
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => jsonEqual(allowed, value))) {
    return [notSupported(place.path, value, schema.enum.map(String))]
  }
  return [...valueErrors(schema, place, value), ...combinedErrors(schema, place, value)]
}

/**
 * What is wrong with an object by its schema. An absent field and a null one are the same, as in Kubernetes' own kinds;
 * unknown fields are no errors here (see unknown-fields.ts).
 */
export const validateAgainstSchema = (
  schema: Schema,
  library: SchemaLibrary,
  object: JsonValue | KubeObject,
): readonly FieldError[] => errorsAt(schema, { path: '', library }, object as JsonValue)
