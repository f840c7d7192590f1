/** What makes a schema structural (apiextensions schema/validation.go and complete.go). */
import { RE2JS } from 're2js'
import { messageOf } from '../../primitives/coded-error.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import { forbidden, invalid, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { Schema } from '../schema.ts'

type Level = 'root' | 'items' | 'field'

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  items: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }]

const when = (condition: boolean, error: () => FieldError): readonly FieldError[] =>
  condition ? [error()] : []

const typeErrors = (schema: Schema, level: Level, path: string): readonly FieldError[] => {
  const at = child(path, 'type')
  const { type } = schema
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    return [type === undefined ? required(at, why) : invalid(at, type, why)]
  }
  const isOpen =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  if (type === undefined && !isOpen) return [required(at, EMPTY_TYPE[level])]
  return level === 'root' && type !== undefined && type !== 'object'
    ? [invalid(at, type, 'must be object at the root')]
    : []
}

const extensionErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const hasProperties = Object.keys(schema.properties ?? {}).length > 0
  const isEither = schema['x-kubernetes-int-or-string'] === true
  const why = 'must be false if x-kubernetes-int-or-string is true'
  return [
    ...when(isEither && preserves, () =>
      invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), true, why),
    ),
    ...when(isEither && isEmbedded, () => invalid(child(path, 'x-kubernetes-embedded-resource'), true, why)),
    ...when(isEmbedded && schema.additionalProperties !== undefined, () =>
      forbidden(
        child(path, 'additionalProperties'),
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    ),
    ...when(isEmbedded && !preserves && !hasProperties, () =>
      required(
        child(path, 'properties'),
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    ),
  ]
}

const NAME_FIELDS: ReadonlySet<string> = new Set(['name', 'generateName'])

const metadataErrors = (schema: Schema, level: Level, path: string): readonly FieldError[] => {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  if (!isResource) return []
  const { kind, apiVersion, metadata } = schema.properties ?? {}
  const typed = [
    ['kind', kind, 'string'],
    ['apiVersion', apiVersion, 'string'],
    ['metadata', metadata, 'object'],
  ] as const
  const types = typed.flatMap(([name, property, type]) =>
    property !== undefined && property.type !== type
      ? [
          invalid(
            child(item(child(path, 'properties'), name), 'type'),
            property.type ?? '',
            `must be ${type}`,
          ),
        ]
      : [],
  )
  const {
    properties = {},
    type: _type,
    default: _default,
    description: _description,
    ...rest
  } = metadata ?? {}
  const isRestricted =
    Object.keys(rest).length > 0 || Object.keys(properties).some((name) => !NAME_FIELDS.has(name))
  const why =
    'must not specify anything other than name and generateName, but metadata is implicitly specified'
  const only = level === 'root' && isRestricted
  return [...types, ...when(only, () => forbidden(item(child(path, 'properties'), 'metadata'), why))]
}

const patternErrors = ({ pattern }: Schema, path: string): readonly FieldError[] => {
  if (pattern === undefined) return []
  try {
    RE2JS.compile(pattern)
    return []
  } catch (error) {
    const why = `must be a valid regular expression, but isn't: ${messageOf(error)}`
    return [invalid(child(path, 'pattern'), pattern, why)]
  }
}

/** What only the structure may say, not a condition below allOf, anyOf, oneOf and not. */
const FORBIDDEN_BELOW: readonly (readonly [keyof Schema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** A condition with the structure that must hold everything it speaks of. */
interface Conditional {
  readonly schema: Schema
  readonly structure: Schema | undefined
  readonly at: { readonly condition: string; readonly structure: string }
}

const conditionsOf = (schema: Schema, path: string): readonly (readonly [Schema, string])[] => {
  const list = (name: 'allOf' | 'anyOf' | 'oneOf'): readonly (readonly [Schema, string])[] =>
    (schema[name] ?? []).map((inner, index) => [inner, item(child(path, name), index)] as const)
  const isEither = jsonEqual(schema.anyOf, INT_OR_STRING)
  return [
    ...(isEither ? [] : list('anyOf')),
    ...list('allOf'),
    ...list('oneOf'),
    ...(schema.not === undefined ? [] : [[schema.not, child(path, 'not')] as const]),
  ]
}

const conditionErrors = ({ schema, structure, at }: Conditional): readonly FieldError[] => {
  if (structure === undefined) return [required(at.structure, `because it is defined in ${at.condition}`)]
  const misplaced = FORBIDDEN_BELOW.flatMap(([name, why]) => {
    const value = schema[name]
    return value === undefined || value === false ? [] : [forbidden(child(at.condition, name), why)]
  })
  const step = (inner: Schema, below: Schema | undefined, place: (path: string) => string) =>
    conditionErrors({
      schema: inner,
      structure: below,
      at: { condition: place(at.condition), structure: place(at.structure) },
    })
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    step(inner, structure.properties?.[name], (path) => item(child(path, 'properties'), name)),
  )
  return [
    ...patternErrors(schema, at.condition),
    ...misplaced,
    ...when(schema.properties?.['metadata'] !== undefined, () =>
      forbidden(
        item(child(at.condition, 'properties'), 'metadata'),
        'must not be specified in a nested context',
      ),
    ),
    ...properties,
    ...(schema.items === undefined
      ? []
      : step(schema.items, structure.items, (path) => child(path, 'items'))),
    ...conditionsOf(schema, at.condition).flatMap(([inner, condition]) =>
      conditionErrors({ schema: inner, structure, at: { condition, structure: at.structure } }),
    ),
  ]
}

const errorsAt = (schema: Schema, level: Level, path: string): readonly FieldError[] => {
  const { items, additionalProperties: values } = schema
  return [
    ...when(schema.type === 'array' && items === undefined, () =>
      required(child(path, 'items'), 'must be specified'),
    ),
    ...when(level === 'root' && values !== undefined, () =>
      forbidden(child(path, 'additionalProperties'), 'must not be used at the root'),
    ),
    ...extensionErrors(schema, path),
    ...patternErrors(schema, path),
    ...typeErrors(schema, level, path),
    ...metadataErrors(schema, level, path),
    ...conditionsOf(schema, path).flatMap(([inner, condition]) =>
      conditionErrors({ schema: inner, structure: schema, at: { condition, structure: path } }),
    ),
    ...(items === undefined ? [] : errorsAt(items, 'items', child(path, 'items'))),
    ...(typeof values === 'object' ? errorsAt(values, 'field', child(path, 'additionalProperties')) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      errorsAt(inner, 'field', item(child(path, 'properties'), name)),
    ),
  ]
}

/** Why a schema is not structural, with the paths of its parts below `path`. */
export const structuralErrors = (schema: Schema, path: string): readonly FieldError[] =>
  errorsAt(schema, 'root', path)
