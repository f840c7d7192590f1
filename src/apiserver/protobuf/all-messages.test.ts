import { describe, expect, it } from 'vitest'
import { allKinds } from '../../resources/all-kinds.ts'
import { resolveSchema } from '../../resources/resolve-schema.ts'
import { schemaLibrary } from '../../resources/schema-library.ts'
import type { Schema } from '../../resources/schema.ts'
import { isBuiltIn } from '../decode-object.ts'
import { allMessages, messageOfKind } from './all-messages.ts'
import { jsonFields } from './arbitrary-object.conformance.ts'
import { fieldsOf } from './messages/message.ts'
import { wellKnownTypes } from './well-known-types.ts'

/** Definitions are JSON and YAML alone. */
const builtIn = allKinds.filter((kind) => isBuiltIn(kind) && kind.group !== 'apiextensions.k8s.io')

const refTypes: Readonly<Record<string, string>> = {
  Quantity: 'quantity',
  Time: 'time',
  MicroTime: 'microTime',
  IntOrString: 'intOrString',
  FieldsV1: 'rawJson',
  RawExtension: 'rawJson',
}

const typeOfSchema = (schema: Schema): string => {
  const referred = schema.$ref?.split('.').at(-1)
  if (schema.$ref === 'io.k8s.api.discovery.v1.EndpointPort') return 'EndpointSlicePort'
  if (referred !== undefined) return refTypes[referred] ?? referred
  if (schema.type === 'boolean') return 'bool'
  if (schema.type === 'integer') return 'int'
  return schema.format === 'byte' ? 'bytes' : (schema.type ?? '')
}

const shapeOfSchema = (schema: Schema): string => {
  if (schema.type === 'array') return `[]${typeOfSchema(schema.items ?? {})}`
  const values = schema.additionalProperties
  return typeof values === 'object' ? `{}${typeOfSchema(values)}` : typeOfSchema(schema)
}

const marks = { single: '', inline: '', list: '[]', map: '{}' }

const tableRow = (name: string): Record<string, string> =>
  Object.fromEntries(
    jsonFields(name).map(({ name: field, shape, type }) => [field, `${marks[shape]}${type}`]),
  )

const schemaRow = (schema: Schema): Record<string, string> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([field, value]) => [field, shapeOfSchema(value)]),
  )

/** The schemas below a kind's by the name of their message. */
const schemasBelow = (schema: Schema, found: Map<string, Schema>): void => {
  for (const field of Object.values(schema.properties ?? {})) {
    const values = field.additionalProperties
    const nested = field.items ?? (typeof values === 'object' ? values : field)
    const type = typeOfSchema(nested)
    if (nested.$ref === undefined || allMessages[type] === undefined || found.has(type)) continue
    const resolved = resolveSchema(nested, schemaLibrary)
    found.set(type, resolved)
    schemasBelow(resolved, found)
  }
}

const schemas = ((): ReadonlyMap<string, Schema> => {
  const found = new Map<string, Schema>()
  for (const kind of builtIn) {
    const { apiVersion: _apiVersion, kind: _kind, ...properties } = kind.schema('v1').properties ?? {}
    const schema = { ...kind.schema('v1'), properties }
    found.set(kind.kind, schema)
    schemasBelow(schema, found)
  }
  return found
})()

describe('the table of messages', () => {
  it.each(builtIn)('has $kind', ({ group, kind }) => {
    expect(allMessages).toHaveProperty(kind)
    expect(messageOfKind(group === '' ? 'v1' : `${group}/v1`, kind)).toBe(allMessages[kind])
  })

  it('has no name of the prototype', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(messageOfKind(name, name)).toBeUndefined()
    }
  })

  it('refers to nothing that is not there, and gives each number once', () => {
    const scalars = ['string', 'bytes', 'bool', 'int']
    for (const [name, message] of Object.entries(allMessages)) {
      const { byNumber } = fieldsOf(message)
      expect({ name, fields: byNumber.size }).toEqual({ name, fields: Object.keys(message).length })
      for (const { type } of byNumber.values()) {
        expect([name, type, scalars.includes(type) || type in wellKnownTypes || type in allMessages]).toEqual(
          [name, type, true],
        )
      }
    }
  })

  it.each([...schemas.keys()])('names and types of %s are those of its schema', (name) => {
    expect(tableRow(name)).toEqual(schemaRow(schemas.get(name) ?? {}))
  })
})
