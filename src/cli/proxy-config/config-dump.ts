/** The parts of Envoy's /config_dump and /clusters (admin API, JSON form) that `weft proxy-config` shows. */

export interface IstioMetadata {
  readonly filter_metadata?: { readonly istio?: { readonly config?: string } }
}

export interface DumpedCluster {
  readonly name: string
  readonly type?: string
  readonly cluster_type?: { readonly name?: string }
  readonly metadata?: IstioMetadata
}

export interface DumpedAddress {
  readonly socket_address?: { readonly address?: string; readonly port_value?: number }
  readonly pipe?: { readonly path?: string }
}

export interface DumpedFilter {
  readonly name: string
  readonly typed_config?: {
    readonly cluster?: string
    readonly weighted_clusters?: {
      readonly clusters?: readonly { readonly name: string; readonly weight?: number }[]
    }
    readonly rds?: { readonly route_config_name?: string }
    readonly route_config?: DumpedRouteConfiguration
  }
}

export interface DumpedFilterChain {
  readonly name?: string
  readonly filters?: readonly DumpedFilter[]
  readonly filter_chain_match?: {
    readonly destination_port?: number
    readonly server_names?: readonly string[]
    readonly transport_protocol?: string
    readonly application_protocols?: readonly string[]
    readonly prefix_ranges?: readonly { readonly address_prefix: string; readonly prefix_len?: number }[]
  }
}

export interface DumpedListener {
  readonly name: string
  readonly address?: DumpedAddress
  readonly filter_chains?: readonly DumpedFilterChain[]
  readonly default_filter_chain?: DumpedFilterChain
}

export interface DumpedRoute {
  readonly name?: string
  readonly match?: {
    readonly prefix?: string
    readonly path?: string
    readonly path_separated_prefix?: string
    readonly safe_regex?: { readonly regex: string }
  }
  readonly metadata?: IstioMetadata
}

export interface DumpedVirtualHost {
  readonly name: string
  readonly domains: readonly string[]
  readonly routes?: readonly DumpedRoute[]
}

export interface DumpedRouteConfiguration {
  readonly name?: string
  readonly virtual_hosts?: readonly DumpedVirtualHost[]
}

interface Section {
  readonly static_clusters?: readonly { readonly cluster: DumpedCluster }[]
  readonly dynamic_active_clusters?: readonly { readonly cluster: DumpedCluster }[]
  readonly static_listeners?: readonly { readonly listener: DumpedListener }[]
  readonly dynamic_listeners?: readonly { readonly active_state?: { readonly listener: DumpedListener } }[]
  readonly static_route_configs?: readonly { readonly route_config: DumpedRouteConfiguration }[]
  readonly dynamic_route_configs?: readonly { readonly route_config: DumpedRouteConfiguration }[]
}

export interface ConfigDump {
  readonly configs: readonly Section[]
}

export const clustersOf = (dump: ConfigDump): readonly DumpedCluster[] =>
  dump.configs.flatMap((section) =>
    [...(section.static_clusters ?? []), ...(section.dynamic_active_clusters ?? [])].map(
      ({ cluster }) => cluster,
    ),
  )

export const listenersOf = (dump: ConfigDump): readonly DumpedListener[] =>
  dump.configs.flatMap((section) => [
    ...(section.static_listeners ?? []).map(({ listener }) => listener),
    ...(section.dynamic_listeners ?? []).flatMap(({ active_state }) =>
      active_state === undefined ? [] : [active_state.listener],
    ),
  ])

export const routeConfigurationsOf = (dump: ConfigDump): readonly DumpedRouteConfiguration[] =>
  dump.configs.flatMap((section) =>
    [...(section.static_route_configs ?? []), ...(section.dynamic_route_configs ?? [])].map(
      ({ route_config }) => route_config,
    ),
  )

/** `/clusters?format=json`. */
export interface ClusterStatuses {
  readonly cluster_statuses?: readonly {
    readonly name: string
    readonly host_statuses?: readonly {
      readonly address?: DumpedAddress
      readonly health_status?: {
        readonly eds_health_status?: string
        readonly failed_outlier_check?: boolean
        readonly failed_active_health_check?: boolean
      }
    }[]
  }[]
}

/** `/apis/networking.istio.io/v1/namespaces/default/virtual-service/myapp` as `myapp.default`, Istio's way. */
export const configName = (metadata: IstioMetadata | undefined): string => {
  const path = metadata?.filter_metadata?.istio?.config
  const match = path === undefined ? null : /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)$/.exec(path)
  return match === null ? '' : `${match[2]}.${match[1]}`
}
