/** Service addresses as nftables rules: what kube-proxy does in its nftables mode; pure. */
import { parseIpv4 } from '../../primitives/cidr.ts'
import type { ServicePort } from '../../resources/core/service.ts'
import {
  clusterIpOf,
  endpointsOfPort,
  type ServiceEndpoint,
  type ServiceWithSlices,
} from './service-endpoints.ts'

interface PortRules {
  /** `10.96.0.5 . tcp . 80` for every address of the service. */
  readonly keys: readonly string[]
  readonly chain: string
  /** Undefined without endpoints. */
  readonly rule: string | undefined
  readonly endpointIps: readonly string[]
}

/** What changes in the table as Services and endpoints come and go, and can be compared piece by piece. */
export interface ServiceRules {
  /** The rule of each chain by the chain's name. */
  readonly chains: ReadonlyMap<string, string>
  /** Chain by `10.96.0.5 . tcp . 80`. */
  readonly servicePorts: ReadonlyMap<string, string>
  readonly noEndpoints: ReadonlySet<string>
  readonly clusterIps: ReadonlySet<string>
  readonly hairpin: ReadonlySet<string>
}

/** The rules of one Service, kept while neither it nor its slices change. */
interface Remembered {
  readonly slices: ServiceWithSlices['slices']
  readonly rules: readonly PortRules[]
}

/**
 * `numgen random` balances per connection. Session affinity is a hash of the client's address: it needs no state and
 * survives every change of the table, but (unlike kube-proxy's timed set) clients may move when endpoints change.
 */
const chainRule = (protocol: string, endpoints: readonly ServiceEndpoint[], affinity: boolean): string => {
  const pick = affinity
    ? `jhash ip saddr mod ${endpoints.length} seed 0x77656674`
    : `numgen random mod ${endpoints.length}`
  const targets = endpoints.map(({ ip, port }, index) => `${index} : ${ip} . ${port}`)
  return `meta l4proto ${protocol} dnat ip to ${pick} map { ${targets.join(', ')} }`
}

const portRules = ({ service, slices }: ServiceWithSlices, port: ServicePort): PortRules => {
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  const addresses = [clusterIpOf(service), ...(service.spec.externalIPs ?? [])]
  const endpoints = endpointsOfPort(slices, port)
  const { namespace = '', name } = service.metadata
  return {
    keys: addresses.flatMap((address) =>
      address === undefined || parseIpv4(address) === undefined
        ? []
        : [`${address} . ${protocol} . ${port.port}`],
    ),
    chain: `service/${namespace}/${name}/${protocol}/${port.port}`,
    rule:
      endpoints.length === 0
        ? undefined
        : chainRule(protocol, endpoints, service.spec.sessionAffinity === 'ClientIP'),
    endpointIps: endpoints.map(({ ip }) => ip),
  }
}

const serviceKey = ({ service }: ServiceWithSlices): string =>
  `${service.metadata.namespace ?? ''}/${service.metadata.name}`

const isSame = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((each, index) => each === right[index])

/**
 * A planner that remembers what it made of each Service object: a change of one costs the others next to nothing.
 * Equal input gives equal rules, in the same order. As kube-proxy: a port without endpoints and unknown ports of a
 * ClusterIP are refused; a pod that reaches itself through its service sees the node's address. Addresses of the
 * service range that no Service has are refused too instead of timing out.
 */
export const createRulePlanner = (
  localAddresses: readonly string[],
): ((services: readonly ServiceWithSlices[]) => ServiceRules) => {
  const remembered = new WeakMap<object, Remembered>()
  const rulesOf = (entry: ServiceWithSlices): readonly PortRules[] => {
    const known = remembered.get(entry.service)
    if (known !== undefined && isSame(known.slices, entry.slices)) return known.rules
    const rules = (entry.service.spec.ports ?? [])
      .map((port) => portRules(entry, port))
      .filter(({ keys }) => keys.length > 0)
    remembered.set(entry.service, { slices: entry.slices, rules })
    return rules
  }
  return (services) => {
    const served = services
      .filter(({ service }) => !localAddresses.includes(service.spec.clusterIP ?? ''))
      .toSorted((left, right) => (serviceKey(left) < serviceKey(right) ? -1 : 1))
    const ports = served.flatMap(rulesOf)
    const open = ports.filter(({ rule }) => rule !== undefined)
    const closed = ports.filter(({ rule }) => rule === undefined)
    // One address may be claimed twice (an external address of two services): the first one has it.
    const claimed = open.flatMap(({ keys, chain }) => keys.map((key): [string, string] => [key, chain]))
    const servicePorts = new Map(claimed.toReversed())
    return {
      chains: new Map(open.flatMap(({ chain, rule }) => (rule === undefined ? [] : [[chain, rule]]))),
      servicePorts,
      noEndpoints: new Set(closed.flatMap(({ keys }) => keys).filter((key) => !servicePorts.has(key))),
      clusterIps: new Set(served.flatMap(({ service }) => clusterIpOf(service) ?? [])),
      hairpin: new Set(open.flatMap(({ endpointIps }) => endpointIps.map((ip) => `${ip} . ${ip}`))),
    }
  }
}
