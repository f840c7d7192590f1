/** StatefulSets: pods with ordinals, made, replaced and taken in order, with claims that outlive them. */
import { controllerOf } from '../../machinery/object-meta.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { StatefulSet } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isEmptySelector } from '../../resources/meta/label-selector.ts'
import { ownedObjects } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { followControlled } from '../follow-controlled.ts'
import { followOwnedPods } from '../pods/follow-owned-pods.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { createReconciler } from '../reconciler.ts'
import { planStatefulSet } from './plan-stateful-set.ts'
import { writeStatefulSet } from './stateful-set-writer.ts'
import { ordinalOf } from './stateful-pods.ts'

export const createStatefulSetController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'statefulset-controller'
  const recorder = context.recorder(name)
  const sets = informers.informer<StatefulSet>(resources.statefulSets)
  const pods = informers.informer<Pod>(resources.pods)
  const claims = informers.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims)
  const revisions = informers.informer<ControllerRevision>(resources.controllerRevisions)
  const expectations = createPodExpectations()

  const place = { cluster, owners: resources.statefulSets, objects: resources.pods }

  const reconcile = async (key: string): Promise<void> => {
    const set = sets.cache.get(key)
    if (set === undefined) return
    const { namespace, uid } = set.metadata
    const { selector } = set.spec
    if (isEmptySelector(selector)) {
      const message = 'This StatefulSet is selecting all pods. A non-empty selector is required.'
      recorder.record({ object: set, type: 'Warning', reason: 'SelectingAll', message })
      return
    }
    // Before the pods are read: see the ReplicaSet controller.
    const trusted = expectations.fulfilled(uid ?? '', clock.now())
    const candidates = pods.cache.list(namespace).filter((pod) => ordinalOf(set, pod) !== undefined)
    const owned = await ownedObjects(place, { owner: set, selector, candidates }, signal)
    const planned = planStatefulSet({
      set,
      pods: owned,
      revisions: revisions.cache.list(namespace).filter((revision) => controllerOf(revision)?.uid === uid),
      claims: new Map(claims.cache.list(namespace).map((claim) => [claim.metadata.name, claim])),
      now: clock.now(),
    })
    const plan = trusted ? planned : { ...planned, pods: [] }
    await writeStatefulSet({ cluster, clock, recorder, expectations }, { set, plan }, signal)
    if (plan.afterMs !== undefined) reconciler.enqueueAfter(key, plan.afterMs)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  followOwnedPods({ kind: 'StatefulSet', owners: sets, pods, expectations }, reconciler.enqueue)
  followControlled(revisions, 'StatefulSet', reconciler.enqueue)
  return { name, run: reconciler.run }
}
