import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import { allKinds } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import { isKubernetesKind } from '../kubernetes-groups.ts'
import type { Schema } from '../schema.ts'
import { schemaLibrary } from '../schema-library.ts'
import { builtInDefinition } from './built-in-definition.ts'
import type { CustomResourceDefinition } from './custom-resource-definition.ts'
import { fitsFormat } from './custom-formats.ts'
import { defaultCustom } from './default-custom.ts'
import { withDefinitionDefaults } from './definition-defaults.ts'
import { parseJsonPath } from './json-path.ts'
import { pruneCustom } from './prune-custom.ts'
import { validateDefinition } from './validate-definition.ts'
import { validateStructural } from './validate-structural.ts'

describe('definitions of built-in kinds', () => {
  it.each(allKinds.filter((kind) => !isKubernetesKind(kind)))(
    '$plural.$group is one that the API takes',
    (kind) => {
      const definition = withDefinitionDefaults(builtInDefinition(kind, schemaLibrary))
      expect(validateDefinition(definition).map(formatFieldError)).toEqual([])
    },
  )
})

const definitionOf = (spec: Schema, more: object = {}): CustomResourceDefinition =>
  withDefinitionDefaults({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
          ...more,
        },
      ],
    },
  })

const at = 'spec.versions[0].schema.openAPIV3Schema.properties[spec]'

describe('schemas of definitions', () => {
  it.each<[Schema, string]>([
    [{ properties: {} }, `${at}.type: Required value: must not be empty for specified object fields`],
    [{ type: 'array' }, `${at}.items: Required value: must be specified`],
    [
      { type: 'array', items: {} },
      `${at}.items.type: Required value: must not be empty for specified array items`,
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
      `${at}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      { type: 'object', anyOf: [{ properties: { b: { minimum: 1 } } }] },
      `${at}.properties[b]: Required value: because it is defined in ${at}.anyOf[0].properties[b]`,
    ],
    [
      { type: 'object', oneOf: [{ type: 'object' }] },
      `${at}.oneOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      { type: 'string', 'x-kubernetes-embedded-resource': true },
      `${at}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`,
    ],
    [
      { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } },
      `${at}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' } } },
      },
      `${at}.items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
    [
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', properties: {} } },
      `${at}.items.x-kubernetes-map-type: Invalid value: "": must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
    [{ type: 'array', uniqueItems: true, items: { type: 'string' } }, 'uniqueItems cannot be set to true'],
    [{ type: 'integer', default: 'x' }, `${at}.default in body must be of type integer: "string"`],
    [
      { type: 'object', properties: { a: { type: 'string' } }, default: { b: 1 } },
      `${at}.default: Invalid value: {"b":1}: must not have unknown fields`,
    ],
    [
      { type: 'string', pattern: '(' },
      `${at}.pattern: Invalid value: "(": must be a valid regular expression`,
    ],
    [{ type: 'string', $ref: '#/x' }, `${at}.$ref: Forbidden: $ref is not supported`],
    [{ type: 'object', 'x-kubernetes-validations': [{ rule: 'self.x' }] }, "undefined field 'x'"],
  ])('%j is refused', (spec, words) => {
    const errors = validateDefinition(definitionOf(spec)).map(formatFieldError)
    expect(errors.join('\n')).toContain(words)
  })

  it.each<Schema>([
    { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    { 'x-kubernetes-preserve-unknown-fields': true },
    {
      type: 'object',
      properties: { a: { type: 'string' } },
      oneOf: [{ required: ['a'] }],
      not: { required: ['b'] },
    },
  ])('%j is structural', (spec) => {
    expect(validateDefinition(definitionOf(spec))).toEqual([])
  })
})

describe('JSONPath of columns', () => {
  const object: JsonObject = {
    spec: {
      list: [
        { n: 'a', v: 1 },
        { n: 'b', v: 2 },
      ],
      'x.y/z': 'dotted',
      flags: [true, false],
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Other', status: 'False' },
      ],
    },
  }
  it.each<[string, readonly JsonValue[]]>([
    ['.spec.list[0].n', ['a']],
    ['.spec.list[-1].n', ['b']],
    ['.spec.list[*].n', ['a', 'b']],
    ['.spec.list[0:1].v', [1]],
    ['.spec.x\\.y/z', ['dotted']],
    [".spec['x.y/z']", ['dotted']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type!='Ready')].status", ['False']],
    ['.spec.list[?(@.v>1)].n', ['b']],
    ['.spec.list[?(@.v)].n', ['a', 'b']],
    ['..n', ['a', 'b']],
    ['.spec.none.deep', []],
    ['.spec.flags[1]', [false]],
  ])('%s', (path, found) => {
    expect(parseJsonPath(path)?.(object)).toEqual(found)
  })
  it.each(['.spec[', 'spec', '.spec[a]'])('%s cannot be read', (path) => {
    expect(parseJsonPath(path)).toBeUndefined()
  })
})

it.each([
  ['date-time', '2026-01-31T12:00:00Z', '2026-01-31'],
  ['date', '2026-01-31', '2026-13-01'],
  ['duration', '1h30m', 'soon'],
  ['uri', 'https://example.com/a', 'a b'],
  ['email', 'a@example.com', 'a'],
  ['hostname', 'a.example.com', '-a'],
  ['ipv4', '10.0.0.1', '10.0.0.256'],
  ['ipv6', '::1', '10.0.0.1'],
  ['cidr', '10.0.0.0/8', '10.0.0.0/33'],
  ['mac', '00:11:22:aa:bb:cc', '00:11'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', 'x'],
  ['byte', 'aGk=', '*'],
])('format %s takes %s and not %s', (format, good, bad) => {
  expect([fitsFormat(format, good), fitsFormat(format, bad)]).toEqual([true, false])
})

const leaf = fc.constantFrom<Schema>(
  { type: 'string', default: 'd' },
  { type: 'integer' },
  { type: 'boolean', nullable: true },
  { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
)
const objectSchema = (inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
  fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), inner, { maxKeys: 3 })
    .map((properties): Schema => ({ type: 'object', properties }))
const schemas = objectSchema(
  fc.oneof(
    leaf,
    objectSchema(leaf),
    objectSchema(leaf).map((items): Schema => ({ type: 'array', items })),
  ),
)
const objects = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue({ maxDepth: 3 }))
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)))

describe('properties', () => {
  test.prop([schemas, objects])('pruning and defaulting are done once and for all', (schema, object) => {
    const once = defaultCustom(schema, pruneCustom(schema, object).object)
    expect(defaultCustom(schema, pruneCustom(schema, once).object)).toEqual(once)
    expect(pruneCustom(schema, once).unknown).toEqual([])
  })

  test.prop([schemas, objects])('what did not change is never refused', (schema, object) => {
    expect(validateStructural(schema, { value: object, old: object })).toEqual([])
  })
})
