/** Service addresses as nftables rules: what kube-proxy does in its nftables mode, as one table's text; pure. */
import { formatCidr, parseIpv4, type Cidr } from '../../primitives/cidr.ts'
import type { ServicePort } from '../../resources/core/service.ts'
import {
  clusterIpOf,
  endpointsOfPort,
  type ServiceEndpoint,
  type ServiceWithSlices,
} from './service-endpoints.ts'

export interface NftPlanOptions {
  readonly serviceRange: Cidr
  /** Service addresses that the node serves itself (the cluster's DNS). */
  readonly localAddresses: readonly string[]
}

interface PortRules {
  /** `10.96.0.5 . tcp . 80` for every address of the service. */
  readonly keys: readonly string[]
  readonly chain: string
  readonly protocol: string
  readonly endpoints: readonly ServiceEndpoint[]
  readonly affinity: boolean
}

export const serviceTable = 'weft-services'

const portRules = ({ service, slices }: ServiceWithSlices, port: ServicePort): PortRules => {
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  const addresses = [clusterIpOf(service), ...(service.spec.externalIPs ?? [])]
  const { namespace = '', name } = service.metadata
  return {
    keys: addresses.flatMap((address) =>
      address === undefined || parseIpv4(address) === undefined
        ? []
        : [`${address} . ${protocol} . ${port.port}`],
    ),
    chain: `service/${namespace}/${name}/${protocol}/${port.port}`,
    protocol,
    endpoints: endpointsOfPort(slices, port),
    affinity: service.spec.sessionAffinity === 'ClientIP',
  }
}

/**
 * `numgen random` balances per connection. Session affinity is a hash of the client's address: it needs no state and
 * survives every change of the table, but (unlike kube-proxy's timed set) clients may move when endpoints change.
 */
const serviceChain = ({ chain, protocol, endpoints, affinity }: PortRules): string => {
  const pick = affinity
    ? `jhash ip saddr mod ${endpoints.length} seed 0x77656674`
    : `numgen random mod ${endpoints.length}`
  const targets = endpoints.map(({ ip, port }, index) => `${index} : ${ip} . ${port}`)
  return `  chain ${chain} {
    meta l4proto ${protocol} dnat ip to ${pick} map { ${targets.join(', ')} }
  }\n`
}

const elements = (items: readonly string[]): string =>
  items.length === 0 ? '' : `    elements = {\n      ${items.join(',\n      ')}\n    }\n`

const unique = (items: readonly string[]): string[] => [...new Set(items)]

/**
 * The text for `nft -f -`, which replaces the table in one transaction; connections that exist keep their endpoint.
 * Equal input gives equal text. As kube-proxy: a port without endpoints and unknown ports of a ClusterIP are refused;
 * a pod that reaches itself through its service sees the node's address. Addresses of the service range that no
 * Service has are refused too instead of timing out.
 */
export const planNftRules = (services: readonly ServiceWithSlices[], options: NftPlanOptions): string => {
  const served = services
    .filter(({ service }) => !options.localAddresses.includes(service.spec.clusterIP ?? ''))
    .toSorted((left, right) => (serviceKey(left) < serviceKey(right) ? -1 : 1))
  const ports = served
    .flatMap((entry) => (entry.service.spec.ports ?? []).map((port) => portRules(entry, port)))
    .filter((rules) => rules.keys.length > 0)
  const open = ports.filter((rules) => rules.endpoints.length > 0)
  const closed = ports.filter((rules) => rules.endpoints.length === 0)
  const clusterIps = served.flatMap(({ service }) => clusterIpOf(service) ?? [])
  const endpointIps = unique(open.flatMap((rules) => rules.endpoints.map(({ ip }) => ip)))
  // One address may be claimed twice (an external address of two services): the first one has it.
  const claimed = new Map(
    open.flatMap((rules) => rules.keys.map((key): [string, string] => [key, rules.chain])).toReversed(),
  )
  return `add table ip ${serviceTable}
delete table ip ${serviceTable}
table ip ${serviceTable} {
${open.map(serviceChain).join('')}  map service-ports {
    type ipv4_addr . inet_proto . inet_service : verdict
${elements([...claimed].map(([key, chain]) => `${key} : goto ${chain}`).toSorted())}  }
  set no-endpoints {
    type ipv4_addr . inet_proto . inet_service
${elements(unique(closed.flatMap((rules) => rules.keys)).filter((key) => !claimed.has(key)))}  }
  set cluster-ips {
    type ipv4_addr
${elements(unique(clusterIps))}  }
  set hairpin {
    type ipv4_addr . ipv4_addr
${elements(endpointIps.map((ip) => `${ip} . ${ip}`))}  }
${baseChains(options)}}
`
}

const serviceKey = ({ service }: ServiceWithSlices): string =>
  `${service.metadata.namespace ?? ''}/${service.metadata.name}`

const baseChains = ({ serviceRange }: NftPlanOptions): string => `  chain refuse {
    ip daddr . meta l4proto . th dport @no-endpoints reject
    ip daddr @cluster-ips reject
    ip daddr ${formatCidr(serviceRange)} reject with icmp type host-unreachable
  }
  chain prerouting {
    type nat hook prerouting priority dstnat
    ip daddr . meta l4proto . th dport vmap @service-ports
  }
  chain nat-output {
    type nat hook output priority -100
    ip daddr . meta l4proto . th dport vmap @service-ports
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ct status dnat ip saddr . ip daddr @hairpin masquerade
  }
  chain forward {
    type filter hook forward priority filter
    ct state new jump refuse
  }
  chain filter-output {
    type filter hook output priority filter
    oifname != "lo" ct state new jump refuse
  }
`
