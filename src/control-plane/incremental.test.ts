import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { MeshSettings } from '../mesh/model/mesh-settings.ts'
import { optional } from '../mesh/translate/json-reader.ts'
import { BUILT_IN_PROVIDERS } from '../mesh/translate/mesh-config.ts'
import { DEFAULT_SETTINGS, type MeshState, type Proxy } from '../mesh/view/proxy-view.ts'
import { createViewer, type Viewer } from '../mesh/view/viewer.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createSnapshotBuilder, type SnapshotBuilder } from '../xds/generate/snapshot.ts'
import type { Snapshot } from '../xds/protocol/resource.ts'
import {
  createMeshCollections,
  sourceKinds,
  type MeshCollections,
  type SourceKind,
} from './mesh-collections.ts'

/** One event; `variant` chooses the form of the object, undefined deletes it. */
interface Event {
  readonly kind: SourceKind
  readonly name: string
  readonly variant: number | undefined
  /** Nothing is computed until the next event that says so. */
  readonly commit: boolean
}

const NAMES = ['a', 'b', 'c'] as const
const pick = <Value>(values: readonly Value[], variant: number): Value => {
  const value = values[variant % values.length]
  if (value === undefined) throw new Error('no values')
  return value
}
const other = (name: string): string => pick(NAMES, NAMES.findIndex((known) => known === name) + 1)

const specs: Readonly<Record<SourceKind, (name: string, variant: number) => JsonObject>> = {
  Service: (name, variant) => ({
    spec: {
      clusterIP: pick([`10.96.0.${NAMES.indexOf(name as 'a') + 1}`, 'None'], variant >> 2),
      selector: { app: name },
      ports: pick<JsonObject[]>(
        [
          [{ name: 'http', port: 80, targetPort: 8080 }],
          [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'tcp', port: 90 },
          ],
          [{ name: 'unknown', port: 80, targetPort: 8080 }],
          [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'grpc', port: 81 },
          ],
        ],
        variant,
      ),
    },
  }),
  EndpointSlice: (_, variant) => ({
    ports: [
      { name: 'http', port: 8080 },
      { name: 'unknown', port: 8080 },
    ],
    endpoints: Array.from({ length: 1 + (variant % 3) }, (_, index) => ({
      addresses: [`10.0.0.${index + 1}`],
      conditions: { ready: (variant + index) % 4 !== 0 },
      targetRef: { kind: 'Pod', name: pick(NAMES, index) },
    })),
  }),
  Pod: (name, variant) => ({
    spec: {},
    status: { podIP: '10.0.0.1' },
    labels: { app: pick([name, other(name)], variant), version: pick(['v1', 'v2'], variant >> 1) },
  }),
  Gateway: (_, variant) => ({
    spec: {
      selector: pick<JsonObject>([{ istio: 'ingressgateway' }, { istio: 'other' }], variant >> 2),
      servers: [
        {
          port: { number: pick([80, 8080], variant), name: 'http', protocol: 'HTTP' },
          hosts: pick([['*'], ['*.example.com', 'a.com']], variant >> 1),
        },
      ],
    },
  }),
  DestinationRule: (name, variant) => ({
    spec: {
      host: name,
      trafficPolicy: {
        connectionPool: { tcp: { maxConnections: 1 + (variant % 4) } },
        ...(variant % 3 === 0
          ? { loadBalancer: { consistentHash: { httpHeaderName: pick(['x-a', 'x-b'], variant) } } }
          : {}),
      },
      subsets: ['v1', 'v2']
        .slice(0, 1 + (variant % 2))
        .map((version) => ({ name: version, labels: { version } })),
    },
  }),
  ServiceEntry: (name, variant) => ({
    spec: {
      hosts: pick([['out.com'], [`${name}.out.com`], [`${name}.default.svc.cluster.local`]], variant >> 2),
      ...(variant % 3 === 0 ? { addresses: pick([['10.1.0.0/16'], ['10.1.0.1']], variant) } : {}),
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP' },
        { number: 90, name: 'tcp', protocol: pick(['TCP', 'TLS'], variant) },
      ],
      resolution: pick(['NONE', 'STATIC', 'DNS'], variant),
      ...(variant % 5 === 0
        ? { workloadSelector: { labels: { app: name } } }
        : variant % 3 === 1
          ? { endpoints: [{ address: '10.9.9.9', ports: { http: 8080 } }] }
          : {}),
    },
  }),
  WorkloadEntry: (_, variant) => ({
    spec: { address: `10.8.0.${variant + 1}`, ports: { http: 1000 + variant } },
    labels: { app: pick(NAMES, variant) },
  }),
  Sidecar: (name, variant) => ({
    spec: {
      ...(variant % 2 === 0 ? {} : { workloadSelector: { labels: { app: name } } }),
      egress: [
        { hosts: pick<string[]>([['*/*'], ['./*'], [`*/${name}.default.svc.cluster.local`]], variant) },
      ],
      outboundTrafficPolicy: { mode: pick(['ALLOW_ANY', 'REGISTRY_ONLY'], variant >> 1) },
    },
  }),
  Telemetry: (name, variant) => ({
    spec: {
      ...(variant % 2 === 0 ? {} : { selector: { matchLabels: { app: name } } }),
      accessLogging: [
        {
          match: { mode: pick(['CLIENT', 'SERVER', 'CLIENT_AND_SERVER'], variant >> 1) },
          providers: [{ name: 'envoy' }],
          disabled: variant % 3 === 0,
        },
      ],
    },
  }),
  VirtualService: (name, variant) => ({
    spec: {
      hosts: pick<string[]>([[name], [name, 'a.com'], ['*.example.com']], variant),
      gateways: pick<string[]>([['mesh'], ['mesh', 'a'], ['a']], variant >> 1),
      ...(variant % 2 === 0 ? { tcp: [{ route: [{ destination: { host: name } }] }] } : {}),
      http: [
        { match: [{ uri: { prefix: '/x' }, port: 80 }], route: [{ destination: { host: other(name) } }] },
        {
          route: [
            { weight: variant % 101, destination: { host: name, subset: 'v1' } },
            { weight: 100 - (variant % 101), destination: { host: other(name), port: { number: 80 } } },
          ],
        },
      ],
    },
  }),
}

const objectOf = ({ kind, name }: Event, variant: number, generation: number): KubeObject => {
  const { labels, ...rest } = specs[kind](name, variant)
  const isIstio = [
    'Gateway',
    'DestinationRule',
    'VirtualService',
    'Telemetry',
    'ServiceEntry',
    'Sidecar',
  ].includes(kind)
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace: 'default',
      uid: `${kind} ${name}`,
      creationTimestamp: `2026-01-0${NAMES.indexOf(name as 'a') + 1}T00:00:00Z`,
      ...(isIstio ? { generation } : {}),
      labels: kind === 'EndpointSlice' ? { 'kubernetes.io/service-name': name } : labels,
    },
    ...rest,
  } as unknown as KubeObject
}

const SETTINGS: MeshSettings = {
  ...DEFAULT_SETTINGS,
  ...optional('accessLog', BUILT_IN_PROVIDERS[0]),
  logProviders: BUILT_IN_PROVIDERS,
}

const PROXIES: readonly Proxy[] = [
  { type: 'sidecar', name: 'a', namespace: 'default', labels: { app: 'a' } },
  { type: 'sidecar', name: 'x', namespace: 'elsewhere', labels: {} },
  { type: 'router', name: 'gateway', namespace: 'default', labels: { istio: 'ingressgateway' } },
]

const content = (snapshot: Snapshot): unknown =>
  [...snapshot.resources].map(([typeUrl, map]) => [
    typeUrl,
    [...map.values()]
      .map(({ name, version, origins }) => ({ name, version, origins }))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
  ])

const contents = (state: MeshState, viewer: Viewer, builder: SnapshotBuilder): unknown =>
  PROXIES.map((proxy) => {
    const { delta, complete } = builder.build(viewer.view(state, proxy))
    return [content(delta), content(complete())]
  })

const fresh = (objects: Iterable<readonly [string, KubeObject]>): MeshCollections => {
  const collections = createMeshCollections(SETTINGS)
  for (const [key, object] of objects) {
    collections.sources[object.kind as SourceKind].set(key.slice(key.indexOf('|') + 1), object)
  }
  return collections
}

/** Held tables and kept definitions depend on what was before, as they are meant to: then there is nothing to compare. */
const isWithoutHistory = (collections: MeshCollections): boolean =>
  collections.tables.values().every(({ findings }) => findings.length === 0)

const eventArbitrary: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom(...sourceKinds),
  name: fc.constantFrom(...NAMES),
  variant: fc.option(fc.nat({ max: 127 }), { nil: undefined, freq: 5 }),
  commit: fc.boolean(),
})

/** Slices always are there: without them endpoints come from what was known before. */
const START: readonly Event[] = NAMES.flatMap((name) =>
  (['Service', 'EndpointSlice', 'DestinationRule'] as const).map((kind) => ({
    kind,
    name,
    variant: 1,
    commit: false,
  })),
)

let compared = 0

test.prop([fc.array(eventArbitrary, { minLength: 5, maxLength: 30 })], { numRuns: 20 })(
  'whatever happens in whatever order: the same bytes and origins as from scratch',
  (events) => {
    const collections = createMeshCollections(SETTINGS)
    const viewer = createViewer()
    const builder = createSnapshotBuilder()
    const objects = new Map<string, KubeObject>()
    for (const [index, event] of [...START, ...events].entries()) {
      const key = `default/${event.name}`
      const source = collections.sources[event.kind]
      if (event.variant !== undefined) {
        const object = objectOf(event, event.variant, index + 1)
        objects.set(`${event.kind}|${key}`, object)
        source.set(key, object)
      } else if (event.kind !== 'EndpointSlice') {
        objects.delete(`${event.kind}|${key}`)
        source.delete(key)
      }
      if (!event.commit) continue
      const state = collections.commit()
      if (!isWithoutHistory(collections)) continue
      compared += 1
      expect(contents(state, viewer, builder)).toEqual(
        contents(fresh(objects).commit(), createViewer(), createSnapshotBuilder()),
      )
    }
  },
)

test('the property above compared something', () => {
  expect(compared).toBeGreaterThan(30)
})
