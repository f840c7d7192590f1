import { describe, expect, test } from 'vitest'
import { validateEnvoyFilter } from './validate-envoy-filter.ts'
import { validateTrafficExtension } from './validate-traffic-extension.ts'
import { wasmUrlProblem } from './wasm-url.ts'

const metadata = { name: 'a', namespace: 'default' }

const fieldsOf = (patch: object): readonly string[] =>
  validateEnvoyFilter({
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata,
    spec: { configPatches: [patch] },
  }).map(({ field }) => field.replace('spec.configPatches[0].', ''))

describe('EnvoyFilter', () => {
  const merge = { operation: 'MERGE', value: {} }
  const filterMatch = (filter: object): object => ({ listener: { filterChain: { filter } } })
  test.each<[string, object, readonly string[]]>([
    ['applies to nothing', { patch: merge }, ['applyTo']],
    ['has no patch', { applyTo: 'CLUSTER' }, ['patch']],
    ['has no operation', { applyTo: 'CLUSTER', patch: { value: {} } }, ['patch.operation']],
    ['adds nothing', { applyTo: 'CLUSTER', patch: { operation: 'ADD' } }, ['patch.value']],
    ['removes without a value', { applyTo: 'CLUSTER', patch: { operation: 'REMOVE' } }, []],
    [
      'matches another kind of object',
      { applyTo: 'CLUSTER', match: { listener: {} }, patch: merge },
      ['match.listener'],
    ],
    [
      'matches a filter without a name',
      { applyTo: 'NETWORK_FILTER', match: filterMatch({}), patch: merge },
      ['match.listener.filterChain.filter.name'],
    ],
    [
      'matches a filter within a filter that has none',
      { applyTo: 'HTTP_FILTER', match: filterMatch({ name: 'x', subFilter: { name: 'y' } }), patch: merge },
      ['match.listener.filterChain.filter.name'],
    ],
    [
      'matches a version that is no expression',
      { applyTo: 'CLUSTER', match: { proxy: { proxyVersion: '1++' } }, patch: merge },
      ['match.proxy.proxyVersion'],
    ],
    [
      'adds a cluster of wrong values',
      {
        applyTo: 'CLUSTER',
        patch: { operation: 'ADD', value: { name: 1, type: 'NONE', connect_timeout: 'x' } },
      },
      ['patch.value.name', 'patch.value.type', 'patch.value.connect_timeout'],
    ],
    [
      'configures a filter without a type',
      { applyTo: 'HTTP_FILTER', patch: { operation: 'ADD', value: { name: 'x', typed_config: {} } } },
      ['patch.value.typed_config.@type'],
    ],
    [
      'configures a filter by a type that nobody knows',
      {
        applyTo: 'NETWORK_FILTER',
        patch: { operation: 'ADD', value: { typed_config: { '@type': 'type.googleapis.com/a.B' } } },
      },
      ['patch.value.typed_config.@type'],
    ],
    [
      'has a field that its message does not know',
      {
        applyTo: 'VIRTUAL_HOST',
        patch: { operation: 'MERGE', value: { typed_config: { '@type': 'type.googleapis.com/a.B' } } },
      },
      [],
    ],
    [
      'names a type of the API v2',
      {
        applyTo: 'HTTP_FILTER',
        patch: {
          operation: 'ADD',
          value: {
            typed_config: {
              '@type': 'type.googleapis.com/envoy.config.filter.network.ext_authz.v2.ExtAuthz',
            },
          },
        },
      },
      ['patch.value.typed_config.@type'],
    ],
    ['matches a waypoint outside of waypoints', { match: { waypoint: {} } }, ['match.waypoint', 'applyTo']],
    ['is one of a waypoint', { match: { context: 'WAYPOINT', waypoint: {} } }, []],
  ])('a patch that %s', (_title, patch, fields) => {
    expect(fieldsOf(patch)).toEqual(fields)
  })
})

test('TrafficExtension is one of Wasm and Lua', () => {
  const fields = (spec: object): readonly string[] =>
    validateTrafficExtension({
      apiVersion: 'extensions.istio.io/v1alpha1',
      kind: 'TrafficExtension',
      metadata,
      spec,
    }).map(({ field }) => field)
  expect(fields({})).toEqual(['spec'])
  expect(fields({ lua: { inlineCode: 'x' } })).toEqual([])
  expect(fields({ lua: { inlineCode: '' }, wasm: { url: 'oci://a/b:1' } })).toEqual([
    'spec.lua',
    'spec.lua.inlineCode',
  ])
})

test.each([
  ['oci://ghcr.io/a/b:1', true],
  ['ghcr.io/a/b:1', true],
  ['localhost', true],
  ['https://a.b:8443/c.wasm?x=1', true],
  ['file:///a.wasm', true],
  ['ftp://a/b', false],
  ['localhost:5000/a', false],
  ['#%blah$#@', false],
  ['a b/c', false],
  ['https://a/%zz', false],
])('the address %s of a Wasm module', (url, isValid) => {
  expect(wasmUrlProblem(url) === undefined).toBe(isValid)
})
