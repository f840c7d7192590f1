/** Which `address:port` on the host belongs to which port of which LoadBalancer service; pure. */
import type { ServicePort } from '../../resources/core/service.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

export interface HostPort {
  readonly address: string
  readonly port: number
  readonly namespace: string
  readonly service: string
  readonly servicePort: ServicePort
}

const portsOf = ({ service }: ServiceWithSlices): readonly HostPort[] => {
  if (service.spec.type !== 'LoadBalancer' || service.metadata.deletionTimestamp !== undefined) return []
  const { name, namespace = '' } = service.metadata
  const addresses = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])
  const ports = (service.spec.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
  return addresses.flatMap((address) =>
    ports.map((servicePort) => ({ address, port: servicePort.port, namespace, service: name, servicePort })),
  )
}

/** TCP ports of services whose status names an address. When two services name the same, the older one has it. */
export const planHostPorts = (services: readonly ServiceWithSlices[]): readonly HostPort[] => {
  // Few of many services are load balancers: only those are put in order.
  const newestFirst = services
    .filter((entry) => portsOf(entry).length > 0)
    .toSorted((left, right) => order(right) - order(left) || compareNames(right, left))
  const ports = newestFirst.flatMap(portsOf)
  return [...new Map(ports.map((port) => [`${port.address}:${port.port}`, port])).values()].toReversed()
}

const order = ({ service }: ServiceWithSlices): number =>
  Date.parse(service.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z')

const compareNames = (left: ServiceWithSlices, right: ServiceWithSlices): number => {
  const [first, second] = [left, right].map(
    ({ service: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name}`,
  )
  return (first ?? '') < (second ?? '') ? -1 : 1
}
