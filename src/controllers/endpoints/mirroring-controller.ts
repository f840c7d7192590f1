import { objectKey } from '../../cluster/object-change.ts'
import type { Endpoints } from '../../resources/core/endpoints.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { isMirrored, mirroredGroups, mirrorManager, mirrorOwner } from './mirrored-endpoints.ts'
import { planOwnedSlices, serviceKeysOfSlices, type SliceAction } from './plan-slices.ts'
import { writeSlice } from './write-slice.ts'

const mirrorIndex = 'mirrored endpoints'
const endpointsWords = serviceKeysOfSlices(mirrorManager)

/** Mirrors the Endpoints that users write for Services without a selector. */
export const createMirroringController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers } = context
  const name = 'endpointslicemirroring-controller'
  const services = informers.informer<Service>(resources.services)
  const slices = informers.informer<EndpointSlice>(resources.endpointSlices)
  const endpoints = informers.informer<Endpoints>(resources.endpoints)
  slices.cache.addIndex(mirrorIndex, endpointsWords)

  const reconcile = async (key: string): Promise<void> => {
    const written = endpoints.cache.get(key)
    const existing = slices.cache.byIndex(mirrorIndex, key)
    const actions =
      written !== undefined && isMirrored(written, services.cache.get(key))
        ? planOwnedSlices(mirrorOwner(written), mirroredGroups(written), existing)
        : existing.map((slice): SliceAction => ({ type: 'delete', slice }))
    for (const action of actions) await writeSlice(cluster, action, signal)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  for (const followed of [services, endpoints]) {
    followed.subscribe(({ object }) => reconciler.enqueue(objectKey(object.metadata)))
  }
  slices.subscribe(({ object }) => endpointsWords(object).forEach(reconciler.enqueue))
  return { name, run: reconciler.run }
}
