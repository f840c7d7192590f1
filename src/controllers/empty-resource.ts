import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ListOptions, ResourceRef } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** A kind that is served no more has no objects. */
const listed = async (
  cluster: ClusterPort,
  resource: ResourceRef,
  options: ListOptions,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> => {
  try {
    return (await cluster.list<KubeObject>(resource, options, signal)).items
  } catch (error) {
    if (!isApiError(error, 404)) throw error
    return []
  }
}

/** Deletes what there is of a resource, in one namespace or in all; gives how many objects are left. */
export const emptyResource = async (
  cluster: ClusterPort,
  resource: ResourceRef,
  options: ListOptions,
  signal: AbortSignal,
): Promise<number> => {
  const items = await listed(cluster, resource, options, signal)
  for (const { metadata } of items) {
    if (metadata.deletionTimestamp !== undefined) continue
    const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace }
    const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }
    try {
      await cluster.delete(
        resource,
        { ...place, name: metadata.name },
        { propagationPolicy: 'Background', ...preconditions, signal },
      )
    } catch (error) {
      if (!isApiError(error, 404) && !isApiError(error, 409)) throw error
    }
  }
  return items.length === 0 ? 0 : (await listed(cluster, resource, options, signal)).length
}
