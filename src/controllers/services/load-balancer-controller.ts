/** Services of type LoadBalancer: each gets an address of its own. */
import { objectKey } from '../../cluster/object-change.ts'
import { parseCidr } from '../../primitives/cidr.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { Service } from '../../resources/core/service.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { addressOf, planLoadBalancer } from './plan-load-balancer.ts'

/** Gives Services of type LoadBalancer an address of the range. Throws CodedError for a range that is none. */
export const createLoadBalancerController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, config } = context
  const name = 'service-controller'
  const range = parseCidr(config.loadBalancerRange)
  if (!range.ok) throw new CodedError('load-balancer-range-invalid', `load balancer range: ${range.error}`)
  const place = { range: range.value, lowestPort: config.lowestHostPort ?? 1 }
  const recorder = context.recorder(name)
  const services = informers.informer<Service>(resources.services)
  /** What this process gave and the cache does not show yet, by service key. */
  const given = new Map<string, string>()
  /** Who waits for an address to become free. */
  const refused = new Set<string>()

  const taken = (key: string): Set<string> => {
    const others = new Set<string>()
    for (const service of services.cache.list()) {
      const other = objectKey(service.metadata)
      const address = given.get(other) ?? addressOf(service)
      if (other !== key && address !== undefined) others.add(address)
    }
    return others
  }

  const reconcile = async (key: string): Promise<void> => {
    const service = services.cache.get(key)
    if (service === undefined) return
    // Services of other types, which are most, ask for nothing and need not know what others have.
    const others = service.spec.type === 'LoadBalancer' ? taken(key) : new Set<string>()
    const plan = planLoadBalancer(service, place, others)
    if (plan.type === 'nothing') return
    if (plan.type === 'refuse') {
      const message = `Error syncing load balancer: failed to ensure load balancer: ${plan.message}`
      recorder.record({ object: service, type: 'Warning', reason: 'SyncLoadBalancerFailed', message })
      refused.add(key)
      return
    }
    if (plan.ip !== undefined) given.set(key, plan.ip)
    const object = { ...service, status: plan.status }
    await cluster.update(resources.services, object, { subresource: 'status', signal })
    if (plan.ip === undefined || plan.ip === addressOf(service)) return
    recorder.record({
      object: service,
      type: 'Normal',
      reason: 'EnsuredLoadBalancer',
      message: 'Ensured load balancer',
    })
  }

  // One worker: two services must never choose at the same time.
  const reconciler = createReconciler({ ...context, name, reconcile, workers: 1 })
  services.subscribe((change) => {
    const key = objectKey(change.object.metadata)
    if (change.type === 'deleted' || addressOf(change.object) === given.get(key)) given.delete(key)
    if (change.type !== 'deleted') reconciler.enqueue(key)
    const freed = addressOf(change.type === 'modified' ? change.previous : change.object)
    const kept = change.type === 'deleted' ? undefined : addressOf(change.object)
    if (freed === undefined || freed === kept) return
    for (const waiting of refused) reconciler.enqueue(waiting)
    refused.clear()
  })
  return { name, run: reconciler.run }
}
