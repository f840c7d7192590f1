/** `weft proxy-config`: what an Envoy runs, as the tables that istioctl prints. */
import {
  clustersOf,
  configName,
  listenersOf,
  routeConfigurationsOf,
  type ClusterStatuses,
  type ConfigDump,
  type DumpedAddress,
  type DumpedFilterChain,
  type DumpedRoute,
} from './config-dump.ts'

type Rows = readonly (readonly string[])[]

const compare = (left: readonly string[], right: readonly string[]): number =>
  left.join('\0') < right.join('\0') ? -1 : 1

const addressText = (address: DumpedAddress | undefined): string =>
  address?.socket_address === undefined
    ? `unix://${address?.pipe?.path ?? ''}`
    : `${address.socket_address.address}:${address.socket_address.port_value}`

/** `weft proxy-config clusters`: the parts of Istio's name `direction|port|subset|host`. */
export const clusterTable = (dump: ConfigDump): Rows => {
  const rows = clustersOf(dump).map((cluster) => {
    const [direction, port, subset, host] = cluster.name.split('|')
    const type = cluster.type ?? cluster.cluster_type?.name ?? 'STATIC'
    const rule = configName(cluster.metadata)
    return host === undefined
      ? [cluster.name, '-', '-', '-', type, rule]
      : [host, port ?? '', subset === '' ? '-' : (subset ?? '-'), direction ?? '', type, rule]
  })
  return [
    ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'],
    ...rows.toSorted(compare),
  ]
}

/** `weft proxy-config endpoints`. */
export const endpointTable = (statuses: ClusterStatuses): Rows => {
  const rows = (statuses.cluster_statuses ?? []).flatMap((cluster) =>
    (cluster.host_statuses ?? []).map(({ address, health_status }) => {
      const failed =
        health_status?.failed_active_health_check === true ||
        (health_status?.eds_health_status ?? 'HEALTHY') === 'UNHEALTHY'
      const outlier = health_status?.failed_outlier_check === true ? 'FAILED' : 'OK'
      return [addressText(address), failed ? 'UNHEALTHY' : 'HEALTHY', outlier, cluster.name]
    }),
  )
  return [['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'], ...rows.toSorted(compare)]
}

const matchText = (chain: DumpedFilterChain): string => {
  const match = chain.filter_chain_match
  const parts = [
    match?.transport_protocol === undefined ? '' : `Trans: ${match.transport_protocol}`,
    match?.application_protocols === undefined ? '' : `App: ${match.application_protocols.join(',')}`,
    match?.server_names === undefined ? '' : `SNI: ${match.server_names.join(',')}`,
    match?.prefix_ranges === undefined
      ? ''
      : `Addr: ${match.prefix_ranges.map((range) => `${range.address_prefix}/${range.prefix_len ?? 0}`).join(',')}`,
    match?.destination_port === undefined ? '' : `Port: ${match.destination_port}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'ALL' : parts.join('; ')
}

const destinationText = (chain: DumpedFilterChain): string => {
  for (const { typed_config: config } of chain.filters ?? []) {
    if (config?.rds?.route_config_name !== undefined) return `Route: ${config.rds.route_config_name}`
    if (config?.route_config !== undefined) return `Inline Route: ${config.route_config.name ?? ''}`
    if (config?.cluster !== undefined) return `Cluster: ${config.cluster}`
    if (config?.weighted_clusters !== undefined) {
      const names = (config.weighted_clusters.clusters ?? []).map(
        ({ name, weight }) => `${name}=${weight ?? 0}`,
      )
      return `Clusters: ${names.join(',')}`
    }
  }
  return 'Non-HTTP/Non-TCP'
}

/** `weft proxy-config listeners`: one row a filter chain. */
export const listenerTable = (dump: ConfigDump): Rows => {
  const rows = listenersOf(dump).flatMap((listener) => {
    const { address = '', port_value: port = 0 } = listener.address?.socket_address ?? {}
    const chains = [...(listener.filter_chains ?? []), ...[listener.default_filter_chain ?? []].flat()]
    return chains.map((chain) => [address, String(port), matchText(chain), destinationText(chain)])
  })
  return [['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION'], ...rows.toSorted(compare)]
}

const routeMatchText = ({ match }: DumpedRoute): string => {
  if (match?.path !== undefined) return match.path
  if (match?.safe_regex !== undefined) return `regex ${match.safe_regex.regex}`
  const prefix = match?.path_separated_prefix ?? match?.prefix ?? ''
  return prefix === '' ? '/*' : `${prefix}*`
}

/** A virtual host that travelled by VHDS is named `<route configuration>/<name>`; Istio's name is the second part. */
const virtualHostName = (name: string, routeName: string): string =>
  name.startsWith(`${routeName}/`) ? name.slice(routeName.length + 1) : name

const domainsText = (domains: readonly string[]): string => {
  const [first = ''] = domains
  return domains.length > 1 ? `${first} + ${domains.length - 1} more...` : first
}

/** `weft proxy-config routes`: one row a route. */
export const routeTable = (dump: ConfigDump): Rows => {
  const rows = routeConfigurationsOf(dump).flatMap(({ name = '', virtual_hosts = [] }) =>
    virtual_hosts.flatMap((host) =>
      (host.routes ?? []).map((route) => [
        name,
        virtualHostName(host.name, name),
        domainsText(host.domains),
        routeMatchText(route),
        configName(route.metadata),
      ]),
    ),
  )
  return [['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'], ...rows.toSorted(compare)]
}
