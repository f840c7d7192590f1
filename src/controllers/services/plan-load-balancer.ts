import {
  addressIndex,
  type Cidr,
  cidrContains,
  cidrSize,
  formatCidr,
  nthAddress,
} from '../../primitives/cidr.ts'
import type { LoadBalancerIngress, Service, ServiceStatus } from '../../resources/core/service.ts'

export type LoadBalancerPlan =
  | { readonly type: 'nothing' }
  /** `ip` is undefined when the service is no load balancer any more. */
  | { readonly type: 'setStatus'; readonly status: ServiceStatus; readonly ip: string | undefined }
  | { readonly type: 'refuse'; readonly message: string }

export const addressOf = (service: Service): string | undefined =>
  service.status?.loadBalancer?.ingress?.[0]?.ip

const wantsAddress = (service: Service): boolean =>
  service.spec.type === 'LoadBalancer' &&
  service.metadata.deletionTimestamp === undefined &&
  // Another class is another controller's.
  service.spec.loadBalancerClass === undefined

/** The first free address; network and broadcast address stay out where the range has room for them. */
const firstFree = (range: Cidr, taken: ReadonlySet<string>): string | undefined => {
  const size = cidrSize(range)
  const margin = size > 2 ? 1 : 0
  for (let index = margin; index < size - margin; index += 1) {
    const address = nthAddress(range, index)
    if (address !== undefined && !taken.has(address)) return address
  }
  return undefined
}

/** In the form that Kubernetes asks of errors that are not its own (`PortStatus.error`). */
const forbidden = 'weft.dev/HostPortForbidden'

/** Where the host forbids a port to this user, the status of every port says which can be reached and which cannot. */
const ingressOf = ({ spec }: Service, ip: string, lowestPort: number): LoadBalancerIngress => {
  const ports = (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => {
    return { port, protocol, ...(port < lowestPort && protocol === 'TCP' ? { error: forbidden } : {}) }
  })
  return { ip, ipMode: 'VIP', ...(ports.some(({ error }) => error !== undefined) ? { ports } : {}) }
}

const setAddress = (service: Service, ip: string, lowestPort: number): LoadBalancerPlan => ({
  type: 'setStatus',
  ip,
  status: { ...service.status, loadBalancer: { ingress: [ingressOf(service, ip, lowestPort)] } },
})

/** The range, and the lowest port that this user may open on its addresses. */
export interface LoadBalancerPlace {
  readonly range: Cidr
  readonly lowestPort: number
}

const choose = (
  service: Service,
  { range, lowestPort }: LoadBalancerPlace,
  taken: ReadonlySet<string>,
): LoadBalancerPlan => {
  const { loadBalancerIP: wished } = service.spec
  const usable = wished === undefined || (cidrContains(range, wished) && addressIndex(range, wished) !== 0)
  if (wished !== undefined && !usable) {
    const message = `spec.loadBalancerIP: ${wished} is not in the load balancer range ${formatCidr(range)}; choose an address of that range, or leave the field out`
    return { type: 'refuse', message }
  }
  if (wished !== undefined && taken.has(wished)) {
    const message = `spec.loadBalancerIP: ${wished} belongs to another Service; choose a free address of ${formatCidr(range)}, or leave the field out`
    return { type: 'refuse', message }
  }
  const ip = wished ?? firstFree(range, taken)
  if (ip === undefined) {
    return { type: 'refuse', message: `no address of the load balancer range ${formatCidr(range)} is free` }
  }
  return setAddress(service, ip, lowestPort)
}

const portsText = (ingress: LoadBalancerIngress | undefined): string =>
  (ingress?.ports ?? []).map(({ port, protocol, error = '' }) => `${port}/${protocol}/${error}`).join(' ')

/** The address of one service; `taken` are those of the others. An address once given stays while it is valid. */
export const planLoadBalancer = (
  service: Service,
  place: LoadBalancerPlace,
  taken: ReadonlySet<string>,
): LoadBalancerPlan => {
  const current = addressOf(service)
  if (!wantsAddress(service)) {
    if (current === undefined || service.metadata.deletionTimestamp !== undefined) return { type: 'nothing' }
    if (service.spec.loadBalancerClass !== undefined) return { type: 'nothing' }
    return { type: 'setStatus', ip: undefined, status: { ...service.status, loadBalancer: {} } }
  }
  const { loadBalancerIP: wished } = service.spec
  const keeps =
    current !== undefined &&
    cidrContains(place.range, current) &&
    !taken.has(current) &&
    (wished === undefined || wished === current)
  if (!keeps) return choose(service, place, taken)
  const wanted = portsText(ingressOf(service, current, place.lowestPort))
  const isSaid = portsText(service.status?.loadBalancer?.ingress?.[0]) === wanted
  return isSaid ? { type: 'nothing' } : setAddress(service, current, place.lowestPort)
}
