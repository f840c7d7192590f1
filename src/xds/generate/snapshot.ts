/** A view to everything that its proxy is to hold. What did not change is the same object as before, down to the maps. */
import type { RouteTable } from '../../mesh/model/route-table.ts'
import type { EndpointSet, Service } from '../../mesh/model/service.ts'
import type {
  GatewayListenerView,
  InboundView,
  ProxySettings,
  OutboundView,
  ProxyView,
  ServiceView,
} from '../../mesh/view/proxy-view.ts'
import { listInterner, objectMemo, type ObjectMemo } from '../../primitives/object-memo.ts'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
} from '../protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../protocol/resource.ts'
import { differsByProxy, fixedClusters, inboundClusterResource, outboundClusters } from './cluster.ts'
import { byName, uniqueOrigins } from './encoded-resource.ts'
import { loadAssignments } from './endpoint.ts'
import { gatewayRoutes } from './gateway-routes.ts'
import { gatewayListener } from './listener-gateway.ts'
import { inboundPorts, virtualInbound } from './listener-inbound.ts'
import {
  addressListeners,
  hasEndpointListeners,
  sharedListener,
  sharedPorts,
  virtualOutbound,
  type SharedPort,
} from './listener-outbound.ts'
import type { ProxyKind } from './names.ts'
import { connectionTables } from './outbound-chains.ts'
import { routeShell, wholeRoute, type RouteConfig } from './route-config.ts'
import { sidecarRoutes } from './sidecar-routes.ts'
import { virtualHostResource, type EncodedVirtualHost } from './virtual-host.ts'

export interface GeneratedSnapshot {
  /** For delta ADS: route shells, and virtual hosts as resources of their own. */
  readonly delta: Snapshot
  /** For state-of-the-world ADS: complete route tables. Made when first asked for. */
  readonly complete: () => Snapshot
}

export interface SnapshotBuilder {
  /** Equal views give the same object. */
  readonly build: (view: ProxyView) => GeneratedSnapshot
}

type ResourceMap = ReadonlyMap<string, EncodedResource>

/** Remembers what it encoded by the identity of the model's values; memory goes with them. */
export const createSnapshotBuilder = (): SnapshotBuilder => {
  const parts = createParts()
  const snapshots = objectMemo<GeneratedSnapshot>()
  return { build: (view) => snapshots.at([view], '', () => buildSnapshot(view, parts)) }
}

type Many = ObjectMemo<readonly EncodedResource[]>
type One = ObjectMemo<EncodedResource>
type Maps = ObjectMemo<ResourceMap>

interface Parts {
  readonly clusters: Many
  readonly endpoints: Many
  readonly listeners: Many
  readonly single: One
  readonly listenerParts: ObjectMemo<ListenerParts>
  readonly internTables: (list: readonly RouteTable[]) => readonly RouteTable[]
  readonly internEndpoints: (list: readonly EndpointSet[]) => readonly EndpointSet[]
  readonly shells: One
  readonly virtualHosts: One
  readonly maps: Maps
  readonly configs: ObjectMemo<readonly RouteConfig[]>
  readonly sidecar: ReturnType<typeof sidecarRoutes>
  readonly gateway: ReturnType<typeof gatewayRoutes>
}

/** How many lists are remembered to find equal ones: views differ by namespace, and rarely in these lists. */
const KEEP = 32

const createParts = (): Parts => ({
  clusters: objectMemo(),
  endpoints: objectMemo(),
  listeners: objectMemo(),
  single: objectMemo(),
  listenerParts: objectMemo(),
  internTables: listInterner(KEEP),
  internEndpoints: listInterner(KEEP),
  shells: objectMemo(),
  virtualHosts: objectMemo(),
  maps: objectMemo(),
  configs: objectMemo(),
  sidecar: sidecarRoutes(),
  gateway: gatewayRoutes(),
})

const buildSnapshot = (view: ProxyView, parts: Parts): GeneratedSnapshot => {
  const { outbound, settings, kind } = view
  const configs = routeConfigs(view, parts)
  const shared: readonly (readonly [string, ResourceMap])[] = [
    [
      CLUSTER_TYPE,
      kind === 'sidecar' ? sidecarClusters(view, parts) : outboundClusterMap(outbound, kind, settings, parts),
    ],
    [ENDPOINT_TYPE, endpointMap(outbound, kind, parts)],
    [LISTENER_TYPE, kind === 'sidecar' ? sidecarListeners(view, parts) : gatewayListeners(view, parts)],
  ]
  let complete: Snapshot | undefined
  return {
    delta: {
      resources: new Map([
        ...shared,
        [
          ROUTE_TYPE,
          parts.maps.at([configs], 'shells', () => byName(configs.map((config) => shell(config, parts)))),
        ],
        [VIRTUAL_HOST_TYPE, parts.maps.at([configs], 'hosts', () => virtualHosts(configs, parts))],
      ]),
    },
    complete: () =>
      (complete ??= {
        resources: new Map([
          ...shared,
          [ROUTE_TYPE, parts.maps.at([configs], 'whole', () => byName(configs.map(wholeRoute)))],
        ]),
      }),
  }
}

const routeConfigs = (view: ProxyView, parts: Parts): readonly RouteConfig[] =>
  view.kind === 'sidecar'
    ? parts.sidecar.configs(view.outbound, view.settings.unknownDestinations)
    : parts.configs.at([view.listeners], '', () => view.listeners.map(parts.gateway.config))

/** Shells differ in nothing but the name and the origins. */
const shell = (config: RouteConfig, parts: Parts): EncodedResource =>
  parts.shells.at(config.origins.length === 0 ? [config.origins] : config.origins, config.name, () =>
    routeShell(config),
  )

const virtualHosts = (configs: readonly RouteConfig[], parts: Parts): ResourceMap => {
  const named = (config: RouteConfig, host: EncodedVirtualHost): EncodedResource =>
    parts.virtualHosts.at([host], config.name, () => virtualHostResource(config.name, host))
  return byName(configs.flatMap((config) => config.hosts.map((host) => named(config, host))))
}

const outboundClusterMap = (
  outbound: OutboundView,
  kind: ProxyKind,
  settings: ProxySettings,
  parts: Parts,
): ResourceMap =>
  parts.maps.at([outbound.services, settings], `clusters ${kind}`, () =>
    byName([
      ...parts.clusters.at([settings], kind, () => fixedClusters(kind, settings)),
      ...outbound.services.flatMap((view) => serviceClusters(view, kind, parts)),
    ]),
  )

const serviceClusters = (view: ServiceView, kind: ProxyKind, parts: Parts): readonly EncodedResource[] =>
  parts.clusters.at([view], differsByProxy(view.service) ? kind : '', () => outboundClusters(view, kind))

type Sidecar = Extract<ProxyView, { readonly kind: 'sidecar' }>
type Router = Extract<ProxyView, { readonly kind: 'router' }>

const sidecarClusters = ({ outbound, inbound, settings }: Sidecar, parts: Parts): ResourceMap => {
  const base = outboundClusterMap(outbound, 'sidecar', settings, parts)
  return parts.maps.at([base, inbound, settings], 'clusters', () =>
    extend(
      base,
      parts.clusters.at([inbound, settings], 'inbound', () => inboundClusters(inbound, settings)),
    ),
  )
}

const inboundClusters = (inbound: InboundView, settings: ProxySettings): readonly EncodedResource[] =>
  inboundPorts(inbound).map((port) => inboundClusterResource(port, settings))

const extend = (base: ResourceMap, more: readonly EncodedResource[]): ResourceMap => {
  if (more.length === 0) return base
  const map = new Map(base)
  for (const resource of more) map.set(resource.name, resource)
  return map
}

const endpointMap = (outbound: OutboundView, kind: ProxyKind, parts: Parts): ResourceMap =>
  parts.maps.at([outbound.endpoints, outbound.services], `endpoints ${kind}`, () =>
    byName(
      outbound.services.flatMap((view, index) => assignments(view, outbound.endpoints[index], kind, parts)),
    ),
  )

const assignments = (
  view: ServiceView,
  endpoints: EndpointSet | undefined,
  kind: ProxyKind,
  parts: Parts,
): readonly EncodedResource[] =>
  endpoints === undefined
    ? []
    : parts.endpoints.at([endpoints, view], differsByProxy(view.service) ? kind : '', () =>
        loadAssignments(view, endpoints, kind),
      )

/** Beside the services: what else their listeners are made of. Few services have any of it. */
const listenerParts = ({ outbound }: Sidecar, parts: Parts): ListenerParts => {
  const tables = parts.internTables(outbound.tables.filter(({ connections = [] }) => connections.length > 0))
  const endpoints = parts.internEndpoints(
    outbound.services.flatMap(({ service }, index) => {
      const set = outbound.endpoints[index]
      return set !== undefined && hasEndpointListeners(service) ? [set] : []
    }),
  )
  return parts.listenerParts.at([tables, endpoints], '', () => {
    const byHost = new Map(endpoints.map((set) => [set.host, set]))
    return {
      tablesOf: (service) => connectionTables(service, tables),
      endpointsOf: (service) => byHost.get(service.host),
    }
  })
}

interface ListenerParts {
  readonly tablesOf: (service: Service) => readonly RouteTable[]
  readonly endpointsOf: (service: Service) => EndpointSet | undefined
}

const sidecarListeners = (view: Sidecar, parts: Parts): ResourceMap => {
  const { outbound, inbound, settings } = view
  const extras = listenerParts(view, parts)
  const base = parts.maps.at([outbound.services, settings, extras], 'listeners', () =>
    byName([
      parts.single.at([settings], 'virtualOutbound', () => virtualOutbound(settings)),
      ...sharedPorts(outbound).map((shared) => sharedPortListener(shared, extras, settings, parts)),
      ...outbound.services.flatMap(({ service }) => serviceListeners(service, extras, settings, parts)),
    ]),
  )
  return parts.maps.at([base, inbound, settings], 'listeners', () =>
    extend(base, [
      parts.single.at([inbound, settings], 'virtualInbound', () => virtualInbound(inbound, settings)),
    ]),
  )
}

const sharedPortListener = (
  shared: SharedPort,
  { tablesOf }: ListenerParts,
  settings: ProxySettings,
  parts: Parts,
): EncodedResource => {
  const made = parts.single.at(
    [settings, ...shared.claims.flatMap(({ service }) => [service, ...tablesOf(service)])],
    `${shared.port} ${shared.http}`,
    () => sharedListener(shared, tablesOf, settings),
  )
  return {
    ...made,
    origins: uniqueOrigins([...shared.origins, ...made.origins, ...settings.origins]),
  }
}

const serviceListeners = (
  service: Service,
  { tablesOf, endpointsOf }: ListenerParts,
  settings: ProxySettings,
  parts: Parts,
): readonly EncodedResource[] => {
  const tables = tablesOf(service)
  const endpoints = endpointsOf(service)
  const key = [...(endpoints === undefined ? [] : [endpoints]), ...tables, service, settings]
  return parts.listeners.at(key, '', () => addressListeners(service, endpoints, tables, settings))
}

const gatewayListeners = ({ listeners, settings }: Router, parts: Parts): ResourceMap =>
  parts.maps.at([listeners, settings], 'gateway', () =>
    byName(
      listeners.map((listener: GatewayListenerView) =>
        parts.single.at([listener, settings], 'gateway', () => gatewayListener(listener, settings)),
      ),
    ),
  )
