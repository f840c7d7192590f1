import { describe, expect, test } from 'vitest'
import { allKinds, findKindByName } from '../all-kinds.ts'
import type { KubeObject } from '../kube-object.ts'
import { schemaLibrary } from '../schema-library.ts'
import { findUnknownFields } from '../unknown-fields.ts'
import { validateAgainstSchema } from '../validate-schema.ts'

const objectOf = (kind: string, spec: object): KubeObject => ({
  apiVersion: 'appmesh.k8s.aws/v1beta2',
  kind,
  metadata: { name: 'a', namespace: 'default' },
  ...{ spec },
})

const rowOf = (kind: string): (typeof allKinds)[number] => {
  const row = findKindByName(allKinds, 'appmesh.k8s.aws', kind)
  if (row === undefined) throw new Error(`no kind ${kind}`)
  return row
}

const complaints = (kind: string, spec: object): readonly string[] => {
  const row = rowOf(kind)
  const object = objectOf(kind, spec)
  const schema = row.schema('v1beta2')
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  return [
    ...findUnknownFields(schema, schemaLibrary, object).map(({ path }) => path),
    ...(errors.length > 0 ? errors : row.validate(row.applyDefaults(object))).map(({ field }) => field),
  ]
}

const portMapping = { port: 80, protocol: 'http' }
const action = { weightedTargets: [{ virtualNodeRef: { name: 'v1' }, weight: 1 }] }
const routed = (match: object): object => ({ routes: [{ name: 'r', httpRoute: { match, action } }] })
const target = { target: { virtualService: { virtualServiceRef: { name: 's' } } } }
const entering = (match: object, rewrite?: object): object => ({
  httpRoute: { match, action: { ...target, ...(rewrite === undefined ? {} : { rewrite }) } },
})

describe('what the controller refuses', () => {
  test.each<[string, string, object, readonly string[]]>([
    ['VirtualRouter', 'a prefix', routed({ prefix: '/' }), []],
    ['VirtualRouter', 'neither prefix nor path', routed({}), ['spec.routes[0].httpRoute.match.prefix']],
    [
      'VirtualRouter',
      'prefix and path',
      routed({ prefix: '/', path: { exact: '/a' } }),
      ['spec.routes[0].httpRoute.match.path'],
    ],
    [
      'VirtualRouter',
      'a path in two ways',
      routed({ path: { exact: '/a', regex: '/b' } }),
      ['spec.routes[0].httpRoute.match.path'],
    ],
    [
      'VirtualRouter',
      'a header in two ways',
      routed({ prefix: '/', headers: [{ name: 'h', match: { exact: 'a', prefix: 'b' } }] }),
      ['spec.routes[0].httpRoute.match.headers[0].match'],
    ],
    [
      'VirtualRouter',
      'an empty range',
      routed({ prefix: '/', headers: [{ name: 'h', match: { range: { start: 2, end: 2 } } }] }),
      ['spec.routes[0].httpRoute.match.headers[0].match.range.end'],
    ],
    [
      'VirtualRouter',
      'a name twice',
      {
        routes: [
          { name: 'r', tcpRoute: { action } },
          { name: 'r', tcpRoute: { action } },
        ],
      },
      ['spec.routes[1].name'],
    ],
    ['VirtualRouter', 'a route of no protocol', { routes: [{ name: 'r' }] }, ['spec.routes[0]']],
    [
      'VirtualRouter',
      'a weight above 100',
      { routes: [{ name: 'r', tcpRoute: { action: { weightedTargets: [{ weight: 101 }] } } }] },
      ['spec.routes[0].tcpRoute.action.weightedTargets[0].weight'],
    ],
    [
      'VirtualNode',
      'a listener that nobody finds',
      { listeners: [{ portMapping }] },
      ['spec.serviceDiscovery'],
    ],
    [
      'VirtualNode',
      'two pools',
      {
        serviceDiscovery: { dns: { hostname: 'a' } },
        listeners: [
          { portMapping, connectionPool: { http: { maxConnections: 1 }, tcp: { maxConnections: 1 } } },
        ],
      },
      ['spec.listeners[0].connectionPool'],
    ],
    [
      'VirtualNode',
      'a backend twice',
      {
        backends: [
          { virtualService: { virtualServiceRef: { name: 'b' } } },
          { virtualService: { virtualServiceRef: { name: 'b', namespace: 'default' } } },
        ],
      },
      ['spec.backends[1]'],
    ],
    ['VirtualNode', 'a misspelled field', { listener: [] }, ['spec.listener']],
    ['GatewayRoute', 'no route', {}, ['spec']],
    ['GatewayRoute', 'a host alone', entering({ hostname: { exact: 'a.b' } }), []],
    [
      'GatewayRoute',
      'a host in two ways',
      entering({ hostname: { exact: 'a.b', suffix: '.b' } }),
      ['spec.httpRoute.match.hostname'],
    ],
    [
      'GatewayRoute',
      'a prefix without its slash',
      entering({ prefix: '/a' }, { prefix: { value: '/b' } }),
      ['spec.httpRoute.action.rewrite.prefix.value'],
    ],
    [
      'GatewayRoute',
      'a rewrite of nothing',
      entering({ prefix: '/a' }, {}),
      ['spec.httpRoute.action.rewrite'],
    ],
    [
      'GatewayRoute',
      'gRPC without service or host',
      { grpcRoute: { match: {}, action: target } },
      ['spec.grpcRoute.match.serviceName'],
    ],
    ['Mesh', 'another egress', { egressFilter: { type: 'SOME' } }, ['spec.egressFilter.type']],
    [
      'VirtualService',
      'two providers',
      { provider: { virtualNode: {}, virtualRouter: {} } },
      ['spec.provider'],
    ],
  ])('%s: %s', (kind, _title, spec, fields) => {
    expect(complaints(kind, spec)).toEqual(fields)
  })
})

test('names in AWS are made of name and namespace, as App Mesh does', () => {
  expect(rowOf('VirtualService').applyDefaults(objectOf('VirtualService', {}))).toMatchObject({
    spec: { awsName: 'a.default' },
  })
  expect(rowOf('VirtualNode').applyDefaults(objectOf('VirtualNode', {}))).toMatchObject({
    spec: { awsName: 'a_default' },
  })
  const named = objectOf('VirtualNode', { awsName: 'own' })
  expect(rowOf('VirtualNode').applyDefaults(named)).toBe(named)
})
