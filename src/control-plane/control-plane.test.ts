import { describe, expect, test, vi } from 'vitest'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import {
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
  type AdsConnection,
  type AdsObserver,
  type AdsServer,
} from '../xds/protocol/ads-port.ts'
import type { Snapshot } from '../xds/protocol/resource.ts'
import { startControlPlane, type ObjectSource } from './control-plane.ts'

type Change = { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }

const object = (kind: string, name: string, generation: number, spec: JsonObject): KubeObject =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default', generation, uid: name },
    spec,
  }) as KubeObject

const service = object('Service', 'myapp', 1, {
  clusterIP: '10.96.0.1',
  selector: { app: 'myapp' },
  ports: [{ name: 'http', port: 80 }],
})
const rule = (...subsets: readonly string[]): KubeObject =>
  object('DestinationRule', 'myapp', subsets.length, {
    host: 'myapp',
    subsets: subsets.map((name) => ({ name, labels: { version: name } })),
  })
const route = (generation: number, subset: string): KubeObject =>
  object('VirtualService', 'myapp', generation, {
    hosts: ['myapp'],
    http: [{ route: [{ destination: { host: 'myapp', subset } }] }],
  })

/** A cluster, an ADS server and a proxy that acknowledges when told to. */
const world = (initial: readonly KubeObject[]) => {
  const handlers = new Map<string, (change: Change) => void>()
  const kinds: Record<string, string> = {
    services: 'Service',
    destinationrules: 'DestinationRule',
    virtualservices: 'VirtualService',
    pods: 'Pod',
  }
  const source = (plural: string): ObjectSource => ({
    subscribe: (handler) => {
      handlers.set(kinds[plural] ?? plural, handler)
      for (const known of initial) if (known.kind === kinds[plural]) handler({ type: 'added', object: known })
      return () => undefined
    },
    synced: Promise.resolve(),
  })
  const conditions = new Map<string, JsonObject>()
  const snapshots: Snapshot[] = []
  let observer: AdsObserver | undefined
  const adsServer: AdsServer = {
    connections: new Map(),
    observe: (given) => void (observer = given),
    setSnapshot: (_, snapshot) => void snapshots.push(snapshot),
    acknowledged: () => new Map(),
    isDelivered: () => true,
  }
  const connection: AdsConnection = {
    id: '1',
    proxy: {
      id: 'sidecar~10.0.0.1~caller.default~default.svc.cluster.local',
      type: 'sidecar',
      ip: '10.0.0.1',
      name: 'caller',
      namespace: 'default',
      labels: {},
      serviceAccount: '',
      dnsDomain: 'default.svc.cluster.local',
      metadata: {},
      delta: true,
    },
  }
  const stop = new AbortController()
  let writes = 0
  const plane = startControlPlane(
    {
      cluster: {
        patch: (resource, name, patch) => {
          writes += 1
          const status = (patch.body as { readonly status: { readonly conditions: readonly JsonValue[] } })
            .status
          conditions.set(`${resource.plural}/${name.name}`, status.conditions[0] as JsonObject)
          return Promise.resolve({} as never)
        },
      },
      informer: (resource) => source(resource.plural),
      adsServer,
      clock: {
        now: () => Date.now(),
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      log: () => undefined,
    },
    stop.signal,
  )
  const acknowledge = (): void => {
    for (const [typeUrl, map] of snapshots.at(-1)?.resources ?? []) {
      observer?.onAcknowledged(
        connection,
        typeUrl,
        new Map([...map].map(([name, { version }]) => [name, version])),
      )
    }
  }
  const apply = (changed: KubeObject): void =>
    handlers.get(changed.kind)?.({ type: 'modified', object: changed })
  return {
    plane,
    stop,
    conditions,
    snapshots,
    connect: () => observer?.onConnect(connection),
    observer: () => observer,
    connection,
    acknowledge,
    apply,
    writes: () => writes,
  }
}

const hostOrigins = (snapshot: Snapshot | undefined) =>
  snapshot?.resources.get(VIRTUAL_HOST_TYPE)?.get('80/myapp.default.svc.cluster.local:80')?.origins

describe('control plane', () => {
  test('Programmed is True only after the proxy acknowledged this generation', async () => {
    const { plane, stop, conditions, snapshots, connect, acknowledge, apply } = world([
      service,
      rule('v1', 'v2'),
      route(1, 'v1'),
    ])
    await plane.ready
    connect()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(conditions.get('virtualservices/myapp')?.['message']).not.toContain('1/1')
    acknowledge()
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({
        status: 'True',
        observedGeneration: 1,
        message: '1/1 proxies acknowledged generation 1',
      }),
    )
    const before = snapshots.length
    apply(route(2, 'v2'))
    await vi.waitFor(() => expect(snapshots.length).toBe(before + 1))
    expect(conditions.get('virtualservices/myapp')?.['observedGeneration']).toBe(1)
    acknowledge()
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({
        status: 'True',
        observedGeneration: 2,
      }),
    )
    stop.abort()
    await plane.done
  })

  test('a route to a subset that does not exist keeps the last good table and says what to write', async () => {
    const { plane, stop, conditions, snapshots, connect, acknowledge, apply } = world([
      service,
      rule('v1', 'v2'),
      route(1, 'v1'),
    ])
    await plane.ready
    connect()
    acknowledge()
    apply(route(2, 'v9'))
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({
        status: 'False',
        reason: 'UnresolvedReferences',
        observedGeneration: 2,
      }),
    )
    expect(conditions.get('virtualservices/myapp')?.['message']).toContain(
      'spec.http[0].route[0].destination.subset',
    )
    expect(conditions.get('virtualservices/myapp')?.['message']).toContain('"v1", "v2"')
    expect(conditions.get('virtualservices/myapp')?.['message']).toContain('generation 1 stays in use')
    expect(hostOrigins(snapshots.at(-1))?.[0]?.generation).toBe(1)
    apply(rule('v1', 'v2', 'v9'))
    await vi.waitFor(() => expect(hostOrigins(snapshots.at(-1))?.[0]?.generation).toBe(2))
    stop.abort()
    await plane.done
  })

  test('a delta client without VHDS gets complete route tables, and counts by them', async () => {
    const { plane, stop, conditions, snapshots, connect, observer, connection, acknowledge, apply } = world([
      service,
      rule('v1', 'v2'),
      route(1, 'v1'),
    ])
    await plane.ready
    connect()
    observer()?.onWithoutVirtualHosts(connection)
    const complete = snapshots.at(-1)
    expect(complete?.resources.get(VIRTUAL_HOST_TYPE)?.size ?? 0).toBe(0)
    expect(complete?.resources.get(ROUTE_TYPE)?.get('80')?.origins).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'VirtualService', name: 'myapp' })]),
    )
    acknowledge()
    apply(route(2, 'v2'))
    await vi.waitFor(() => expect(snapshots.at(-1)).not.toBe(complete))
    acknowledge()
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({
        status: 'True',
        message: '1/1 proxies acknowledged generation 2',
      }),
    )
    stop.abort()
    await plane.done
  })

  test('a rejection is told in the words of Envoy', async () => {
    const { plane, stop, conditions, snapshots, connect, observer, connection } = world([
      service,
      rule('v1'),
      route(1, 'v1'),
    ])
    await plane.ready
    connect()
    const map = snapshots.at(-1)?.resources.get(VIRTUAL_HOST_TYPE) ?? new Map()
    observer()?.onRejected(connection, {
      typeUrl: VIRTUAL_HOST_TYPE,
      message: 'bad regex',
      resources: new Map([...map].map(([name, { version }]) => [name, version])),
    })
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({ status: 'False', reason: 'Rejected' }),
    )
    expect(conditions.get('virtualservices/myapp')?.['message']).toContain('caller.default: bad regex')
    stop.abort()
    await plane.done
  })

  test('without proxies an object is programmed, and its own status moves nothing', async () => {
    const { plane, stop, conditions, snapshots, apply, writes } = world([service, rule('v1'), route(1, 'v1')])
    await plane.ready
    await vi.waitFor(() =>
      expect(conditions.get('virtualservices/myapp')).toMatchObject({
        status: 'True',
        message: 'no connected proxy needs generation 1',
      }),
    )
    const before = { snapshots: snapshots.length, writes: writes() }
    apply({
      ...route(1, 'v1'),
      status: { conditions: [conditions.get('virtualservices/myapp')] },
    } as KubeObject)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect({ snapshots: snapshots.length, writes: writes() }).toEqual(before)
    stop.abort()
    await plane.done
  })

  describe('running proxies that are not connected', () => {
    const pod = (fields: JsonObject): KubeObject =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'caller', namespace: 'default', uid: 'caller' },
        status: { phase: 'Running', containerStatuses: [{ name: 'istio-proxy', ...fields }] },
      }) as unknown as KubeObject
    const programmed = {
      type: 'Programmed',
      status: 'True',
      reason: 'Programmed',
      message: '1/1 proxies acknowledged generation 1',
      observedGeneration: 1,
    }
    const withStatus = (written: KubeObject): KubeObject =>
      ({ ...written, status: { conditions: [programmed] } }) as unknown as KubeObject

    test('after a restart what is programmed stays so, a new generation waits for the proxy', async () => {
      const { plane, stop, conditions, connect, acknowledge, apply, writes } = world([
        service,
        withStatus(rule('v1')),
        withStatus(route(1, 'v1')),
        pod({ ready: true }),
      ])
      await plane.ready
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(writes()).toBe(0)
      apply({ ...route(2, 'v1'), status: { conditions: [programmed] } } as unknown as KubeObject)
      await vi.waitFor(
        () =>
          expect(conditions.get('virtualservices/myapp')).toMatchObject({
            status: 'Unknown',
            reason: 'Pending',
            observedGeneration: 2,
            message:
              '0/1 proxies acknowledged generation 2; 1 running proxy has not connected: caller.default',
          }),
        { timeout: 3000 },
      )
      connect()
      acknowledge()
      await vi.waitFor(() =>
        expect(conditions.get('virtualservices/myapp')).toMatchObject({
          status: 'True',
          observedGeneration: 2,
          message: '1/1 proxies acknowledged generation 2',
        }),
      )
      stop.abort()
      await plane.done
    })

    test('a proxy that is starting is not waited for, nor one whose pod is gone', async () => {
      const { plane, stop, conditions, apply } = world([service, rule('v1'), pod({ ready: false })])
      await plane.ready
      apply(route(1, 'v1'))
      const isProgrammed = () =>
        expect(conditions.get('virtualservices/myapp')).toMatchObject({ status: 'True' })
      await vi.waitFor(isProgrammed)
      apply(pod({ ready: true }))
      apply(route(2, 'v1'))
      await vi.waitFor(
        () => expect(conditions.get('virtualservices/myapp')).toMatchObject({ reason: 'Pending' }),
        { timeout: 3000 },
      )
      const { metadata, ...rest } = pod({ ready: true })
      apply({ ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } } as KubeObject)
      await vi.waitFor(isProgrammed)
      stop.abort()
      await plane.done
    })
  })

  test('a refusal told before our last status came back is told again', async () => {
    const refused = {
      type: 'Programmed',
      status: 'False',
      reason: 'Rejected',
      message: '1/1 proxies rejected generation 1 and keep what they had: caller.default: bad regex',
      observedGeneration: 1,
    }
    const known = { ...route(1, 'v1'), status: { conditions: [refused] } } as KubeObject
    const { plane, stop, conditions, snapshots, connect, observer, connection, apply } = world([
      service,
      rule('v1'),
      known,
    ])
    const condition = () => conditions.get('virtualservices/myapp')
    await plane.ready
    // As after a restart: no proxy is back yet, and the status says so.
    await vi.waitFor(() => expect(condition()).toMatchObject({ status: 'True' }))
    const written = { ...route(1, 'v1'), status: { conditions: [condition()] } } as KubeObject
    connect()
    const map = snapshots.at(-1)?.resources.get(VIRTUAL_HOST_TYPE) ?? new Map()
    observer()?.onRejected(connection, {
      typeUrl: VIRTUAL_HOST_TYPE,
      message: 'bad regex',
      resources: new Map([...map].map(([name, { version }]) => [name, version])),
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(condition()).toMatchObject({ status: 'True' })
    apply(written)
    await vi.waitFor(() => expect(condition()).toMatchObject(refused))
    stop.abort()
    await plane.done
  })
})
