import { expect, test } from 'vitest'
import { applySchemaDefaults } from './schema-defaults.ts'
import type { Schema } from './schema.ts'

const library = (): Schema => ({ type: 'string', default: 'referred' })

const schema: Schema = {
  type: 'object',
  properties: {
    list: {
      type: 'array',
      items: { type: 'object', properties: { kind: { type: 'string', default: 'Service' } } },
    },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
    },
    inner: {
      type: 'object',
      default: {},
      properties: { weight: { type: 'integer', default: 1 } },
    },
    referred: { $ref: 'x' },
    nullable: { type: 'string', nullable: true, default: 'a' },
  },
}

test('what is absent or null is filled in, at every depth', () => {
  expect(
    applySchemaDefaults(schema, library, { list: [{}, { kind: 'Pod' }], map: { a: {} }, referred: null }),
  ).toEqual({
    list: [{ kind: 'Service' }, { kind: 'Pod' }],
    map: { a: { on: true } },
    inner: { weight: 1 },
    referred: 'referred',
    nullable: 'a',
  })
})

test('a complete object comes back as it is, and so does one of wrong types', () => {
  const complete = { list: [{ kind: 'Pod' }], inner: { weight: 0 }, referred: '', nullable: null }
  expect(applySchemaDefaults(schema, library, complete)).toBe(complete)
  const wrong = { list: 'no', map: [1], inner: 3, referred: {}, nullable: null }
  expect(applySchemaDefaults(schema, library, wrong)).toBe(wrong)
})
