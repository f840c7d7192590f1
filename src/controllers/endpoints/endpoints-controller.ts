/** Endpoints and EndpointSlices: which pods answer for a Service, kept as its selector and their readiness say. */
import type { Informer } from '../../cluster/informer.ts'
import { nameOfKey, objectKey } from '../../cluster/object-change.ts'
import type { Endpoints } from '../../resources/core/endpoints.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { planEndpoints } from './plan-endpoints.ts'
import { planSlices, serviceKeysOfSlices, sliceManager } from './plan-slices.ts'
import { writeSlice } from './write-slice.ts'
import { endpointGroups, hasManagedEndpoints, selectsPod } from './service-endpoints.ts'

const serviceIndex = 'service'
const serviceWords = serviceKeysOfSlices(sliceManager)

interface Followed {
  readonly services: Informer<Service>
  readonly pods: Informer<Pod>
  readonly slices: Informer<EndpointSlice>
  readonly endpoints: Informer<Endpoints>
}

const subscribe = (followed: Followed, enqueue: (key: string) => void): void => {
  const { services, pods, slices, endpoints } = followed
  const enqueueServicesOf = (pod: Pod): void => {
    for (const service of services.cache.list(pod.metadata.namespace)) {
      if (selectsPod(service, pod)) enqueue(objectKey(service.metadata))
    }
  }
  services.subscribe(({ object }) => enqueue(objectKey(object.metadata)))
  pods.subscribe((change) => {
    enqueueServicesOf(change.object)
    if (change.type === 'modified') enqueueServicesOf(change.previous)
  })
  slices.subscribe(({ object }) => serviceWords(object).forEach(enqueue))
  endpoints.subscribe(({ object }) => enqueue(objectKey(object.metadata)))
}

/** EndpointSlices, and the older Endpoints, of Services with a selector. */
export const createEndpointsController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers } = context
  const name = 'endpointslice-controller'
  const followed: Followed = {
    services: informers.informer<Service>(resources.services),
    pods: informers.informer<Pod>(resources.pods),
    slices: informers.informer<EndpointSlice>(resources.endpointSlices),
    endpoints: informers.informer<Endpoints>(resources.endpoints),
  }
  const { services, pods, slices, endpoints } = followed
  slices.cache.addIndex(serviceIndex, serviceWords)

  const reconcile = async (key: string): Promise<void> => {
    const service = services.cache.get(key)
    const stored = endpoints.cache.get(key)
    if (service === undefined) {
      // Slices have an owner and go with it; Endpoints never had one. One without a service that was ever here stays.
      if (orphaned.delete(key) && stored !== undefined) {
        await cluster.delete(resources.endpoints, nameOfKey(key), { signal })
      }
      return
    }
    if (!hasManagedEndpoints(service) || service.metadata.deletionTimestamp !== undefined) return
    const groups = endpointGroups(service, pods.cache.list(service.metadata.namespace))
    for (const action of planSlices(service, groups, slices.cache.byIndex(serviceIndex, key)))
      await writeSlice(cluster, action, signal)
    const legacy = planEndpoints(service, groups, stored)
    if (legacy === undefined) return
    if (stored === undefined) await cluster.create(resources.endpoints, legacy, signal)
    else await cluster.update(resources.endpoints, legacy, { signal })
  }

  const orphaned = new Set<string>()
  const reconciler = createReconciler({ ...context, name, reconcile })
  services.subscribe(({ type, object }) => {
    if (type === 'deleted' && hasManagedEndpoints(object)) orphaned.add(objectKey(object.metadata))
  })
  subscribe(followed, reconciler.enqueue)
  return { name, run: reconciler.run }
}
