/** From the whole mesh to one proxy's view. Views are computed once per mesh state and shared between equal proxies. */
import { isExportedTo, type EndpointSet, type Service } from '../model/service.ts'
import { gatewayKey } from '../model/gateway.ts'
import { MESH_GATEWAY, type RouteTable } from '../model/route-table.ts'
import { mayHash, type DestinationPolicy } from '../model/traffic-policy.ts'
import { selects } from '../model/service.ts'
import { listInterner, objectMemo } from '../../primitives/object-memo.ts'
import { accessLogging, logPoliciesFor } from './access-logging.ts'
import type { CallScope } from '../model/call-scope.ts'
import { callScopeFor, importedServices, importsTable } from './call-scope.ts'
import { gatewaysFor, mergeGateways } from './gateway-view.ts'
import { inboundView, targetsOf, type Target } from './inbound-view.ts'
import { policyLookup, type PolicyLookup } from './policy-lookup.ts'
import type {
  GatewayListenerView,
  InboundView,
  MeshState,
  OutboundView,
  Proxy,
  ProxySettings,
  ProxyView,
  ServerView,
  ServiceView,
} from './proxy-view.ts'
import { tableSelection, type BindTarget, type TableSelection } from './table-selection.ts'

export interface Viewer {
  /** The same object for the same mesh state and an equal proxy; parts that are equal are one object throughout. */
  readonly view: (mesh: MeshState, proxy: Proxy) => ProxyView
}

export const createViewer = (): Viewer => {
  const parts = createParts()
  const views = objectMemo<ProxyView>()
  return {
    view: (mesh, proxy) => {
      const scope =
        proxy.type === 'sidecar'
          ? callScopeFor(mesh.callScopes, mesh.settings.rootNamespace, proxy)
          : undefined
      const selection = `${proxy.namespace} ${selectionKey(mesh, proxy, parts)} ${scope?.namespace}/${scope?.name}`
      const settings = settingsFor(mesh, proxy, scope, parts)
      const outbound = parts.outbound.at([mesh], selection, () =>
        outboundFor(mesh, { proxy, scope, selection }, parts),
      )
      if (proxy.type === 'sidecar') {
        const inbound = inboundFor(mesh, proxy, parts)
        return views.at([outbound, inbound, settings], '', () => ({
          kind: 'sidecar',
          settings,
          outbound,
          inbound,
        }))
      }
      const listeners = parts.internListeners(listenersFor(mesh, proxy, parts))
      return views.at([outbound, listeners, settings], '', () => ({
        kind: 'router',
        settings,
        outbound,
        listeners,
      }))
    },
  }
}

interface Parts {
  readonly settings: ReturnType<typeof objectMemo<ProxySettings>>
  readonly selection: TableSelection
  readonly outbound: ReturnType<typeof objectMemo<OutboundView>>
  readonly outboundContent: ReturnType<typeof objectMemo<OutboundView>>
  readonly lookups: ReturnType<typeof objectMemo<PolicyLookup>>
  readonly serviceViews: ReturnType<typeof objectMemo<ServiceView>>
  readonly servicesByHost: ReturnType<typeof objectMemo<ReadonlyMap<string, Service>>>
  readonly serviceLists: ReturnType<typeof objectMemo<readonly ServiceView[]>>
  readonly endpointLists: ReturnType<typeof objectMemo<readonly EndpointSet[]>>
  readonly bound: ReturnType<typeof objectMemo<RouteTable>>
  readonly conditional: ReturnType<typeof objectMemo<readonly RouteTable[]>>
  readonly targets: ReturnType<typeof objectMemo<readonly Target[]>>
  readonly inbound: ReturnType<typeof objectMemo<InboundView>>
  readonly servers: ReturnType<typeof objectMemo<ServerView>>
  readonly listeners: ReturnType<typeof objectMemo<GatewayListenerView>>
  readonly internServices: (list: readonly ServiceView[]) => readonly ServiceView[]
  readonly internEndpoints: (list: readonly EndpointSet[]) => readonly EndpointSet[]
  readonly internTables: (list: readonly RouteTable[]) => readonly RouteTable[]
  readonly internServers: (list: readonly ServerView[]) => readonly ServerView[]
  readonly internListeners: (list: readonly GatewayListenerView[]) => readonly GatewayListenerView[]
}

/** How many lists are remembered to find equal ones: views differ by namespace, and rarely in these lists. */
const KEEP = 32

const createParts = (): Parts => ({
  settings: objectMemo(),
  selection: tableSelection(),
  outbound: objectMemo(),
  outboundContent: objectMemo(),
  lookups: objectMemo(),
  serviceViews: objectMemo(),
  servicesByHost: objectMemo(),
  serviceLists: objectMemo(),
  endpointLists: objectMemo(),
  bound: objectMemo(),
  conditional: objectMemo(),
  targets: objectMemo(),
  inbound: objectMemo(),
  servers: objectMemo(),
  listeners: objectMemo(),
  internServices: listInterner(KEEP),
  internEndpoints: listInterner(KEEP),
  internTables: listInterner(KEEP),
  internServers: listInterner(KEEP),
  internListeners: listInterner(KEEP),
})

/** Proxies that log alike share one settings object, and with it every listener. */
const settingsFor = (
  mesh: MeshState,
  proxy: Proxy,
  scope: CallScope | undefined,
  parts: Parts,
): ProxySettings => {
  const policies = logPoliciesFor(mesh.logPolicies, mesh.settings.rootNamespace, proxy)
  return parts.settings.at([mesh.settings, ...(scope === undefined ? [] : [scope]), ...policies], '', () => {
    const logging = accessLogging(policies, mesh.settings)
    return {
      ...mesh.settings,
      logging,
      unknownDestinations: scope?.unknownDestinations ?? mesh.settings.unknownDestinations,
      origins: [...logging.origins, ...(scope === undefined ? [] : [scope.origin])],
    }
  })
}

const lookupOf = (mesh: MeshState, parts: Parts): PolicyLookup =>
  parts.lookups.at([mesh.policies], mesh.settings.rootNamespace, () =>
    policyLookup(mesh.policies, mesh.settings.rootNamespace),
  )

const hostsOf = (mesh: MeshState, parts: Parts): ReadonlyMap<string, Service> =>
  parts.servicesByHost.at(
    [mesh.services],
    '',
    () => new Map(mesh.services.map((service) => [service.host, service])),
  )

/** What of the outbound view depends on the proxy's labels: '' for nearly everybody, who then share one view. */
const selectionKey = (mesh: MeshState, proxy: Proxy, parts: Parts): string => {
  const policies = selectivePolicies(lookupOf(mesh, parts), proxy)
  const conditional = parts.conditional.at([mesh.tables], '', () => tablesWithSourceLabels(mesh.tables))
  const tables = proxy.type === 'router' ? [] : matchedConditions(conditional, proxy)
  return `${proxy.type === 'router' ? 'router' : ''}${policies}|${tables.join(',')}`
}

/** The policies that are for the proxy by its labels. */
const selectivePolicies = (lookup: PolicyLookup, proxy: Proxy): string =>
  lookup
    .selective(proxy.namespace)
    .filter((policy) => selects(policy.workloadSelector ?? {}, proxy.labels))
    .map((policy) => policy.name)
    .join(',')

const bindTarget = (
  service: Service | undefined,
  { proxy, lookup }: { readonly proxy: Proxy; readonly lookup: PolicyLookup },
): BindTarget | undefined => {
  if (service === undefined) return undefined
  const policy = lookup.policyFor(service, proxy)
  return policy !== undefined && mayHash(policy) ? { service, hashing: policy } : { service }
}

const tablesWithSourceLabels = (tables: readonly RouteTable[]): readonly RouteTable[] =>
  tables.filter((table) =>
    [...table.rules, ...(table.connections ?? [])].some((rule) =>
      rule.matches.some(({ source }) => Object.keys(source.labels).length > 0),
    ),
  )

const matchedConditions = (tables: readonly RouteTable[], proxy: Proxy): readonly string[] =>
  tables.flatMap((table, index) =>
    [...table.rules, ...(table.connections ?? [])].flatMap((rule, place) =>
      rule.matches.flatMap(({ source }, condition) =>
        Object.keys(source.labels).length > 0 && selects(source.labels, proxy.labels)
          ? [`${index}:${place}:${condition}`]
          : [],
      ),
    ),
  )

const NO_ENDPOINTS: EndpointSet = { host: '', byPort: new Map() }

interface Caller {
  readonly proxy: Proxy
  readonly scope: CallScope | undefined
  /** Everything of the caller that the view depends on, as text. */
  readonly selection: string
}

const outboundFor = (mesh: MeshState, { proxy, scope, selection }: Caller, parts: Parts): OutboundView => {
  const lookup = lookupOf(mesh, parts)
  const every = proxy.type === 'router' ? [] : tablesFor(mesh, proxy, MESH_GATEWAY, parts)
  const tables = parts.internTables(
    scope === undefined ? every : every.filter((table) => importsTable(scope, table)),
  )
  const scoped = scope === undefined ? [] : [scope, tables]
  const services = parts.serviceLists.at([mesh.services, mesh.policies, ...scoped], selection, () => {
    const exported = mesh.services.filter((service) =>
      isExportedTo(service.exportTo, service.namespace, proxy.namespace),
    )
    const imported = scope === undefined ? exported : importedServices(scope, exported, tables)
    return parts.internServices(
      imported.map((service) => serviceView(service, lookup.policyFor(service, proxy), parts)),
    )
  })
  const endpoints = parts.endpointLists.at([mesh.endpoints, services], '', () =>
    parts.internEndpoints(services.map(({ service }) => mesh.endpoints.get(service.host) ?? NO_ENDPOINTS)),
  )
  return parts.outboundContent.at([tables, endpoints, services], proxy.namespace, () => ({
    namespace: proxy.namespace,
    services,
    endpoints,
    tables,
  }))
}

const serviceView = (service: Service, policy: DestinationPolicy | undefined, parts: Parts): ServiceView =>
  policy === undefined
    ? parts.serviceViews.at([service], '', () => ({ service }))
    : parts.serviceViews.at([policy, service], '', () => ({ service, policy }))

/** Istio's precedence: the proxy's own private tables, those exported to its namespace, the public ones; older first. */
const tablesFor = (mesh: MeshState, proxy: Proxy, gateway: string, parts: Parts): readonly RouteTable[] => {
  const visible = mesh.tables.filter(
    (table) =>
      table.gateways.includes(gateway) && isExportedTo(table.exportTo, table.namespace, proxy.namespace),
  )
  const rank = (table: RouteTable): number =>
    table.exportTo.includes('*')
      ? 2
      : table.namespace === proxy.namespace && table.exportTo.includes('.')
        ? 0
        : 1
  const byHost = hostsOf(mesh, parts)
  const lookup = lookupOf(mesh, parts)
  const selectedPolicies = selectivePolicies(lookup, proxy)
  const ranked = visible.every((table) => rank(table) === 2)
    ? visible
    : [0, 1, 2].flatMap((wanted) => visible.filter((table) => rank(table) === wanted))
  return ranked.flatMap((table) => {
    const selected = parts.selection.select(table, { ...proxy, gateway })
    if (selected === undefined) return []
    return parts.bound.at([selected, byHost, lookup], `${proxy.namespace} ${selectedPolicies}`, () =>
      parts.selection.bind(selected, (host) => bindTarget(byHost.get(host), { proxy, lookup })),
    )
  })
}

/** By the workload that the proxy stands beside; before its Pod was read, by the labels that the proxy told. */
const targetsFor = (mesh: MeshState, proxy: Proxy, parts: Parts): readonly Target[] => {
  const workload = mesh.workloads.get(`${proxy.namespace}/${proxy.name}`)
  return workload === undefined
    ? targetsOf(mesh.services, { ...proxy, namedPorts: {} })
    : parts.targets.at([mesh.services, workload], '', () => targetsOf(mesh.services, workload))
}

const inboundFor = (mesh: MeshState, proxy: Proxy, parts: Parts): InboundView => {
  const targets = targetsFor(mesh, proxy, parts)
  const key = targets.map(({ port, target }) => `${port.number}:${target}`).join(',')
  return parts.inbound.at(
    targets.map(({ service }) => service),
    key,
    () => inboundView(targets),
  )
}

const listenersFor = (mesh: MeshState, proxy: Proxy, parts: Parts): readonly GatewayListenerView[] => {
  const translations = targetsFor(mesh, proxy, parts)
    .filter(
      ({ service }) => service.labels['networking.istio.io/disable-gateway-port-translation'] === undefined,
    )
    .map(({ port, target }) => ({ port: port.number, target }))
  const merged = mergeGateways(gatewaysFor(mesh.gateways, proxy.labels), translations)
  return merged.listeners.map((listener) => {
    const servers = parts.internServers(
      merged.serversOf(listener.port).map(({ server, gateway }) => {
        const tables = parts.internTables(tablesFor(mesh, proxy, gatewayKey(gateway), parts))
        return parts.servers.at([tables, server, gateway], '', () => ({ server, gateway, tables }))
      }),
    )
    return parts.listeners.at([servers], `${listener.port} ${listener.bind ?? ''}`, () => ({
      ...listener,
      servers,
    }))
  })
}
