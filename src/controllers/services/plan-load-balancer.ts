import {
  addressIndex,
  type Cidr,
  cidrContains,
  cidrSize,
  formatCidr,
  nthAddress,
} from '../../primitives/cidr.ts'
import type { Service, ServiceStatus } from '../../resources/core/service.ts'

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

const choose = (service: Service, range: Cidr, taken: ReadonlySet<string>): LoadBalancerPlan => {
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
  return {
    type: 'setStatus',
    ip,
    status: { ...service.status, loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
  }
}

/** The address of one service; `taken` are those of the others. An address once given stays while it is valid. */
export const planLoadBalancer = (
  service: Service,
  range: Cidr,
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
    cidrContains(range, current) &&
    !taken.has(current) &&
    (wished === undefined || wished === current)
  return keeps ? { type: 'nothing' } : choose(service, range, taken)
}
