import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../mesh/view/proxy-view.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createMeshCollections, type MeshCollections, type SourceKind } from './mesh-collections.ts'

const key = 'default/myapp'
const host = 'myapp.default.svc.cluster.local'

const object = (kind: SourceKind, generation: number, fields: JsonObject, name = 'myapp'): KubeObject =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default', generation, uid: `${kind} ${name}`, labels: { app: 'myapp' } },
    ...fields,
  }) as KubeObject

const service = object('Service', 1, {
  spec: {
    clusterIP: '10.96.0.7',
    clusterIPs: ['10.96.0.7'],
    selector: { app: 'myapp' },
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
  },
})

const rule = (generation: number, ...subsets: readonly string[]): KubeObject =>
  object('DestinationRule', generation, {
    spec: {
      host: 'myapp',
      trafficPolicy: { loadBalancer: { simple: 'RANDOM' } },
      subsets: subsets.map((name) => ({ name, labels: { version: name } })),
    },
  })

const route = (generation: number, subset: string, inUse?: JsonValue): KubeObject =>
  object('VirtualService', generation, {
    spec: { hosts: ['myapp'], http: [{ route: [{ destination: { host: 'myapp', subset } }] }] },
    ...(inUse === undefined ? {} : { status: { inUse } }),
  })

const pod = (name: string, podIP: string, ready: 'True' | 'False'): KubeObject =>
  object('Pod', 1, { spec: {}, status: { podIP, conditions: [{ type: 'Ready', status: ready }] } }, name)

const meshOf = (...objects: readonly KubeObject[]): MeshCollections => {
  const mesh = createMeshCollections(DEFAULT_SETTINGS)
  for (const each of objects) mesh.sources[each.kind as SourceKind].set(`default/${each.metadata.name}`, each)
  for (const each of objects) if (each.kind === 'VirtualService') mesh.restore(each)
  return mesh
}

const slice = {
  ...object('EndpointSlice', 1, {
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [{ addresses: ['10.244.0.9'] }],
  }),
  metadata: { name: 'myapp-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'myapp' } },
}

const subsetsIn = (mesh: MeshCollections): readonly string[] =>
  mesh.commit().policies.flatMap(({ subsets }) => subsets.map(({ name }) => name))

const findingsIn = (mesh: MeshCollections) => mesh.tables.get(key)?.findings ?? []

/** As the record returns from the API server. */
const recorded = (mesh: MeshCollections): JsonValue => JSON.parse(JSON.stringify(mesh.inUse(key)))

describe('subsets', () => {
  test('of a deleted DestinationRule stay while a route uses them, with the policy that they inherited', () => {
    const mesh = meshOf(service, rule(1, 'v1', 'v2'), route(1, 'v1'))
    mesh.commit()
    mesh.sources.DestinationRule.delete(key)
    const [policy, ...others] = mesh.commit().policies
    expect(others).toEqual([])
    expect(policy?.policy).toEqual({})
    expect(policy?.subsets).toMatchObject([{ name: 'v1', kept: true, policy: { balancer: 'random' } }])
    expect(findingsIn(mesh)).toMatchObject([{ reason: 'SubsetNotFound', kept: true }])
    expect(mesh.inUse(key)).toMatchObject([{ kind: 'DestinationRule', spec: { subsets: [{ name: 'v1' }] } }])
    mesh.sources.VirtualService.delete(key)
    expect(subsetsIn(mesh)).toEqual([])
  })

  test('taken out of a rule stay beside those that it has, and go when they are defined again', () => {
    const mesh = meshOf(service, rule(1, 'v1', 'v2'), route(1, 'v1'))
    mesh.commit()
    mesh.sources.DestinationRule.set(key, rule(2, 'v2'))
    expect(subsetsIn(mesh)).toEqual(['v2', 'v1'])
    mesh.sources.DestinationRule.set(key, rule(3))
    expect(subsetsIn(mesh)).toEqual(['v1'])
    mesh.sources.DestinationRule.set(key, rule(4, 'v1'))
    const subsets = mesh.commit().policies.flatMap((policy) => policy.subsets)
    expect(subsets.map((subset) => [subset.name, subset.kept, subset.origin.generation])).toEqual([
      ['v1', undefined, 4],
    ])
    expect(findingsIn(mesh)).toEqual([])
    expect(mesh.inUse(key)).toEqual([])
  })

  test('that no route uses go at once', () => {
    const mesh = meshOf(service, rule(1, 'v1', 'v2'), route(1, 'v1'))
    mesh.commit()
    mesh.sources.DestinationRule.set(key, rule(2, 'v1'))
    expect(subsetsIn(mesh)).toEqual(['v1'])
    expect(findingsIn(mesh)).toEqual([])
  })

  test('outlive a restart by the record beside the route', () => {
    const before = meshOf(service, rule(1, 'v1'), route(1, 'v1'))
    before.commit()
    before.sources.DestinationRule.delete(key)
    before.commit()
    const after = meshOf(service, route(1, 'v1', recorded(before)))
    expect(after.commit().policies).toEqual(before.commit().policies)
    expect(findingsIn(after)).toEqual(findingsIn(before))
    expect(recorded(after)).toEqual(recorded(before))
    const defined = meshOf(service, rule(5, 'v1'), route(1, 'v1', recorded(before)))
    defined.commit()
    expect(findingsIn(defined)).toEqual([])
  })
})

describe('a Service', () => {
  test('deleted while a route sends to it stays without its address, on its ready pods', () => {
    const mesh = meshOf(service, rule(1, 'v1'), route(1, 'v1'), pod('a', '10.244.0.5', 'True'))
    mesh.commit()
    mesh.sources.Service.delete(key)
    mesh.sources.Pod.set('default/b', pod('b', '10.244.0.6', 'False'))
    const { services, endpoints } = mesh.commit()
    expect(services).toMatchObject([{ host, kept: true, addresses: [], resolution: 'endpoints' }])
    expect(endpoints.get(host)?.byPort.get(80)).toMatchObject([{ address: '10.244.0.5', port: 8080 }])
    expect(findingsIn(mesh)).toMatchObject([{ reason: 'HostNotFound', kept: true }])
    mesh.sources.Pod.set('default/b', pod('b', '10.244.0.6', 'True'))
    mesh.sources.Pod.delete('default/a')
    expect(mesh.commit().endpoints.get(host)?.byPort.get(80)).toMatchObject([{ address: '10.244.0.6' }])
    const after = meshOf(rule(1, 'v1'), route(1, 'v1', recorded(mesh)))
    expect(after.commit().services).toMatchObject([{ host, kept: true }])
    mesh.sources.Service.set(key, service)
    const again = mesh.commit()
    expect(again.services).toMatchObject([{ host, addresses: ['10.96.0.7'] }])
    expect(again.endpoints.get(host)?.byPort.get(80)).toMatchObject([{ address: '10.244.0.6' }])
    expect(findingsIn(mesh)).toEqual([])
    mesh.sources.EndpointSlice.set('default/myapp-1', slice)
    expect(mesh.commit().endpoints.get(host)?.byPort.get(80)).toMatchObject([{ address: '10.244.0.9' }])
  })

  test('that no route sends to goes at once', () => {
    const mesh = meshOf(service)
    mesh.commit()
    mesh.sources.Service.delete(key)
    expect(mesh.commit().services).toEqual([])
  })
})

describe('a route', () => {
  test('held back behind its older form is held back after a restart, until what it names exists', () => {
    const before = meshOf(service, rule(1, 'v1'), route(1, 'v1'))
    before.commit()
    before.sources.VirtualService.set(key, route(2, 'v9'))
    before.commit()
    expect(recorded(before)).toMatchObject([{ kind: 'VirtualService', metadata: { generation: 1 } }])
    const after = meshOf(service, rule(1, 'v1'), route(2, 'v9', recorded(before)))
    after.commit()
    expect(after.tables.get(key)).toMatchObject({ held: true, table: { origin: { generation: 1 } } })
    expect(recorded(after)).toEqual(recorded(before))
    after.sources.DestinationRule.set(key, rule(2, 'v1', 'v9'))
    after.commit()
    expect(after.tables.get(key)).toMatchObject({ held: false, table: { origin: { generation: 2 } } })
    expect(after.inUse(key)).toEqual([])
  })

  test('held back, then stripped of its older form’s subset, keeps serving both', () => {
    const mesh = meshOf(service, rule(1, 'v1'), route(1, 'v1'))
    mesh.commit()
    mesh.sources.VirtualService.set(key, route(2, 'v9'))
    mesh.commit()
    mesh.sources.DestinationRule.delete(key)
    expect(subsetsIn(mesh)).toEqual(['v1'])
    expect(mesh.tables.get(key)).toMatchObject({ held: true, table: { origin: { generation: 1 } } })
    expect(mesh.inUse(key).map(({ kind }) => kind)).toEqual(['VirtualService', 'DestinationRule'])
  })
})
