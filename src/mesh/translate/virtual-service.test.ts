import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { translateVirtualService } from './virtual-service.ts'

const virtualService = (spec: JsonObject): KubeObject & { readonly spec: JsonObject } => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'myapp', namespace: 'shop', generation: 4 },
  spec,
})

describe('VirtualService', () => {
  test('short names are completed in its own namespace', () => {
    const table = translateVirtualService(
      virtualService({
        hosts: ['myapp', 'Example.com', '*'],
        gateways: ['mesh', 'gw', './own', 'other/gw', 'old.infra.svc.cluster.local'],
        http: [{ route: [{ destination: { host: 'myapp', subset: 'v1', port: { number: 8080 } } }] }],
      }),
    )
    expect(table.hosts).toEqual(['myapp.shop.svc.cluster.local', 'example.com', '*'])
    expect(table.gateways).toEqual(['mesh', 'shop/gw', 'shop/own', 'other/gw', 'infra/old'])
    expect(table.exportTo).toEqual(['*'])
    expect(table.rules[0]?.action).toMatchObject({
      kind: 'forward',
      destinations: [
        {
          destination: { host: 'myapp.shop.svc.cluster.local', subset: 'v1', port: 8080 },
          origin: { kind: 'VirtualService', generation: 4, field: 'spec.http[0].route[0]' },
        },
      ],
    })
  })

  test('without gateways it is for sidecars', () => {
    expect(translateVirtualService(virtualService({ hosts: ['a'] })).gateways).toEqual(['mesh'])
  })

  test.each([
    [{ uri: { exact: '/a' } }, { path: { kind: 'exact', value: '/a' } }],
    [
      { uri: { regex: '/a.*' }, ignoreUriCase: true },
      { path: { kind: 'regex', value: '/a.*' }, ignorePathCase: true },
    ],
    [{ headers: { 'x-a': {} } }, { headers: [{ name: 'x-a', match: { kind: 'present' }, invert: false }] }],
    [
      { headers: { 'x-a': { regex: '*' } } },
      { headers: [{ name: 'x-a', match: { kind: 'present' }, invert: false }] },
    ],
    [
      { withoutHeaders: { 'x-a': { exact: '1' } } },
      { headers: [{ name: 'x-a', match: { kind: 'exact', value: '1' }, invert: true }] },
    ],
    [
      { sourceLabels: { app: 'a' }, gateways: ['gw'] },
      { source: { labels: { app: 'a' }, gateways: ['shop/gw'] } },
    ],
    [
      { queryParams: { q: { prefix: 'x' } } },
      { queryParameters: [{ name: 'q', match: { kind: 'prefix', value: 'x' } }] },
    ],
  ])('match %j', (match, expected) => {
    const table = translateVirtualService(virtualService({ hosts: ['a'], http: [{ match: [match] }] }))
    expect(table.rules[0]?.matches[0]).toMatchObject(expected)
  })

  test('redirect and direct response', () => {
    const table = translateVirtualService(
      virtualService({
        hosts: ['a'],
        http: [
          { redirect: { uri: '/b', redirectCode: 308, derivePort: 'FROM_REQUEST_PORT' } },
          { directResponse: { status: 418, body: { string: 'teapot' } } },
        ],
      }),
    )
    expect(table.rules.map(({ action }) => action)).toEqual([
      { kind: 'redirect', path: '/b', status: 308, port: { kind: 'request' } },
      { kind: 'respond', status: 418, body: 'teapot' },
    ])
  })

  property.prop([fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 })])(
    'weights are conserved in order',
    (weights) => {
      const route = weights.map((weight, index) => ({ destination: { host: `s${index}` }, weight }))
      const { rules } = translateVirtualService(virtualService({ hosts: ['a'], http: [{ route }] }))
      const action = rules[0]?.action
      expect(action?.kind === 'forward' ? action.destinations.map(({ weight }) => weight) : []).toEqual(
        weights,
      )
    },
  )

  property.prop([fc.jsonValue()])('a spec of any shape throws nothing', (value) => {
    const http = [
      value,
      { match: value, route: value, redirect: value, fault: value, headers: value },
    ] as JsonObject[]
    expect(() => translateVirtualService(virtualService({ hosts: [], gateways: [], http }))).not.toThrow()
  })
})
