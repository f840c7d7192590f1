/** From the cluster's objects to the mesh's state, by collections: a change computes what depends on it. */
import { createCollectionGraph, type CollectionGraph } from '../collections/collection-graph.ts'
import type { Collection, Index, Reader, Source } from '../collections/collection.ts'
import { isWildcard, isCoveredBy } from '../mesh/model/host-name.ts'
import { gatewayKey, type Gateway } from '../mesh/model/gateway.ts'
import { byAge } from '../mesh/model/origin.ts'
import type { RouteTable } from '../mesh/model/route-table.ts'
import type { EndpointSet, Service, Workload } from '../mesh/model/service.ts'
import type { DestinationPolicy } from '../mesh/model/traffic-policy.ts'
import { mergeDestinationPolicies, translateDestinationRule } from '../mesh/translate/destination-rule.ts'
import { hostOfSlice, translateEndpoints } from '../mesh/translate/endpoint-slice.ts'
import { translateGateway } from '../mesh/translate/gateway.ts'
import { translatePod } from '../mesh/translate/pod.ts'
import { holdLastGood, type HeldTable, type ReferenceLookup } from '../mesh/translate/references.ts'
import { translateService } from '../mesh/translate/service.ts'
import { translateVirtualService } from '../mesh/translate/virtual-service.ts'
import type { MeshSettings, MeshState } from '../mesh/view/proxy-view.ts'
import { jsonEqual } from '../primitives/json-value.ts'
import { listInterner } from '../primitives/object-memo.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export type SourceKind =
  | 'Service'
  | 'EndpointSlice'
  | 'Pod'
  | 'Gateway'
  | 'VirtualService'
  | 'DestinationRule'

export interface MeshCollections {
  /** By `namespace/name`. Status and resource versions do not count as changes of Istio's objects. */
  readonly sources: Readonly<Record<SourceKind, Source<KubeObject>>>
  /** What became of each VirtualService, by `namespace/name`. */
  readonly tables: Collection<HeldTable>
  /** Brings everything up to date; the same state object when nothing changed. */
  readonly commit: () => MeshState
}

/** Istio's objects change by their generation; labels and annotations are not read. */
const sameGeneration = (left: KubeObject, right: KubeObject): boolean =>
  left.metadata.uid === right.metadata.uid &&
  left.metadata.generation !== undefined &&
  left.metadata.generation === right.metadata.generation

const createSources = (graph: CollectionGraph): Readonly<Record<SourceKind, Source<KubeObject>>> => {
  const objects = (name: SourceKind): Source<KubeObject> => graph.source({ name })
  const istioObjects = (name: SourceKind): Source<KubeObject> => graph.source({ name, equal: sameGeneration })
  return {
    Service: objects('Service'),
    EndpointSlice: objects('EndpointSlice'),
    Pod: objects('Pod'),
    Gateway: istioObjects('Gateway'),
    VirtualService: istioObjects('VirtualService'),
    DestinationRule: istioObjects('DestinationRule'),
  }
}

export const createMeshCollections = (settings: MeshSettings): MeshCollections => {
  const graph = createCollectionGraph()
  const { domain } = settings
  const sources = createSources(graph)
  const services = graph.derive<KubeObject, Service>(sources.Service, {
    name: 'services',
    equal: jsonEqual,
    transform: (object) => only(translateService(object, domain), ({ host }) => host),
  })
  const workloads = graph.derive<KubeObject, Workload>(sources.Pod, {
    name: 'workloads',
    equal: jsonEqual,
    transform: (object) => only(translatePod(object), nameKey),
  })
  const slicesByHost = graph.index(sources.EndpointSlice, (slice) => listOf(hostOfSlice(slice, domain)))
  const endpoints = graph.derive<Service, EndpointSet>(services, {
    name: 'endpoints',
    equal: sameEndpoints,
    transform: (service, read) => [[service.host, endpointsOf(service, read, { slicesByHost, workloads })]],
  })
  const gateways = graph.derive<KubeObject, Gateway>(sources.Gateway, {
    name: 'gateways',
    transform: (object) => only(translateGateway(object), gatewayKey),
  })
  const rules = graph.derive<KubeObject, DestinationPolicy>(sources.DestinationRule, {
    name: 'destination rules',
    transform: (object) => only(translateDestinationRule(object, domain), nameKey),
  })
  const policies = graph.group<DestinationPolicy, readonly DestinationPolicy[]>(rules, {
    name: 'destination policies',
    keysOf: (rule) => [policyKey(rule.namespace, rule.host)],
    transform: mergeDestinationPolicies,
  })
  const wildcards = graph.index(rules, ({ host }) => (isWildcard(host) ? ['*'] : []))
  const tables = addTables(graph, sources.VirtualService, {
    domain,
    services,
    gateways,
    policies,
    wildcards,
    rootNamespace: settings.rootNamespace,
  })
  const state = stateOf({ settings, services, endpoints, workloads, gateways, policies, tables })
  return {
    sources,
    tables,
    commit: () => {
      graph.commit()
      return state()
    },
  }
}

/** Route tables, each held back while it refers to what does not exist and an older one works. */
const addTables = (
  graph: CollectionGraph,
  source: Source<KubeObject>,
  from: ReferenceCollections & { readonly domain: string },
): Collection<HeldTable> => {
  const candidates = graph.derive<KubeObject, RouteTable>(source, {
    name: 'route tables',
    transform: (object) => only(translateVirtualService(object, from.domain), nameKey),
  })
  return graph.derive<RouteTable, HeldTable>(candidates, {
    name: 'held route tables',
    equal: (left, right) => left.table === right.table && jsonEqual(left.findings, right.findings),
    transform: (table, read, previous) => [
      [nameKey(table), holdLastGood(previous(nameKey(table))?.table, table, lookupIn(read, from))],
    ],
  })
}

const only = <Value>(value: Value, keyOf: (value: Value) => string): readonly [readonly [string, Value]] => [
  [keyOf(value), value],
]

const nameKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`

const policyKey = (namespace: string, host: string): string => `${namespace}|${host}`

const listOf = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value])

const endpointsOf = (
  service: Service,
  read: Reader,
  from: { readonly slicesByHost: Index<KubeObject>; readonly workloads: Collection<Workload> },
): EndpointSet =>
  translateEndpoints(service, read.lookup(from.slicesByHost, service.host), (namespace, name) =>
    read.get(from.workloads, `${namespace}/${name}`),
  )

const sameEndpoints = (left: EndpointSet, right: EndpointSet): boolean =>
  left.host === right.host && jsonEqual([...left.byPort], [...right.byPort])

interface ReferenceCollections {
  readonly services: Collection<Service>
  readonly gateways: Collection<Gateway>
  readonly policies: Collection<readonly DestinationPolicy[]>
  readonly wildcards: Index<DestinationPolicy>
  readonly rootNamespace: string
}

/** References as one table reads them: a later change of what it read checks the table again. */
const lookupIn = (read: Reader, from: ReferenceCollections): ReferenceLookup => ({
  service: (host) => read.get(from.services, host),
  hasGateway: (gateway) => read.get(from.gateways, gateway) !== undefined,
  hosts: () => read.values(from.services).map(({ host }) => host),
  subsets: (service, viewer) => {
    const namespaces = [...new Set([viewer, service.namespace, from.rootNamespace])]
    const exact = namespaces.flatMap(
      (namespace) => read.get(from.policies, policyKey(namespace, service.host)) ?? [],
    )
    const wide = read
      .lookup(from.wildcards, '*')
      .filter(({ namespace, host }) => namespaces.includes(namespace) && isCoveredBy(service.host, host))
    return [...exact, ...wide].flatMap((policy) => policy.subsets.map(({ name }) => name))
  },
})

interface StateCollections {
  readonly settings: MeshSettings
  readonly services: Collection<Service>
  readonly endpoints: Collection<EndpointSet>
  readonly workloads: Collection<Workload>
  readonly gateways: Collection<Gateway>
  readonly policies: Collection<readonly DestinationPolicy[]>
  readonly tables: Collection<HeldTable>
}

/** Parts that did not change stay the same objects, so that views and snapshots made of them are kept. */
const stateOf = (from: StateCollections): (() => MeshState) => {
  const services = remembered((values: readonly Service[]) => values.toSorted(byAge))
  const gateways = remembered((values: readonly Gateway[]) => values.toSorted(byAge))
  const policies = remembered((values: readonly (readonly DestinationPolicy[])[]) => values.flat())
  const endpoints = remembered(
    (values: readonly EndpointSet[]) => new Map(values.map((value) => [value.host, value])),
  )
  const workloads = remembered(
    (values: readonly Workload[]) => new Map(values.map((value) => [nameKey(value), value])),
  )
  const internTables = listInterner<RouteTable>(1)
  const tables = remembered((values: readonly HeldTable[]) =>
    internTables(values.map(({ table }) => table).toSorted(byAge)),
  )
  let last: MeshState | undefined
  return () => {
    const next: MeshState = {
      settings: from.settings,
      services: services(from.services.values()),
      endpoints: endpoints(from.endpoints.values()),
      workloads: workloads(from.workloads.values()),
      tables: tables(from.tables.values()),
      policies: policies(from.policies.values()),
      gateways: gateways(from.gateways.values()),
    }
    if (last === undefined || !sameParts(last, next)) last = next
    return last
  }
}

const sameParts = (left: MeshState, right: MeshState): boolean =>
  left.services === right.services &&
  left.endpoints === right.endpoints &&
  left.workloads === right.workloads &&
  left.tables === right.tables &&
  left.policies === right.policies &&
  left.gateways === right.gateways

const remembered = <Input extends object, Output>(
  make: (input: Input) => Output,
): ((input: Input) => Output) => {
  let last: { readonly input: Input; readonly output: Output } | undefined
  return (input) => {
    if (last?.input !== input) last = { input, output: make(input) }
    return last.output
  }
}
