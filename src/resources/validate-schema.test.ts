import { test as property, fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../primitives/json-value.ts'
import { didYouMean, editDistance } from './did-you-mean.ts'
import { formatFieldError } from './field-error.ts'
import { schemaLibrary } from './schema-library.ts'
import { findUnknownFields, pruneUnknownFields } from './unknown-fields.ts'
import { validateAgainstSchema } from './validate-schema.ts'

const deployment = { $ref: 'io.k8s.api.apps.v1.Deployment' }
const service = { $ref: 'io.k8s.api.core.v1.Service' }
const virtualService = { $ref: 'io.istio.networking.v1alpha3.VirtualService' }

const head = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } }

const errors = (schema: { $ref: string }, object: JsonValue): readonly string[] =>
  validateAgainstSchema(schema, schemaLibrary, object).map(formatFieldError)

describe('types, required fields, enums, bounds', () => {
  test('text for a number', () => {
    expect(errors(service, { ...head, spec: { ports: [{ port: '80' }] } })).toEqual([
      'spec.ports[0].port: Invalid value: "80": must be of type integer, not string; write 80 without quotes',
    ])
  })
  test('a number for text', () => {
    expect(errors(service, { ...head, spec: { selector: { version: 1 } } })).toEqual([
      'spec.selector[version]: Invalid value: 1: must be of type string, not number; write "1" in quotes',
    ])
  })
  test('an object for a list', () => {
    expect(errors(service, { ...head, spec: { ports: { port: 80 } } })).toEqual([
      'spec.ports: Invalid value: "object": must be of type array, not object; write a list, with "- " before its first field',
    ])
  })
  test('required fields', () => {
    expect(errors(deployment, { ...head, spec: {} })).toEqual([
      'spec.selector: Required value',
      'spec.template: Required value',
    ])
  })
  test('an enum', () => {
    expect(errors(service, { ...head, spec: { type: 'Public' } })).toEqual([
      'spec.type: Unsupported value: "Public": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ])
  })
  test('one of several', () => {
    const match = { uri: { exact: '/a', prefix: '/' } }
    expect(errors(virtualService, { ...head, spec: { http: [{ match: [match] }] } })).toEqual([
      'spec.http[0].match[0].uri: Invalid value: "exact, prefix": at most one of exact, prefix, regex may be set; keep one of them',
    ])
  })
  test('numbers or text where both are meant, quantities and times', () => {
    const port = (targetPort: JsonValue): JsonValue => ({
      ...head,
      spec: { ports: [{ port: 80, targetPort }] },
    })
    expect(errors(service, port('http'))).toEqual([])
    expect(errors(service, port(8080))).toEqual([])
    expect(errors(service, port(true))).not.toEqual([])
    const limits = (cpu: JsonValue): JsonValue => ({
      ...head,
      spec: { containers: [{ name: 'a', resources: { limits: { cpu } } }] },
    })
    const pod = { $ref: 'io.k8s.api.core.v1.Pod' }
    expect(errors(pod, limits('500m'))).toEqual([])
    expect(errors(pod, limits(2))).toEqual([])
    expect(errors(pod, limits('lots'))).not.toEqual([])
    expect(errors(service, { ...head, metadata: { name: 'x', creationTimestamp: 'today' } })).toEqual([
      'metadata.creationTimestamp: Invalid value: "today": must be a time in RFC 3339, such as 2026-01-31T12:00:00Z',
    ])
  })
  test('null is absence', () => {
    expect(
      errors(service, { ...head, metadata: { name: 'x', creationTimestamp: null }, spec: { ports: null } }),
    ).toEqual([])
  })
})

describe('unknown fields', () => {
  const object = {
    ...head,
    spec: { http: [{ rout: [], match: [{ headers: { 'x-user': { exact: 'a', bogus: 1 } } }] }], host: ['a'] },
    status: { conditions: [], anything: 1 },
  }
  test('are named with what was probably meant', () => {
    expect(findUnknownFields(virtualService, schemaLibrary, object).map(({ message }) => message)).toEqual([
      'unknown field "spec.http[0].rout", did you mean "spec.http[0].route"?',
      'unknown field "spec.http[0].match[0].headers[x-user].bogus"',
      'unknown field "spec.host", did you mean "spec.hosts"?',
    ])
  })
  test('are pruned, and nothing else is', () => {
    expect(pruneUnknownFields(virtualService, schemaLibrary, object)).toEqual({
      ...head,
      spec: { http: [{ match: [{ headers: { 'x-user': { exact: 'a' } } }] }] },
      status: { conditions: [], anything: 1 },
    })
  })
  test('a known object is not copied', () => {
    const known = {
      ...head,
      metadata: { name: 'x', managedFields: [{ fieldsV1: { 'f:spec': {} } }] },
      spec: { hosts: ['a'] },
    }
    expect(pruneUnknownFields(virtualService, schemaLibrary, known)).toBe(known)
  })
  property.prop([fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))])(
    'what is pruned has no unknown field',
    (spec) => {
      const raw = { ...head, spec: JSON.parse(JSON.stringify(spec)) }
      expect(
        findUnknownFields(service, schemaLibrary, pruneUnknownFields(service, schemaLibrary, raw)),
      ).toEqual([])
    },
  )
})

describe('did you mean', () => {
  test.each([
    ['hsots', 'hosts'],
    ['Gateways', 'gateways'],
    ['zebra', undefined],
  ])('%s', (word, meant) => {
    expect(didYouMean(word, ['hosts', 'gateways', 'http'])).toBe(meant)
  })
  property.prop([fc.string(), fc.string()])('the distance is symmetric and bounded', (left, right) => {
    const distance = editDistance(left, right)
    expect(distance).toBe(editDistance(right, left))
    expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length))
    expect(distance === 0).toBe(left === right)
  })
})
