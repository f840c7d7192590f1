import { expect, test } from 'vitest'
import { object, setOf } from './object-set-rig.conformance.ts'
import { meantGateway, meantHost, suggestLabels } from './suggestions.ts'

const hosts = ['reviews.prod.svc.cluster.local', 'ratings.default.svc.cluster.local']

test.each([
  ['ratnigs', 'ratings.default.svc.cluster.local'],
  ['reviews', 'reviews.prod.svc.cluster.local'],
  ['reviews.default.svc.cluster.local', 'reviews.prod.svc.cluster.local'],
  ['details', undefined],
])('%s may mean %s', (host, meant) => {
  expect(meantHost(host, 'default', hosts)).toBe(meant)
})

test.each<[Record<string, string>, object]>([
  [{ version: 'v22' }, { fix: 'did you mean version=v2?', value: 'v2' }],
  [{ verison: 'v2' }, { fix: 'did you mean version=v2?' }],
  [{ version: 'stable' }, { fix: 'workloads have version=v1, version=v2' }],
  [{ tier: 'x' }, {}],
])('a selector %j', (selector, suggestion) => {
  expect(
    suggestLabels(selector, [
      { app: 'web', version: 'v1' },
      { app: 'web', version: 'v2' },
    ]),
  ).toEqual(suggestion)
})

test('a gateway of another namespace is called by its full name', () => {
  const set = setOf(
    object('networking.istio.io/v1', 'Gateway', 'name: front, namespace: ingress', 'spec: {}') +
      object('gateway.networking.k8s.io/v1', 'Gateway', 'name: edge, namespace: default', 'spec: {}'),
  )
  expect(meantGateway(set, 'default', 'front')).toBe('ingress/front')
  expect(meantGateway(set, 'default', 'egde')).toBe('edge')
  expect(meantGateway(set, 'default', 'nothing')).toBeUndefined()
})
