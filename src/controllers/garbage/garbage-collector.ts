/** Garbage collection: objects whose owners are gone go too, and deletions wait for what they must wait for. */
import type { KubeObject } from '../../resources/kube-object.ts'
import type { ControlledKind, Controller, ControllerContext } from '../controller-context.ts'
import type { ObjectChange } from '../../cluster/object-change.ts'
import { followKinds } from '../custom-resources/followed-kinds.ts'
import { createReconciler } from '../reconciler.ts'
import { createOwnedObjects } from './owned-objects.ts'
import { createOwnerGraph, foregroundFinalizer, orphanFinalizer, type OwnedObject } from './owner-graph.ts'
import { planCollection } from './plan-collection.ts'

/** Events have no owners worth following, and there are many. */
const isFollowed = ({ kind }: ControlledKind): boolean => kind !== 'Event'

/** Deletes what lost its owners, across all kinds, in the background, in the foreground, or not (orphan). */
export const createGarbageCollector = (context: ControllerContext, signal: AbortSignal): Controller => {
  const name = 'garbage-collector'
  const graph = createOwnerGraph()
  const objects = createOwnedObjects(context, { graph, kinds: () => followed.current() }, signal)

  /** What an object that is being deleted still owes its dependents. */
  const finish = async (object: OwnedObject): Promise<void> => {
    const dependents = graph.dependents(object.uid)
    if (object.finalizers.includes(orphanFinalizer)) {
      for (const dependent of dependents) await objects.release(dependent, new Set([object.uid]))
      return objects.removeFinalizer(object, orphanFinalizer)
    }
    if (!object.finalizers.includes(foregroundFinalizer)) return
    const blocking = dependents.filter(({ owners }) =>
      owners.some((owner) => owner.uid === object.uid && owner.blockOwnerDeletion === true),
    )
    if (blocking.length === 0) return objects.removeFinalizer(object, foregroundFinalizer)
    for (const { uid, deleting } of blocking) if (!deleting) reconciler.enqueue(uid)
  }

  const reconcile = async (uid: string): Promise<void> => {
    const object = graph.get(uid)
    if (object === undefined) return
    if (object.deleting) return finish(object)
    const looks = await Promise.all(
      object.owners.map(async (reference) => ({
        reference,
        state: await objects.ownerState(object, reference),
      })),
    )
    const hasDependents = graph.dependents(uid).length > 0
    const plan = planCollection(looks, { finalizers: object.finalizers, hasDependents })
    if (plan.type === 'keep') return
    if (plan.type === 'dropOwners') return objects.release(object, plan.uids)
    await objects.remove(object, plan.policy)
  }

  const reconciler = createReconciler({ ...context, name, reconcile, workers: 8 })
  const apply = (kind: ControlledKind, change: ObjectChange<KubeObject>): void => {
    for (const uid of graph.apply(kind, change)) reconciler.enqueue(uid)
  }
  const followed = followKinds(
    context,
    {
      wants: isFollowed,
      onKind: (kind, informer) => informer.subscribe((change) => apply(kind, change)),
      onGone: (kind, gone) => {
        for (const object of gone) apply(kind, { type: 'deleted', object })
      },
    },
    signal,
  )
  return { name, run: reconciler.run }
}
