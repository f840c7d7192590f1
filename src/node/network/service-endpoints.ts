/** Which addresses serve a port of a Service, from the Service and its EndpointSlices; pure. */
import type { Endpoint, EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import type { Service, ServicePort } from '../../resources/core/service.ts'

export interface ServiceEndpoint {
  readonly ip: string
  readonly port: number
}

/** A Service with its slices: what the service addresses, the DNS and the load balancer addresses are made from. */
export interface ServiceWithSlices {
  readonly service: Service
  readonly slices: readonly EndpointSlice[]
}

/** Absent means true (discovery/v1). */
export const isReady = (endpoint: Endpoint): boolean => endpoint.conditions?.ready !== false

/** Still serves while it ends; taken when nothing else is left, as kube-proxy does (KEP-1669). */
const isServingTerminating = (endpoint: Endpoint): boolean =>
  endpoint.conditions?.serving === true && endpoint.conditions.terminating === true

/** The port's numbers in one slice: by name and protocol, as the API pairs them. */
const numbersInSlice = (slice: EndpointSlice, port: ServicePort): readonly number[] =>
  (slice.ports ?? []).flatMap((candidate) =>
    (candidate.name ?? '') === (port.name ?? '') &&
    (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP') &&
    candidate.port !== undefined
      ? [candidate.port]
      : [],
  )

const matching = (
  slices: readonly EndpointSlice[],
  servicePort: ServicePort,
  wanted: (endpoint: Endpoint) => boolean,
): ServiceEndpoint[] => {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const ports = numbersInSlice(slice, servicePort)
    // Consumers take the first address only (discovery/v1, Endpoint.addresses).
    const addresses = slice.endpoints.filter(wanted).flatMap((endpoint) => endpoint.addresses.slice(0, 1))
    for (const ip of addresses) for (const port of ports) found.set(`${ip}:${port}`, { ip, port })
  }
  return [...found.keys()].toSorted().flatMap((key) => found.get(key) ?? [])
}

/** The ready endpoints of the port, else those that still serve while they end; sorted, without duplicates. */
export const endpointsOfPort = (slices: readonly EndpointSlice[], port: ServicePort): ServiceEndpoint[] => {
  const ready = matching(slices, port, isReady)
  return ready.length > 0 ? ready : matching(slices, port, isServingTerminating)
}

/** The dotted ClusterIP, or undefined for headless and ExternalName services and before one is given. */
export const clusterIpOf = (service: Service): string | undefined => {
  const address = service.spec.clusterIP
  return service.spec.type === 'ExternalName' || address === undefined || address === '' || address === 'None'
    ? undefined
    : address
}
