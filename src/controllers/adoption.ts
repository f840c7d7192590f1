import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { type LabelSelector, selectsLabels } from '../resources/meta/label-selector.ts'
import { type Claims, claimObjects, withOwner, withoutOwners } from './ownership.ts'
import { controllerReference } from '../machinery/object-meta.ts'

interface Place {
  readonly cluster: ClusterPort
  readonly owners: ResourceRef
  readonly objects: ResourceRef
}

/**
 * Carries out claims: adopts orphans and releases what is no longer selected. Gives the adopted objects.
 * Before an adoption the owner is read afresh: one that was deleted meanwhile must not take anything.
 */
const adoptAndRelease = async <T extends KubeObject>(
  place: Place,
  { owner, claims }: { readonly owner: KubeObject; readonly claims: Claims<T> },
  signal: AbortSignal,
): Promise<readonly T[]> => {
  const { cluster, owners, objects } = place
  for (const object of claims.release) {
    const released = withoutOwners(object, new Set([owner.metadata.uid ?? '']))
    await cluster.update(objects, released, { signal }).catch((error: unknown) => {
      if (!isApiError(error, 404)) throw error
    })
  }
  if (claims.adopt.length === 0) return []
  const fresh = await cluster.get(owners, owner.metadata, signal)
  if (fresh?.metadata.uid !== owner.metadata.uid || fresh?.metadata.deletionTimestamp !== undefined) return []
  const adopted: T[] = []
  for (const object of claims.adopt) {
    try {
      adopted.push(await cluster.update(objects, withOwner(object, controllerReference(owner)), { signal }))
    } catch (error) {
      if (!isApiError(error, 404)) throw error
    }
  }
  return adopted
}

/** The candidates that are an owner's by its selector, adopted where they were nobody's; what it no longer selects it lets go. */
export const ownedObjects = async <T extends KubeObject>(
  place: Place,
  selection: {
    readonly owner: KubeObject
    readonly selector: LabelSelector
    readonly candidates: readonly T[]
  },
  signal: AbortSignal,
): Promise<readonly T[]> => {
  const { owner, selector, candidates } = selection
  const claims = claimObjects(owner, candidates, (labels) => selectsLabels(selector, labels))
  return [...claims.owned, ...(await adoptAndRelease(place, { owner, claims }, signal))]
}
