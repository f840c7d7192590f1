/** What the schema of a definition may say beside being structural: keywords, list and map types, defaults. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { Schema } from '../schema.ts'
import { pruneValue } from './prune-custom.ts'
import { validateStructural } from './validate-structural.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

const UNSUPPORTED = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const

const SCALARS: ReadonlySet<string | undefined> = new Set(['string', 'integer', 'number', 'boolean'])

const keywordErrors = (schema: Schema, path: string): readonly FieldError[] => [
  ...UNSUPPORTED.flatMap((name) =>
    Object.hasOwn(schema, name) ? [forbidden(child(path, name), `${name} is not supported`)] : [],
  ),
  ...(schema.type !== undefined && !TYPES.includes(schema.type)
    ? [notSupported(child(path, 'type'), schema.type, TYPES)]
    : []),
  ...(schema.uniqueItems === true
    ? [
        forbidden(
          child(path, 'uniqueItems'),
          'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
        ),
      ]
    : []),
  ...(schema.additionalProperties !== undefined &&
  schema.additionalProperties !== false &&
  Object.keys(schema.properties ?? {}).length > 0
    ? [
        forbidden(
          child(path, 'additionalProperties'),
          'additionalProperties and properties are mutual exclusive',
        ),
      ]
    : []),
  ...(schema['x-kubernetes-preserve-unknown-fields'] === false
    ? [invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined')]
    : []),
]

const wrongHolder = (schema: Schema, path: string, type: string, keyword: string): readonly FieldError[] => {
  if (schema.type === type) return []
  const why = `must be ${type} if ${keyword} is specified`
  const at = child(path, 'type')
  return [schema.type === undefined ? required(at, why) : invalid(at, schema.type, why)]
}

const mapTypeErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const type = schema['x-kubernetes-map-type']
  if (type === undefined) return []
  const known = ['atomic', 'granular']
  const at = child(path, 'x-kubernetes-map-type')
  return [
    ...wrongHolder(schema, path, 'object', 'x-kubernetes-map-type'),
    ...(known.includes(type) ? [] : [notSupported(at, type, known)]),
  ]
}

const setErrors = ({ items = {} }: Schema, path: string): readonly FieldError[] => {
  const at = child(path, 'items')
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const isOpenList = items.type === 'array' && (items['x-kubernetes-list-type'] ?? 'atomic') !== 'atomic'
  const isOpenMap = items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic'
  return [
    ...(isOpenList
      ? [invalid(child(at, 'x-kubernetes-list-type'), items['x-kubernetes-list-type'] ?? '', why)]
      : []),
    ...(isOpenMap
      ? [invalid(child(at, 'x-kubernetes-map-type'), items['x-kubernetes-map-type'] ?? '', why)]
      : []),
    ...(items.nullable === true
      ? [forbidden(child(at, 'nullable'), 'cannot be nullable when x-kubernetes-list-type is set')]
      : []),
  ]
}

const keyErrors = (schema: Schema, key: string, path: string): readonly FieldError[] => {
  const { items = {} } = schema
  const property = items.properties?.[key]
  if (property === undefined) {
    const at = child(path, 'x-kubernetes-list-map-keys')
    return [
      invalid(
        at,
        [...(schema['x-kubernetes-list-map-keys'] ?? [])],
        'entries must all be names of item properties',
      ),
    ]
  }
  const at = item(child(child(path, 'items'), 'properties'), key)
  const isScalar = SCALARS.has(property.type)
  return [
    ...(isScalar
      ? []
      : [
          invalid(
            child(at, 'type'),
            property.type ?? '',
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        ]),
    ...(property.default === undefined && items.required?.includes(key) !== true
      ? [
          required(
            child(at, 'default'),
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        ]
      : []),
    ...(property.nullable === true
      ? [
          forbidden(
            child(at, 'nullable'),
            'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
          ),
        ]
      : []),
  ]
}

const keyedErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const at = child(path, 'x-kubernetes-list-map-keys')
  const { items } = schema
  if (keys.length === 0) return [required(at, 'must not be empty if x-kubernetes-list-type is map')]
  if (items === undefined) {
    return [required(child(path, 'items'), 'must have a schema if x-kubernetes-list-type is map')]
  }
  return [
    ...(items.type === 'object'
      ? []
      : [
          invalid(
            child(child(path, 'items'), 'type'),
            items.type ?? '',
            "must be object if parent array's x-kubernetes-list-type is map",
          ),
        ]),
    ...(new Set(keys).size < keys.length
      ? [invalid(at, [...keys], 'must not contain duplicate entries')]
      : []),
    ...keys.flatMap((key) => keyErrors(schema, key, path)),
  ]
}

const listTypeErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const type = schema['x-kubernetes-list-type']
  const at = child(path, 'x-kubernetes-list-type')
  const known = ['atomic', 'set', 'map']
  const hasKeys = (schema['x-kubernetes-list-map-keys'] ?? []).length > 0
  const why = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (type === undefined) return hasKeys ? [required(at, why)] : []
  return [
    ...wrongHolder(schema, path, 'array', 'x-kubernetes-list-type'),
    ...(known.includes(type) ? [] : [notSupported(at, type, known)]),
    ...(hasKeys && type !== 'map' ? [invalid(at, type, why)] : []),
    ...(type === 'set' ? setErrors(schema, path) : []),
    ...(type === 'map' ? keyedErrors(schema, path) : []),
  ]
}

const defaultErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const given = schema.default
  if (given === undefined) return []
  const at = child(path, 'default')
  if (given === null && schema.nullable === true) return []
  return jsonEqual(pruneValue(schema, given), given)
    ? validateStructural(schema, { value: given }, at)
    : [invalid(at, given, 'must not have unknown fields')]
}

/** What is wrong in a schema and all that is below it. */
export const schemaRuleErrors = (schema: Schema, path: string): readonly FieldError[] => {
  const { items, additionalProperties: values } = schema
  return [
    ...keywordErrors(schema, path),
    ...mapTypeErrors(schema, path),
    ...listTypeErrors(schema, path),
    ...defaultErrors(schema, path),
    ...(items === undefined ? [] : schemaRuleErrors(items, child(path, 'items'))),
    ...(typeof values === 'object' ? schemaRuleErrors(values, child(path, 'additionalProperties')) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      schemaRuleErrors(inner, item(child(path, 'properties'), name)),
    ),
  ]
}
