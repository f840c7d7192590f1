/** The proxy's own ports: readiness (15021), Prometheus (15090), and status with the application's probes (15020). */
import type { JsonObject } from '../primitives/json-value.ts'

export const adminCluster = 'prometheus_stats'

const statsRoute: JsonObject = { match: { prefix: '/stats/prometheus' }, route: { cluster: adminCluster } }
const readyRoute: JsonObject = {
  match: { path: '/healthz/ready' },
  route: { cluster: adminCluster, prefix_rewrite: '/ready', timeout: '1s' },
}

interface OwnListener {
  readonly name: string
  readonly port: number
  readonly routes: readonly JsonObject[]
  readonly filters: readonly JsonObject[]
}

const listener = ({ name, port, routes, filters }: OwnListener): JsonObject => ({
  name,
  address: { socket_address: { address: '0.0.0.0', port_value: port } },
  ignore_global_conn_limit: true,
  bypass_overload_manager: true,
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: name,
            codec_type: 'AUTO',
            normalize_path: true,
            route_config: {
              name,
              virtual_hosts: [{ name: 'own', domains: ['*'], routes: [...routes] }],
            },
            http_filters: [
              ...filters,
              {
                name: 'envoy.filters.http.router',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                },
              },
            ],
          },
        },
      ],
    },
  ],
})

export interface OwnPorts {
  readonly ready: number
  readonly prometheus: number
  readonly status: number
}

/** Istio's port numbers. */
export const istioPorts: OwnPorts = { ready: 15021, prometheus: 15090, status: 15020 }

export const ownListeners = (
  ports: OwnPorts,
  probes: { readonly routes: readonly JsonObject[]; readonly filters: readonly JsonObject[] },
): readonly JsonObject[] => [
  listener({ name: 'prometheus', port: ports.prometheus, routes: [statsRoute], filters: [] }),
  listener({ name: 'readiness', port: ports.ready, routes: [readyRoute], filters: [] }),
  listener({
    name: 'status',
    port: ports.status,
    routes: [statsRoute, readyRoute, ...probes.routes],
    filters: probes.filters,
  }),
]
