/** Which `address:port` on the host belongs to which port of which service; pure. */
import { everyAddress, hostPortOf, type PublishedPort } from '../../primitives/host-port.ts'
import type { ServicePort } from '../../resources/core/service.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

export interface HostPort {
  readonly address: string
  readonly port: number
  readonly namespace: string
  readonly service: string
  readonly servicePort: ServicePort
  /** At an address and port of the user's choice, not at the Service's own. */
  readonly isPublished: boolean
}

/** What the host allows, and what the user asked for beside the addresses of load balancers. */
export interface HostPortRules {
  /** The lowest port that this user may open. */
  readonly lowestPort: number
  /** Ports of one Service on addresses of the user's choice. */
  readonly published: readonly PublishedPort[]
  readonly publishedService: { readonly namespace: string; readonly name: string }
}

const isTcp = ({ protocol }: ServicePort): boolean => (protocol ?? 'TCP') === 'TCP'

const balancedPorts = ({ service }: ServiceWithSlices, lowestPort: number): readonly HostPort[] => {
  if (service.spec.type !== 'LoadBalancer' || service.metadata.deletionTimestamp !== undefined) return []
  const { name, namespace = '' } = service.metadata
  const addresses = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])
  const ports = (service.spec.ports ?? []).filter(isTcp)
  const numbers = ports.map(({ port }) => port)
  return addresses.flatMap((address) =>
    ports.map((servicePort) => {
      const port = hostPortOf(servicePort.port, lowestPort, numbers)
      return { address, port, namespace, service: name, servicePort, isPublished: false }
    }),
  )
}

const publishedPorts = (
  services: readonly ServiceWithSlices[],
  { published, publishedService: { namespace, name } }: HostPortRules,
): readonly HostPort[] => {
  const found = services.find(
    ({ service: { metadata } }) => metadata.name === name && metadata.namespace === namespace,
  )
  return published.flatMap(({ address, port, servicePort: wanted }) =>
    (found?.service.spec.ports ?? [])
      .filter((each) => isTcp(each) && each.port === wanted)
      .map((servicePort) => ({
        ...{ address, port, namespace, service: name, servicePort },
        isPublished: true,
      })),
  )
}

/**
 * TCP ports of services whose status names an address, and the published ones. When two services name the same, the
 * older one has it.
 */
export const planHostPorts = (
  services: readonly ServiceWithSlices[],
  rules: HostPortRules,
): readonly HostPort[] => {
  // Few of many services are load balancers: only those are put in order.
  const newestFirst = services
    .filter((entry) => balancedPorts(entry, rules.lowestPort).length > 0)
    .toSorted((left, right) => order(right) - order(left) || compareNames(right, left))
  const ports = [
    ...newestFirst.flatMap((entry) => balancedPorts(entry, rules.lowestPort)),
    ...publishedPorts(services, rules),
  ]
  return [...new Map(ports.map((port) => [hostPortKey(port), port])).values()].toReversed()
}

export const hostPortKey = ({ address, port }: Pick<HostPort, 'address' | 'port'>): string =>
  `${address}:${port}`

/** A socket for every address of the host takes the connections to each: the kernel allows no second one on the port. */
export const socketsFor = (ports: readonly HostPort[]): readonly HostPort[] => {
  const everywhere = new Set(ports.filter(({ address }) => address === everyAddress).map(({ port }) => port))
  return ports.filter(({ address, port }) => address === everyAddress || !everywhere.has(port))
}

const order = ({ service }: ServiceWithSlices): number =>
  Date.parse(service.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z')

const compareNames = (left: ServiceWithSlices, right: ServiceWithSlices): number => {
  const [first, second] = [left, right].map(
    ({ service: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name}`,
  )
  return (first ?? '') < (second ?? '') ? -1 : 1
}
