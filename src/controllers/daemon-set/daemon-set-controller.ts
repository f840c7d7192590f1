/** DaemonSets: one pod on each node that takes it, replaced node by node. */
import { objectKey } from '../../cluster/object-change.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { DaemonSet } from '../../resources/apps/daemon-set.ts'
import type { Node } from '../../resources/core/node.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isEmptySelector } from '../../resources/meta/label-selector.ts'
import { ownedObjects } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { followControlled } from '../follow-controlled.ts'
import { followOwnedPods } from '../pods/follow-owned-pods.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { createReconciler } from '../reconciler.ts'
import { createDaemonSetWriter } from './daemon-set-writer.ts'
import { planDaemonSet } from './plan-daemon-set.ts'

export const createDaemonSetController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'daemonset-controller'
  const recorder = context.recorder(name)
  const sets = informers.informer<DaemonSet>(resources.daemonSets)
  const pods = informers.informer<Pod>(resources.pods)
  const nodes = informers.informer<Node>(resources.nodes)
  const revisions = informers.informer<ControllerRevision>(resources.controllerRevisions)
  const expectations = createPodExpectations()

  const place = { cluster, owners: resources.daemonSets, objects: resources.pods }
  const perform = createDaemonSetWriter({ cluster, clock, recorder, expectations }, signal)

  const reconcile = async (key: string): Promise<void> => {
    const set = sets.cache.get(key)
    if (set === undefined) return
    const { namespace, uid = '' } = set.metadata
    const { selector } = set.spec
    if (isEmptySelector(selector)) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
      recorder.record({ object: set, type: 'Warning', reason: 'SelectingAll', message })
      return
    }
    // Before the pods are read: see the ReplicaSet controller.
    const trusted = expectations.fulfilled(uid, clock.now())
    const candidates = pods.cache.list(namespace)
    const plan = planDaemonSet({
      set,
      pods: await ownedObjects(place, { owner: set, selector, candidates }, signal),
      nodes: nodes.cache.list(),
      revisions: revisions.cache.list(namespace).filter((revision) => controllerOf(revision)?.uid === uid),
      trusted,
      now: clock.now(),
    })
    await perform(set, plan)
    if (plan.afterMs !== undefined) reconciler.enqueueAfter(key, plan.afterMs)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  followOwnedPods({ kind: 'DaemonSet', owners: sets, pods, expectations }, reconciler.enqueue)
  nodes.subscribe((change) => {
    // A heartbeat in the status changes no daemon.
    const same =
      change.type === 'modified' &&
      jsonEqual(change.object.spec, change.previous.spec) &&
      jsonEqual(change.object.metadata.labels, change.previous.metadata.labels)
    if (!same) for (const { metadata } of sets.cache.list()) reconciler.enqueue(objectKey(metadata))
  })
  followControlled(revisions, 'DaemonSet', reconciler.enqueue)
  return { name, run: reconciler.run }
}
