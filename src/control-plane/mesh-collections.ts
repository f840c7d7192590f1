/** From the cluster's objects to the mesh's state, by collections: a change computes what depends on it. */
import { createCollectionGraph, type CollectionGraph } from '../collections/collection-graph.ts'
import type { Collection, Index, Reader, Source } from '../collections/collection.ts'
import type { LogPolicy } from '../mesh/model/access-log.ts'
import type { CallScope } from '../mesh/model/call-scope.ts'
import { isWildcard } from '../mesh/model/host-name.ts'
import { gatewayKey, type Gateway } from '../mesh/model/gateway.ts'
import type { MeshSettings } from '../mesh/model/mesh-settings.ts'
import { byAge } from '../mesh/model/origin.ts'
import type { RouteTable } from '../mesh/model/route-table.ts'
import type { EndpointSet, Service, Workload } from '../mesh/model/service.ts'
import type { DestinationPolicy } from '../mesh/model/traffic-policy.ts'
import { mergeDestinationPolicies, translateDestinationRule } from '../mesh/translate/destination-rule.ts'
import { hostOfSlice, translateEndpoints } from '../mesh/translate/endpoint-slice.ts'
import { translateEntryEndpoints } from '../mesh/translate/entry-endpoints.ts'
import { translateGateway } from '../mesh/translate/gateway.ts'
import { translatePodEndpoints } from '../mesh/translate/pod-endpoints.ts'
import { translatePod } from '../mesh/translate/pod.ts'
import type { HeldTable } from '../mesh/translate/references.ts'
import { mergeServices, translateServiceEntry } from '../mesh/translate/service-entry.ts'
import { translateService } from '../mesh/translate/service.ts'
import { translateSidecar } from '../mesh/translate/sidecar.ts'
import { translateTelemetry } from '../mesh/translate/telemetry.ts'
import type { MeshState } from '../mesh/view/proxy-view.ts'
import { jsonEqual } from '../primitives/json-value.ts'
import { listInterner } from '../primitives/object-memo.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { definitionOf, readInUse, type Definition } from './in-use-record.ts'
import { createKeptDefinitions, type KeptDefinitions } from './kept-definitions.ts'
import { isKept, keyOfObject } from './kept-source.ts'
import { addRouteTables, policyKey, type RouteTables } from './route-tables.ts'

/** The kinds that the mesh is made of. */
export const sourceKinds = [
  'Service',
  'EndpointSlice',
  'Pod',
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'Telemetry',
  'ServiceEntry',
  'WorkloadEntry',
  'Sidecar',
] as const

export type SourceKind = (typeof sourceKinds)[number]

export interface MeshCollections {
  /** By `namespace/name`. Status and resource versions do not count as changes of Istio's objects. */
  readonly sources: Readonly<Record<SourceKind, Source<KubeObject>>>
  /** What became of each VirtualService, by `namespace/name`. */
  readonly tables: Collection<HeldTable>
  /** What serves a VirtualService (by `namespace/name`) although it is written nowhere any more. */
  readonly inUse: (key: string) => readonly Definition[]
  /** Takes up what a VirtualService's status says is in use: before the first commit, when all objects are set. */
  readonly restore: (object: KubeObject) => void
  /** New settings, from the next commit on. The domain and the root namespace stay. */
  readonly configure: (settings: MeshSettings) => void
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
    // Their labels count, which no generation tells of.
    ServiceEntry: objects('ServiceEntry'),
    WorkloadEntry: objects('WorkloadEntry'),
    EndpointSlice: objects('EndpointSlice'),
    Pod: objects('Pod'),
    Gateway: istioObjects('Gateway'),
    VirtualService: istioObjects('VirtualService'),
    DestinationRule: istioObjects('DestinationRule'),
    Telemetry: istioObjects('Telemetry'),
    Sidecar: istioObjects('Sidecar'),
  }
}

export const createMeshCollections = (settings: MeshSettings): MeshCollections => {
  const graph = createCollectionGraph()
  const { domain } = settings
  const sources = createSources(graph)
  const kept = createKeptDefinitions({ services: sources.Service, rules: sources.DestinationRule, domain })
  const { services, workloads, endpoints } = addServices(graph, sources, domain)
  const gateways = graph.derive<KubeObject, Gateway>(sources.Gateway, {
    name: 'gateways',
    transform: (object) => only(translateGateway(object), gatewayKey),
  })
  const rules = graph.derive<KubeObject, DestinationPolicy>(sources.DestinationRule, {
    name: 'destination rules',
    transform: (object) => [translateRule(object, domain)],
  })
  const policies = graph.group<DestinationPolicy, readonly DestinationPolicy[]>(rules, {
    name: 'destination policies',
    keysOf: (rule) => [policyKey(rule.namespace, rule.host)],
    transform: mergeDestinationPolicies,
  })
  const wildcards = graph.index(rules, ({ host }) => (isWildcard(host) ? ['*'] : []))
  const tables = addRouteTables(graph, sources.VirtualService, {
    domain,
    services,
    gateways,
    policies,
    wildcards,
    rootNamespace: settings.rootNamespace,
  })
  let current = settings
  const state = stateOf({
    settings: () => current,
    services,
    endpoints,
    workloads,
    gateways,
    policies,
    ...addWorkloadPolicies(graph, sources),
    tables: tables.held,
  })
  return {
    sources: { ...sources, Service: kept.services, DestinationRule: kept.rules },
    tables: tables.held,
    ...inUseOf(tables, kept),
    configure: (next) => {
      if (!jsonEqual(next, current)) current = next
    },
    commit: () => {
      graph.commit()
      // What was deleted and is in no route goes now; what was deleted and defined anew, too.
      if (kept.release(tables.held.values().map(({ table }) => table))) graph.commit()
      return state()
    },
  }
}

/** What is said of some workloads: where they log, and what they call. */
const addWorkloadPolicies = (
  graph: CollectionGraph,
  sources: Readonly<Record<SourceKind, Source<KubeObject>>>,
): Pick<StateCollections, 'logPolicies' | 'callScopes'> => ({
  logPolicies: graph.derive<KubeObject, LogPolicy>(sources.Telemetry, {
    name: 'log policies',
    transform: (object) => only(translateTelemetry(object), nameKey),
  }),
  callScopes: graph.derive<KubeObject, CallScope>(sources.Sidecar, {
    name: 'call scopes',
    transform: (object) => only(translateSidecar(object), nameKey),
  }),
})

/** Services with their endpoints, and the workloads that may stand behind them. */
const addServices = (
  graph: CollectionGraph,
  sources: Readonly<Record<SourceKind, Source<KubeObject>>>,
  domain: string,
): Pick<StateCollections, 'services' | 'workloads' | 'endpoints'> => {
  const clusterServices = graph.derive<KubeObject, Service>(sources.Service, {
    name: 'cluster services',
    equal: jsonEqual,
    transform: (object) =>
      only(
        isKept(object)
          ? { ...translateService(object, domain), kept: true }
          : translateService(object, domain),
        ({ host }) => host,
      ),
  })
  const entries = graph.derive<KubeObject, Service>(sources.ServiceEntry, {
    name: 'service entries',
    equal: jsonEqual,
    transform: (object) =>
      translateServiceEntry(object).map((service) => [`${keyOfObject(object)} ${service.host}`, service]),
  })
  const services = graph.groupAll<Service, Service>([clusterServices, entries], {
    name: 'services',
    keysOf: ({ host }) => [host],
    equal: jsonEqual,
    transform: (same) => mergeServices(same.length === 1 ? same : same.toSorted(byPrecedence)),
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
    transform: (service, read, previous) => [
      [
        service.host,
        endpointsOf(service, read, {
          slicesByHost,
          workloads,
          pods: sources.Pod,
          workloadEntries: sources.WorkloadEntry,
          known: previous(service.host),
        }),
      ],
    ],
  })
  return { services, workloads, endpoints }
}

/** The cluster's own services before entries, the older before the younger. */
const byPrecedence = (left: Service, right: Service): number =>
  Number(left.entry !== undefined) - Number(right.entry !== undefined) || byAge(left, right)

/** Reads and takes up the record of what is in use although it is written nowhere any more. */
const inUseOf = (tables: RouteTables, kept: KeptDefinitions): Pick<MeshCollections, 'inUse' | 'restore'> => ({
  inUse: (key) => {
    const held = tables.held.get(key)
    if (held === undefined) return []
    const older = held.held ? listOf(tables.written.get(held.table)) : []
    return [...older.map((object) => definitionOf(object)), ...kept.usedBy(held.table)]
  },
  restore: (object) => {
    for (const definition of readInUse(object)) {
      if (definition.kind !== 'VirtualService') kept.restore(definition)
      else if (keyOfObject(definition) === keyOfObject(object)) tables.restore(definition)
    }
  },
})

/** A kept rule stands beside the one of the same name that it was part of. */
const translateRule = (object: KubeObject, domain: string): readonly [string, DestinationPolicy] => {
  const rule = translateDestinationRule(object, domain)
  if (!isKept(object)) return [nameKey(rule), rule]
  const subsets = rule.subsets.map((subset) => ({ ...subset, kept: true as const }))
  return [`${nameKey(rule)}#${rule.host}`, { ...rule, subsets }]
}

const only = <Value>(value: Value, keyOf: (value: Value) => string): readonly [readonly [string, Value]] => [
  [keyOf(value), value],
]

const nameKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`

const listOf = <Value>(value: Value | undefined): readonly Value[] => (value === undefined ? [] : [value])

/**
 * From the slices; from the pods while nobody keeps slices: the service was deleted and is in use, or it was made anew
 * (its slices were deleted) and the new ones are on their way.
 */
const endpointsOf = (
  service: Service,
  read: Reader,
  from: {
    readonly slicesByHost: Index<KubeObject>
    readonly workloads: Collection<Workload>
    readonly pods: Collection<KubeObject>
    readonly workloadEntries: Collection<KubeObject>
    readonly known: EndpointSet | undefined
  },
): EndpointSet => {
  if (service.entry !== undefined) {
    const selects = service.selector !== undefined
    return translateEntryEndpoints(service, {
      pods: selects ? read.values(from.pods) : [],
      workloadEntries: selects ? read.values(from.workloadEntries) : [],
    })
  }
  const slices = read.lookup(from.slicesByHost, service.host)
  const isServed = [...(from.known?.byPort.values() ?? [])].some((endpoints) => endpoints.length > 0)
  const withoutSlices = service.kept === true || (slices.length === 0 && isServed)
  return withoutSlices && service.selector !== undefined
    ? translatePodEndpoints(service, read.values(from.pods))
    : translateEndpoints(service, slices, (namespace, name) =>
        read.get(from.workloads, `${namespace}/${name}`),
      )
}

const sameEndpoints = (left: EndpointSet, right: EndpointSet): boolean =>
  left.host === right.host && jsonEqual([...left.byPort], [...right.byPort])

interface StateCollections {
  readonly settings: () => MeshSettings
  readonly logPolicies: Collection<LogPolicy>
  readonly callScopes: Collection<CallScope>
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
  const logPolicies = remembered((values: readonly LogPolicy[]) => values.toSorted(byAge))
  const callScopes = remembered((values: readonly CallScope[]) => values.toSorted(byAge))
  let last: MeshState | undefined
  return () => {
    const next: MeshState = {
      settings: from.settings(),
      services: services(from.services.values()),
      endpoints: endpoints(from.endpoints.values()),
      workloads: workloads(from.workloads.values()),
      tables: tables(from.tables.values()),
      policies: policies(from.policies.values()),
      gateways: gateways(from.gateways.values()),
      logPolicies: logPolicies(from.logPolicies.values()),
      callScopes: callScopes(from.callScopes.values()),
    }
    if (last === undefined || !sameParts(last, next)) last = next
    return last
  }
}

const sameParts = (left: MeshState, right: MeshState): boolean =>
  left.settings === right.settings &&
  left.logPolicies === right.logPolicies &&
  left.callScopes === right.callScopes &&
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
