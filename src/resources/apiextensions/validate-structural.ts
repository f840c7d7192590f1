/** Custom resources against their structural schema, in the words of kube-openapi's validator and apiextensions. */
import { RE2JS } from 're2js'
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { duplicate, invalid, notSupported, required, tooLong, tooMany } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { correlatedItem, itemKey } from '../list-items.ts'
import type { Schema } from '../schema.ts'
import { fitsFormat } from './custom-formats.ts'

type Finding = readonly FieldError[]

const typeName = (value: JsonValue): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const fitsType = (schema: Schema, value: JsonValue): boolean => {
  const actual = typeName(value)
  if (schema['x-kubernetes-int-or-string'] === true) return actual === 'integer' || actual === 'string'
  return (
    schema.type === undefined || schema.type === actual || (schema.type === 'number' && actual === 'integer')
  )
}

const wrongType = (path: string, wanted: string, value: JsonValue): FieldError => ({
  field: path,
  reason: 'FieldValueTypeInvalid',
  message: `${path} in body must be of type ${wanted}: ${JSON.stringify(typeName(value))}`,
  value: typeName(value),
})

const numberErrors = (schema: Schema, path: string, value: number): Finding => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const should = (words: string): FieldError => invalid(path, value, `${path} in body should be ${words}`)
  const tooSmall = minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)
  const tooLarge = maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)
  const orEqual = (exclusive: boolean | undefined): string => (exclusive === true ? '' : ' or equal to')
  return [
    ...(tooSmall ? [should(`greater than${orEqual(exclusiveMinimum)} ${minimum}`)] : []),
    ...(tooLarge ? [should(`less than${orEqual(exclusiveMaximum)} ${maximum}`)] : []),
    ...(multipleOf !== undefined && !Number.isInteger(value / multipleOf)
      ? [should(`a multiple of ${multipleOf}`)]
      : []),
  ]
}

/** A pattern that is no regular expression was refused with the definition. */
const matches = (pattern: string, text: string): boolean => RE2JS.compile(pattern).matcher(text).find()

const textErrors = (schema: Schema, path: string, value: string): Finding => {
  const { minLength, maxLength, pattern, format } = schema
  const length = Array.from(value).length
  return [
    ...(maxLength !== undefined && length > maxLength
      ? [tooLong(path, `may not be more than ${maxLength} bytes`)]
      : []),
    ...(minLength !== undefined && length < minLength
      ? [invalid(path, value, `${path} in body should be at least ${minLength} chars long`)]
      : []),
    ...(pattern !== undefined && pattern !== '' && !matches(pattern, value)
      ? [invalid(path, value, `${path} in body should match '${pattern}'`)]
      : []),
    ...(format !== undefined && !fitsFormat(format, value)
      ? [
          {
            field: path,
            reason: 'FieldValueTypeInvalid',
            message: `${path} in body must be of type ${format}: ${JSON.stringify(value)}`,
            value,
          } as const,
        ]
      : []),
  ]
}

/** Items that stand twice in a set, or under the same keys in a keyed list. */
const duplicateItems = (schema: Schema, path: string, list: readonly JsonValue[]): Finding => {
  const type = schema['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return []
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const identity = (value: JsonValue): JsonValue =>
    type === 'set' ? value : Object.fromEntries(keys.map((key) => [key, itemKey(schema, value, key) ?? null]))
  const seen: JsonValue[] = []
  return list.flatMap((value, index) => {
    const own = identity(value)
    const known = seen.some((other) => jsonEqual(other, own))
    seen.push(own)
    return known ? [duplicate(item(path, index), own)] : []
  })
}

const listErrors = (
  schema: Schema,
  path: string,
  list: readonly JsonValue[],
  old: JsonValue | undefined,
): Finding => {
  const { minItems, maxItems, items } = schema
  return [
    ...(maxItems !== undefined && list.length > maxItems ? [tooMany(path, list.length, maxItems)] : []),
    ...(minItems !== undefined && list.length < minItems
      ? [invalid(path, list.length, `${path} in body should have at least ${minItems} items`)]
      : []),
    ...(items === undefined
      ? []
      : list.flatMap((value, index) =>
          errorsAt(items, item(path, index), { value, old: correlatedItem(schema, value, old) }),
        )),
    ...duplicateItems(schema, path, list),
  ]
}

const embeddedErrors = (schema: Schema, path: string, object: JsonObject): Finding => {
  if (schema['x-kubernetes-embedded-resource'] !== true) return []
  const missing = (['apiVersion', 'kind'] as const).filter(
    (name) => typeof object[name] !== 'string' || object[name] === '',
  )
  return missing.map((name) => required(child(path, name), 'must not be empty'))
}

const objectErrors = (
  schema: Schema,
  path: string,
  object: JsonObject,
  old: JsonValue | undefined,
): Finding => {
  const { properties = {}, additionalProperties, required: names = [] } = schema
  const { minProperties, maxProperties } = schema
  const values = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const size = Object.keys(object).length
  const before = isJsonObject(old) ? old : {}
  return [
    ...names.filter((name) => object[name] === undefined).map((name) => required(child(path, name))),
    ...(maxProperties !== undefined && size > maxProperties ? [tooMany(path, size, maxProperties)] : []),
    ...(minProperties !== undefined && size < minProperties
      ? [invalid(path, size, `${path} in body should have at least ${minProperties} properties`)]
      : []),
    ...embeddedErrors(schema, path, object),
    ...Object.entries(object).flatMap(([name, value]) => {
      const property = (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? values
      if (property === undefined) return []
      return errorsAt(property, child(path, name), { value, old: before[name] })
    }),
  ]
}

/** Upstream tells of these without a place. */
const nowhere = (message: string): FieldError => invalid('<nil>', '', message)

const combinedErrors = (schema: Schema, path: string, value: JsonValue): Finding => {
  const { allOf = [], anyOf, oneOf, not } = schema
  const quoted = JSON.stringify(path)
  const found = (alternative: Schema): Finding => errorsAt(alternative, path, { value, old: undefined })
  const passing = (oneOf ?? []).filter((alternative) => found(alternative).length === 0).length
  const why = passing === 0 ? 'Found none valid' : `Found ${passing} valid alternatives`
  return [
    ...allOf.flatMap(found),
    ...(anyOf !== undefined && anyOf.length > 0 && !anyOf.some((each) => found(each).length === 0)
      ? [nowhere(`${quoted} must validate at least one schema (anyOf)`), ...anyOf.slice(0, 1).flatMap(found)]
      : []),
    ...(oneOf !== undefined && oneOf.length > 0 && passing !== 1
      ? [nowhere(`${quoted} must validate one and only one schema (oneOf). ${why}`)]
      : []),
    ...(not !== undefined && found(not).length === 0
      ? [nowhere(`${quoted} must not validate the schema (not)`)]
      : []),
  ]
}

const kindErrors = (schema: Schema, path: string, { value, old }: Change): Finding => {
  if (typeof value === 'number') return numberErrors(schema, path, value)
  if (typeof value === 'string') return textErrors(schema, path, value)
  if (Array.isArray(value)) return listErrors(schema, path, value, old)
  return isJsonObject(value) ? objectErrors(schema, path, value, old) : []
}

interface Change {
  readonly value: JsonValue
  readonly old: JsonValue | undefined
}

const errorsAt = (schema: Schema, path: string, change: Change): Finding => {
  const { value, old } = change
  // What did not change was accepted before (CRDValidationRatcheting).
  if (old !== undefined && jsonEqual(value, old)) return []
  if (value === null && schema.nullable === true) return []
  if (!fitsType(schema, value)) {
    const wanted = schema['x-kubernetes-int-or-string'] === true ? '[integer string]' : schema.type
    return [wrongType(path, wanted ?? '', value)]
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => jsonEqual(allowed, value))) {
    const allowed = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    return [notSupported(path, value, allowed)]
  }
  return [...kindErrors(schema, path, change), ...combinedErrors(schema, path, value)]
}

/** What is wrong with a value at a path; on an update (`old`) only what changed is looked at. */
export const validateStructural = (
  schema: Schema,
  change: { readonly value: JsonValue; readonly old?: JsonValue },
  path = '',
): readonly FieldError[] => errorsAt(schema, path, { value: change.value, old: change.old })
