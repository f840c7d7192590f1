/** Beside each Envoy: its bootstrap, where its binary comes from, and how it starts. */
import { CodedError } from '../primitives/coded-error.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { probeClusters, probeFilters, probeRoutes, type AppProbe } from './app-probes.ts'
import { adminCluster, istioPorts, ownListeners, type OwnPorts } from './bootstrap-listeners.ts'
import { statsConfig } from './bootstrap-stats.ts'
import type { ProxyNode } from './node-metadata.ts'
import type { ProxyConfig } from './proxy-config.ts'
import { markOption } from './proxy-mark.ts'

export interface BootstrapInput {
  readonly node: ProxyNode
  readonly config: ProxyConfig
  readonly probes: readonly AppProbe[]
  /** The pod's address, where the application's probes go. */
  readonly podIp: string
  /** By default Istio's. */
  readonly ports?: OwnPorts
}

const markedSockets: JsonObject = {
  source_address: { address: '0.0.0.0', port_value: 0 },
  socket_options: [markOption],
}

const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host)

const splitAddress = (address: string): { readonly host: string; readonly port: number } => {
  const match = /^(.+):(\d+)$/.exec(address)
  const [host, port] = [match?.[1], Number(match?.[2])]
  if (host !== undefined && port > 0 && port < 65_536) return { host, port }
  throw new CodedError(
    'DiscoveryAddressMalformed',
    `discoveryAddress ${JSON.stringify(address)} is not host:port: write e.g. istiod.istio-system.svc:15010`,
  )
}

const manyRequests = { max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 }

const discoveryCluster = (address: string): JsonObject => {
  const { host, port } = splitAddress(address)
  return {
    name: 'xds-grpc',
    type: isAddress(host) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: '1s',
    dns_lookup_family: 'V4_ONLY',
    load_assignment: {
      cluster_name: 'xds-grpc',
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }],
        },
      ],
    },
    circuit_breakers: {
      thresholds: [
        { priority: 'DEFAULT', ...manyRequests },
        { priority: 'HIGH', ...manyRequests },
      ],
    },
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 300 } },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        common_http_protocol_options: { max_requests_per_connection: 1 },
        explicit_http_config: {
          // A control plane that is gone without a word (a killed machine) is noticed.
          http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
        },
      },
    },
  }
}

const statsCluster = (adminPort: number): JsonObject => ({
  name: adminCluster,
  type: 'STATIC',
  connect_timeout: '0.250s',
  load_assignment: {
    cluster_name: adminCluster,
    endpoints: [
      {
        lb_endpoints: [
          { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } } },
        ],
      },
    ],
  },
})

/** Nothing is served before the first answer of both; a lost control plane is looked for again within a second. */
const dynamicResources: JsonObject = {
  lds_config: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' },
  cds_config: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' },
  ads_config: {
    api_type: 'DELTA_GRPC',
    transport_api_version: 'V3',
    set_node_on_first_message_only: true,
    grpc_services: [
      {
        envoy_grpc: {
          cluster_name: 'xds-grpc',
          retry_policy: { retry_back_off: { base_interval: '0.1s', max_interval: '1s' } },
        },
      },
    ],
  },
}

/**
 * Envoy's bootstrap (envoy.config.bootstrap.v3.Bootstrap) as JSON.
 * Every upstream socket carries the mark, by `cluster_manager.upstream_bind_config`; a cluster with an
 * `upstream_bind_config` of its own must repeat the socket option.
 */
export const envoyBootstrap = (input: BootstrapInput): JsonObject => {
  const { node, config, probes, podIp } = input
  return {
    node: { id: node.id, cluster: node.cluster, locality: {}, metadata: node.metadata },
    admin: {
      address: { socket_address: { address: '127.0.0.1', port_value: config.adminPort } },
    },
    stats_config: statsConfig(config),
    layered_runtime: {
      layers: [
        {
          name: 'global config',
          static_layer: {
            're2.max_program_size.error_level': 32_768,
            'envoy.reloadable_features.http_reject_path_with_fragment': false,
          },
        },
        { name: 'admin', admin_layer: {} },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: 2_147_483_647,
          },
        },
      ],
    },
    cluster_manager: { upstream_bind_config: markedSockets },
    dynamic_resources: dynamicResources,
    static_resources: {
      clusters: [
        statsCluster(config.adminPort),
        discoveryCluster(config.discoveryAddress),
        ...probeClusters(probes, podIp),
      ],
      listeners: [
        ...ownListeners(input.ports ?? istioPorts, {
          routes: probeRoutes(probes, podIp),
          filters: probeFilters(probes),
        }),
      ],
    },
  }
}
