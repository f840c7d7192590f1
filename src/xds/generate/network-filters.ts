/** The filters that carry a connection: HTTP connection managers with Istio's settings, and TCP proxies. */
import { usedDestinations, type WeightedDestination } from '../../mesh/model/route-table.ts'
import type { FilteredSink } from '../../mesh/view/access-logging.ts'
import type { InboundPort } from '../../mesh/view/proxy-view.ts'
import { ApiVersion } from '../proto/generated/envoy/config/core/v3/config_source_pb.js'
import type { FilterSchema } from '../proto/generated/envoy/config/listener/v3/listener_components_pb.js'
import type { RouteConfigurationSchema } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { CorsSchema } from '../proto/generated/envoy/extensions/filters/http/cors/v3/cors_pb.js'
import { HTTPFaultSchema } from '../proto/generated/envoy/extensions/filters/http/fault/v3/fault_pb.js'
import { FilterConfigSchema } from '../proto/generated/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js'
import { RouterSchema } from '../proto/generated/envoy/extensions/filters/http/router/v3/router_pb.js'
import {
  HttpConnectionManager_ForwardClientCertDetails as ClientCert,
  HttpConnectionManager_ServerHeaderTransformation as ServerHeader,
  HttpConnectionManagerSchema,
  type HttpFilterSchema,
} from '../proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import { TcpProxySchema } from '../proto/generated/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js'
import { accessLogs } from './access-log.ts'
import { duration, pack, type Plain } from './encoded-resource.ts'
import { hostWithPort } from './names.ts'
import { clusterOf } from './route-forward.ts'
import { defaultRoute } from './virtual-host.ts'

export type FilterInit = Plain<typeof FilterSchema>
type ManagerInit = Plain<typeof HttpConnectionManagerSchema>

const filter = (name: string, value: ReturnType<typeof pack>): FilterInit => ({
  name,
  configType: { case: 'typedConfig', value },
})

export const tcpProxy = (cluster: string, logs: readonly FilteredSink[]): FilterInit =>
  filter(
    'envoy.filters.network.tcp_proxy',
    pack(TcpProxySchema, {
      statPrefix: cluster,
      clusterSpecifier: { case: 'cluster', value: cluster },
      accessLog: accessLogs(logs),
    }),
  )

/** To several clusters by weight; to one as if it were alone. `statPrefix` counts for several. */
export const weightedTcpProxy = (
  statPrefix: string,
  destinations: readonly WeightedDestination[],
  at: { readonly port: number; readonly logs: readonly FilteredSink[] },
): FilterInit => {
  const used = usedDestinations(destinations)
  const [only, ...others] = used
  if (only !== undefined && others.length === 0)
    return tcpProxy(clusterOf(only.destination, at.port), at.logs)
  return filter(
    'envoy.filters.network.tcp_proxy',
    pack(TcpProxySchema, {
      statPrefix,
      clusterSpecifier: {
        case: 'weightedClusters',
        value: {
          clusters: used.map(({ destination, weight }) => ({
            name: clusterOf(destination, at.port),
            weight,
          })),
        },
      },
      accessLog: accessLogs(at.logs),
    }),
  )
}

/** Where a connection manager stands, which decides what it trusts and what it adds. */
export type ManagerPlace = 'outbound' | 'inbound' | 'gateway'

export interface ManagerOptions {
  readonly place: ManagerPlace
  readonly statPrefix: string
  readonly routes:
    | { readonly kind: 'named'; readonly name: string }
    | { readonly kind: 'inline'; readonly config: Plain<typeof RouteConfigurationSchema> }
}

export const httpManager = (options: ManagerOptions, logs: readonly FilteredSink[]): FilterInit => {
  const message: ManagerInit = {
    statPrefix: options.statPrefix,
    routeSpecifier: routeSpecifier(options.routes),
    httpFilters: httpFilters(),
    serverName: 'istio-envoy',
    ...placeFields(options.place),
    normalizePath: true,
    // Streams may be silent as long as they like.
    streamIdleTimeout: duration(0),
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    accessLog: accessLogs(logs),
  }
  return filter('envoy.filters.network.http_connection_manager', pack(HttpConnectionManagerSchema, message))
}

const placeFields = (place: ManagerPlace): ManagerInit => {
  switch (place) {
    case 'outbound':
      return { useRemoteAddress: false, generateRequestId: true }
    case 'inbound':
      return {
        useRemoteAddress: false,
        generateRequestId: true,
        serverHeaderTransformation: ServerHeader.PASS_THROUGH,
        forwardClientCertDetails: ClientCert.APPEND_FORWARD,
        setCurrentClientCertDetails: { subject: true, dns: true, uri: true },
      }
    case 'gateway':
      return {
        useRemoteAddress: true,
        generateRequestId: true,
        forwardClientCertDetails: ClientCert.SANITIZE_SET,
        setCurrentClientCertDetails: { subject: true, cert: true, dns: true, uri: true },
      }
  }
}

const routeSpecifier = (routes: ManagerOptions['routes']): NonNullable<ManagerInit['routeSpecifier']> =>
  routes.kind === 'inline'
    ? { case: 'routeConfig', value: routes.config }
    : {
        case: 'rds',
        value: {
          routeConfigName: routes.name,
          configSource: {
            configSourceSpecifier: { case: 'ads', value: {} },
            resourceApiVersion: ApiVersion.V3,
            initialFetchTimeout: duration(0),
          },
        },
      }

/** The router is last; the filters before it act where a route gives them something to do. */
const httpFilters = (): Plain<typeof HttpFilterSchema>[] =>
  [
    {
      name: 'envoy.filters.http.grpc_stats',
      value: pack(FilterConfigSchema, {
        emitFilterState: true,
        perMethodStatSpecifier: { case: 'statsForAllMethods', value: { value: false } },
      }),
    },
    { name: 'envoy.filters.http.fault', value: pack(HTTPFaultSchema, {}) },
    { name: 'envoy.filters.http.cors', value: pack(CorsSchema, {}) },
    { name: 'envoy.filters.http.router', value: pack(RouterSchema, {}) },
  ].map(({ name, value }) => ({ name, configType: { case: 'typedConfig' as const, value } }))

/** To the application: one route, no time limit, retries only of requests that cannot have reached it. */
export const inboundRoutes = (
  cluster: string,
  inbound: InboundPort | undefined,
): Plain<typeof RouteConfigurationSchema> => {
  const port = inbound?.port.number ?? 0
  const operation = `${hostWithPort(inbound?.services[0]?.host ?? '', port)}/*`
  const retries =
    inbound !== undefined && (inbound.port.protocol === 'grpc' || inbound.port.protocol === 'grpc-web')
      ? {}
      : { retryPolicy: { retryOn: 'reset-before-request', numRetries: 2 } }
  return {
    name: cluster,
    validateClusters: false,
    virtualHosts: [
      {
        name: `inbound|http|${port}`,
        domains: ['*'],
        routes: [
          defaultRoute(cluster, operation, {
            timeout: duration(0),
            maxStreamDuration: { maxStreamDuration: duration(0), grpcTimeoutHeaderMax: duration(0) },
            ...retries,
          }),
        ],
      },
    ],
  }
}
