/** Walks generated resources as Envoy would: what happens to a call at a proxy, and why (listener, chain, host, route). */
import { fromBinary } from '@bufbuild/protobuf'
import type {
  Filter,
  FilterChain,
} from '../proto/generated/envoy/config/listener/v3/listener_components_pb.js'
import {
  RedirectAction_RedirectResponseCode as RedirectCode,
  VirtualHost_TlsRequirementType as TlsRequirement,
  type RedirectAction,
  type Route,
  type RouteAction,
  type VirtualHost,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import type { RouteConfiguration } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import {
  HttpConnectionManagerSchema,
  type HttpConnectionManager,
} from '../proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import {
  TcpProxySchema,
  type TcpProxy,
} from '../proto/generated/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js'
import { typeUrlOf } from '../proto/any.ts'
import type { Call, CallOutcome, CallRequest, CallTrace, RedirectLocation, WeightedCluster } from './call.ts'
import { findFilterChain, findListener } from './filter-chain.ts'
import { findRoute } from './route-match.ts'
import type { SimulatedConfig } from './simulated-config.ts'
import { findVirtualHost } from './virtual-host.ts'

export const simulate = (config: SimulatedConfig, call: Call): CallOutcome => {
  const listener = findListener(config.listeners, call)
  if (listener === undefined) return { kind: 'no-listener', trace: {} }
  const chain = findFilterChain(listener, call)
  if (chain === undefined) return { kind: 'connection-closed', trace: { listener: listener.name } }
  const trace = { listener: listener.name, ...(chain.name === '' ? {} : { filterChain: chain.name }) }
  const terminal = terminalFilter(chain)
  switch (terminal?.kind) {
    case 'tcp':
      return { kind: 'forward', trace, clusters: tcpClusters(terminal.proxy, config) }
    case 'http':
      return call.request === undefined || call.tls !== undefined
        ? { kind: 'protocol-error', trace }
        : routeRequest(routeTableOf(terminal.manager, config), call.request, { config, trace })
    case undefined:
      return { kind: 'connection-closed', trace }
  }
}

type Terminal =
  | { readonly kind: 'http'; readonly manager: HttpConnectionManager }
  | { readonly kind: 'tcp'; readonly proxy: TcpProxy }

const terminalFilter = ({ filters }: FilterChain): Terminal | undefined =>
  filters.map(terminalOf).find((terminal) => terminal !== undefined)

const terminalOf = ({ configType }: Filter): Terminal | undefined => {
  if (configType.case !== 'typedConfig') return undefined
  const { typeUrl, value } = configType.value
  if (typeUrl === typeUrlOf(HttpConnectionManagerSchema)) {
    return { kind: 'http', manager: fromBinary(HttpConnectionManagerSchema, value) }
  }
  return typeUrl === typeUrlOf(TcpProxySchema)
    ? { kind: 'tcp', proxy: fromBinary(TcpProxySchema, value) }
    : undefined
}

const tcpClusters = (
  { clusterSpecifier }: TcpProxy,
  { clusters }: SimulatedConfig,
): readonly WeightedCluster[] => {
  switch (clusterSpecifier.case) {
    case 'cluster':
      return [weighted(clusterSpecifier.value, 1, clusters)]
    case 'weightedClusters':
      return clusterSpecifier.value.clusters.map(({ name, weight }) => weighted(name, weight, clusters))
    default:
      return []
  }
}

const weighted = (name: string, weight: number, clusters: ReadonlySet<string>): WeightedCluster => ({
  name,
  weight,
  exists: clusters.has(name),
})

const routeTableOf = (
  { routeSpecifier }: HttpConnectionManager,
  { routes }: SimulatedConfig,
): RouteConfiguration | undefined => {
  switch (routeSpecifier.case) {
    case 'routeConfig':
      return routeSpecifier.value
    case 'rds':
      return routes.get(routeSpecifier.value.routeConfigName)
    default:
      return undefined
  }
}

interface At {
  readonly config: SimulatedConfig
  readonly trace: CallTrace
}

const routeRequest = (
  table: RouteConfiguration | undefined,
  request: CallRequest,
  { config, trace }: At,
): CallOutcome => {
  if (table === undefined) return { kind: 'not-found', missing: 'route-table', trace }
  const inTable = { ...trace, routeTable: table.name }
  const host = findVirtualHost(table, request.authority)
  if (host === undefined) return { kind: 'not-found', missing: 'virtual-host', trace: inTable }
  const inHost = { ...inTable, virtualHost: host.name }
  if (requiresTls(host) && request.scheme === 'http') return { kind: 'redirect-https', trace: inHost }
  const route = findRoute(host.routes, request)
  if (route === undefined) return { kind: 'not-found', missing: 'route', trace: inHost }
  return act(route, { config, trace: route.name === '' ? inHost : { ...inHost, route: route.name } })
}

const requiresTls = ({ requireTls }: VirtualHost): boolean => requireTls === TlsRequirement.ALL

const act = ({ action }: Route, { config, trace }: At): CallOutcome => {
  switch (action.case) {
    case 'route':
      return { kind: 'forward', trace, clusters: clustersOf(action.value, config) }
    case 'directResponse':
      return { kind: 'direct-response', trace, status: action.value.status }
    case 'redirect':
      return {
        kind: 'redirect',
        trace,
        status: REDIRECT_STATUS[action.value.responseCode],
        location: locationOf(action.value),
      }
    default:
      return { kind: 'not-found', missing: 'route', trace }
  }
}

const clustersOf = (
  { clusterSpecifier }: RouteAction,
  { clusters }: SimulatedConfig,
): readonly WeightedCluster[] => {
  switch (clusterSpecifier.case) {
    case 'cluster':
      return [weighted(clusterSpecifier.value, 1, clusters)]
    case 'weightedClusters':
      return clusterSpecifier.value.clusters.map(({ name, weight }) => weighted(name, weight ?? 0, clusters))
    default:
      return []
  }
}

const REDIRECT_STATUS: Readonly<Record<RedirectCode, number>> = {
  [RedirectCode.MOVED_PERMANENTLY]: 301,
  [RedirectCode.FOUND]: 302,
  [RedirectCode.SEE_OTHER]: 303,
  [RedirectCode.TEMPORARY_REDIRECT]: 307,
  [RedirectCode.PERMANENT_REDIRECT]: 308,
}

const locationOf = (redirect: RedirectAction): RedirectLocation => ({
  ...(redirect.schemeRewriteSpecifier.case === 'schemeRedirect'
    ? { scheme: redirect.schemeRewriteSpecifier.value }
    : {}),
  ...(redirect.hostRedirect === '' ? {} : { authority: redirect.hostRedirect }),
  ...(redirect.portRedirect === 0 ? {} : { port: redirect.portRedirect }),
  ...(redirect.pathRewriteSpecifier.case === 'pathRedirect'
    ? { path: redirect.pathRewriteSpecifier.value }
    : {}),
})
