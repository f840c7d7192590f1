/** Checks an object against its schema: types, required fields, enums, bounds, formats and alternatives. */
import { isJsonObject, jsonEqual } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { invalid, notSupported, required, tooLong } from './field-error.ts'
import { child, pathOf } from './field-path.ts'
import type { FieldPlace } from './field-path.ts'
import type { FieldError } from './kind.ts'
import type { KubeObject } from './kube-object.ts'
import { fieldSchema, resolveSchema } from './resolve-schema.ts'
import { formatProblem } from './schema-formats.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

type Place = FieldPlace | undefined

/** What all checks of an object share: where references lead, and where the errors are gathered. */
interface Check {
  readonly library: SchemaLibrary
  readonly errors: FieldError[]
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

const checkNumber = ({ errors }: Check, schema: Schema, place: Place, value: number): void => {
  const { minimum, maximum } = schema
  if (minimum !== undefined && value < minimum) {
    errors.push(invalid(pathOf(place), value, `must be greater than or equal to ${minimum}`))
  } else if (maximum !== undefined && value > maximum) {
    errors.push(invalid(pathOf(place), value, `must be less than or equal to ${maximum}`))
  }
}

const checkLength = ({ errors }: Check, schema: Schema, place: Place, value: string): void => {
  const { maxLength, minLength } = schema
  if (maxLength === undefined && minLength === undefined) return
  const length = Array.from(value).length
  if (maxLength !== undefined && length > maxLength) {
    errors.push(tooLong(pathOf(place), `may not be longer than ${maxLength} characters`))
  }
  if (minLength !== undefined && length < minLength) {
    errors.push(invalid(pathOf(place), value, `must be at least ${minLength} characters long`))
  }
}

const checkText = (check: Check, schema: Schema, place: Place, value: string): void => {
  checkLength(check, schema, place, value)
  const { pattern } = schema
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    check.errors.push(invalid(pathOf(place), value, `must match the regular expression ${pattern}`))
  }
}

const checkList = (check: Check, schema: Schema, place: Place, list: readonly JsonValue[]): void => {
  const { maxItems, minItems, items } = schema
  if (maxItems !== undefined && list.length > maxItems) {
    check.errors.push(invalid(pathOf(place), list.length, `must have at most ${maxItems} items`))
  }
  if (minItems !== undefined && list.length < minItems) {
    check.errors.push(invalid(pathOf(place), list.length, `must have at least ${minItems} items`))
  }
  if (items === undefined) return
  for (const [index, value] of list.entries()) {
    checkValue(check, items, { above: place, step: index, isItem: true }, value)
  }
}

const checkFields = (check: Check, schema: Schema, place: Place, object: JsonObject): void => {
  const { properties } = schema
  for (const [field, value] of Object.entries(object)) {
    const known = fieldSchema(schema, field, check.library)
    if (known === undefined) continue
    if (value === null && properties !== undefined && known.nullable !== false) continue
    const isItem = properties?.[field] === undefined
    checkValue(check, known, { above: place, step: field, isItem }, value)
  }
}

const checkObject = (check: Check, schema: Schema, place: Place, object: JsonObject): void => {
  for (const field of schema.required ?? []) {
    if ((object[field] ?? null) === null) check.errors.push(required(child(pathOf(place), field)))
  }
  const { maxProperties } = schema
  const size = maxProperties === undefined ? 0 : Object.keys(object).length
  if (maxProperties !== undefined && size > maxProperties) {
    check.errors.push(invalid(pathOf(place), size, `must have at most ${maxProperties} entries`))
  }
  checkFields(check, schema, place, object)
}

/** The fields of alternatives such as `oneOf: [{ required: [exact] }, { required: [prefix] }, …]`. */
const exclusiveFields = (alternatives: readonly Schema[]): readonly string[] =>
  alternatives.flatMap((alternative) => alternative.required ?? [])

const matches = (library: SchemaLibrary, schema: Schema, value: JsonValue): boolean => {
  const errors: FieldError[] = []
  checkValue({ library, errors }, schema, undefined, value)
  return errors.length === 0
}

const checkOneOf = (
  { library, errors }: Check,
  alternatives: readonly Schema[],
  place: Place,
  value: JsonValue,
): void => {
  const passing = alternatives.filter((alternative) => matches(library, alternative, value))
  if (alternatives.length === 0 || passing.length === 1) return
  const fields = exclusiveFields(alternatives)
  if (!isJsonObject(value) || fields.length === 0) {
    errors.push(invalid(pathOf(place), value, 'must match exactly one of the allowed forms'))
    return
  }
  const set = fields.filter((field) => value[field] !== undefined)
  const message = `at most one of ${fields.join(', ')} may be set; keep one of them`
  errors.push(invalid(pathOf(place), set.length === 0 ? '' : set.join(', '), message))
}

const checkAnyOf = (
  { library, errors }: Check,
  alternatives: readonly Schema[],
  place: Place,
  value: JsonValue,
): void => {
  if (alternatives.some((alternative) => matches(library, alternative, value))) return
  const fields = exclusiveFields(alternatives)
  errors.push(
    invalid(
      pathOf(place),
      typeof value === 'object' ? nameOfType(value) : value,
      fields.length > 0 ? `one of ${fields.join(', ')} must be set` : 'must match one of the allowed forms',
    ),
  )
}

const checkCombined = (check: Check, schema: Schema, place: Place, value: JsonValue): void => {
  const { oneOf, anyOf, allOf, not } = schema
  if (oneOf !== undefined) checkOneOf(check, oneOf, place, value)
  if (anyOf !== undefined) checkAnyOf(check, anyOf, place, value)
  for (const part of allOf ?? []) checkValue(check, part, place, value)
  if (not !== undefined && matches(check.library, not, value)) {
    check.errors.push(invalid(pathOf(place), nameOfType(value), 'must not have this form'))
  }
}

const checkOfType = (check: Check, schema: Schema, place: Place, value: JsonValue): void => {
  const problem = schema.format === undefined ? undefined : formatProblem(schema.format, value)
  if (problem !== undefined) check.errors.push(invalid(pathOf(place), value, problem))
  if (typeof value === 'number') checkNumber(check, schema, place, value)
  else if (typeof value === 'string') checkText(check, schema, place, value)
  else if (Array.isArray(value)) checkList(check, schema, place, value)
  else if (isJsonObject(value)) checkObject(check, schema, place, value)
}

const checkValue = (check: Check, unresolved: Schema, place: Place, value: JsonValue): void => {
  const { errors } = check
  const schema = resolveSchema(unresolved, check.library)
  if (value === null && schema.nullable === true) return
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string' || Number.isInteger(value)) return
    errors.push(invalid(pathOf(place), value, 'must be an integer or text'))
  } else if (schema.type !== undefined && !hasType(schema.type, value)) {
    errors.push(typeError(pathOf(place), schema.type, value))
  } else if (schema.enum !== undefined && !schema.enum.some((allowed) => jsonEqual(allowed, value))) {
    errors.push(notSupported(pathOf(place), value, schema.enum.map(String)))
  } else {
    checkOfType(check, schema, place, value)
    checkCombined(check, schema, place, value)
  }
}

/**
 * What is wrong with an object by its schema. An absent field and a null one are the same, as in Kubernetes' own kinds;
 * unknown fields are no errors here (see unknown-fields.ts).
 */
export const validateAgainstSchema = (
  schema: Schema,
  library: SchemaLibrary,
  object: JsonValue | KubeObject,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  checkValue({ library, errors }, schema, undefined, object as JsonValue)
  return errors
}
