import { objectKey } from '../../cluster/object-change.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { Endpoints } from '../../resources/core/endpoints.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { isMirrored, mirroredGroups, mirrorManager, mirrorOwner } from './mirrored-endpoints.ts'
import { managedByLabel, planOwnedSlices, type SliceAction, serviceNameLabel } from './plan-slices.ts'

const mirrorIndex = 'mirrored endpoints'
const endpointsWords = ({ metadata }: EndpointSlice): readonly string[] => {
  const name = metadata.labels?.[serviceNameLabel]
  return name === undefined || metadata.labels?.[managedByLabel] !== mirrorManager
    ? []
    : [objectKey({ ...metadata, name })]
}

/** Mirrors the Endpoints that users write for Services without a selector. */
export const createMirroringController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers } = context
  const name = 'endpointslicemirroring-controller'
  const services = informers.informer<Service>(resources.services)
  const slices = informers.informer<EndpointSlice>(resources.endpointSlices)
  const endpoints = informers.informer<Endpoints>(resources.endpoints)
  slices.cache.addIndex(mirrorIndex, endpointsWords)

  const write = async ({ type, slice }: SliceAction): Promise<void> => {
    if (type === 'create') await cluster.create(resources.endpointSlices, slice, signal)
    else if (type === 'update') await cluster.update(resources.endpointSlices, slice, { signal })
    else {
      await cluster.delete(resources.endpointSlices, slice.metadata, { signal }).catch((error: unknown) => {
        if (!isApiError(error, 404)) throw error
      })
    }
  }

  const reconcile = async (key: string): Promise<void> => {
    const written = endpoints.cache.get(key)
    const existing = slices.cache.byIndex(mirrorIndex, key)
    const actions =
      written !== undefined && isMirrored(written, services.cache.get(key))
        ? planOwnedSlices(mirrorOwner(written), mirroredGroups(written), existing)
        : existing.map((slice): SliceAction => ({ type: 'delete', slice }))
    for (const action of actions) await write(action)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  for (const followed of [services, endpoints]) {
    followed.subscribe(({ object }) => reconciler.enqueue(objectKey(object.metadata)))
  }
  slices.subscribe(({ object }) => endpointsWords(object).forEach(reconciler.enqueue))
  return { name, run: reconciler.run }
}
