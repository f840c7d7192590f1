import type { OwnerReference } from '../../resources/kube-object.ts'
import { foregroundFinalizer, orphanFinalizer } from './owner-graph.ts'

/** `waiting`: the owner is being deleted and waits for its dependents. */
export type OwnerState = 'there' | 'absent' | 'waiting'

export interface OwnerLook {
  readonly reference: OwnerReference
  readonly state: OwnerState
}

export type CollectionPlan =
  | { readonly type: 'keep' }
  /** Keep the object, but drop the references to these owners. */
  | { readonly type: 'dropOwners'; readonly uids: ReadonlySet<string> }
  | { readonly type: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan' }

/**
 * What becomes of an object whose owners are so (Kubernetes' attemptToDeleteItem): one owner that stays keeps it;
 * without one it goes, in the way that its owner or its own finalizers ask for.
 */
export const planCollection = (
  owners: readonly OwnerLook[],
  object: { readonly finalizers: readonly string[]; readonly hasDependents: boolean },
): CollectionPlan => {
  const leaving = owners.filter(({ state }) => state !== 'there')
  if (leaving.length === 0) return { type: 'keep' }
  if (leaving.length < owners.length) {
    return { type: 'dropOwners', uids: new Set(leaving.map(({ reference }) => reference.uid)) }
  }
  const { finalizers, hasDependents } = object
  if (leaving.some(({ state }) => state === 'waiting') && hasDependents) {
    return { type: 'delete', policy: 'Foreground' }
  }
  if (finalizers.includes(orphanFinalizer)) return { type: 'delete', policy: 'Orphan' }
  return { type: 'delete', policy: finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background' }
}
