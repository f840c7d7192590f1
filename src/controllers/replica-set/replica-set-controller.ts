/** ReplicaSets: as many pods of one template as are wanted, adopted, created and deleted. */
import type { Informer } from '../../cluster/informer.ts'
import { type ObjectChange, objectKey } from '../../cluster/object-change.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { adoptAndRelease } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { selectsLabels } from '../../resources/meta/label-selector.ts'
import { claimObjects } from '../ownership.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import { isPodActive } from '../pod-state.ts'
import { createReconciler } from '../reconciler.ts'
import { planReplicas, planReplicaSetStatus } from './plan-replica-set.ts'
import { createPodExpectations, type PodExpectations } from './pod-expectations.ts'
import { scalePods } from './pod-scaler.ts'

interface Followed {
  readonly replicaSets: Informer<ReplicaSet>
  readonly pods: Informer<Pod>
  readonly expectations: PodExpectations
}

/** Which ReplicaSets a change of a pod concerns; what was expected and has come is noted first. */
const subscribe = ({ replicaSets, pods, expectations }: Followed, enqueue: (key: string) => void): void => {
  const enqueueOwner = (pod: Pod): void => {
    const controller = controllerOf(pod)
    if (controller !== undefined) {
      if (controller.kind === 'ReplicaSet') enqueue(objectKey({ ...pod.metadata, name: controller.name }))
      return
    }
    // An orphan: every ReplicaSet that selects it may adopt it.
    for (const replicaSet of replicaSets.cache.list(pod.metadata.namespace)) {
      const selected = selectsLabels(replicaSet.spec.selector, pod.metadata.labels)
      if (selected) enqueue(objectKey(replicaSet.metadata))
    }
  }
  const note = ({ type, object }: ObjectChange<Pod>): void => {
    const owner = controllerOf(object)?.uid
    if (owner === undefined) return
    if (type === 'added') expectations.creationSeen(owner)
    if (type === 'deleted' || object.metadata.deletionTimestamp !== undefined) {
      expectations.deletionSeen(owner, object.metadata.uid ?? '')
    }
  }
  pods.subscribe((change) => {
    note(change)
    enqueueOwner(change.object)
    if (
      change.type === 'modified' &&
      controllerOf(change.previous)?.uid !== controllerOf(change.object)?.uid
    ) {
      enqueueOwner(change.previous)
    }
  })
  replicaSets.subscribe(({ type, object }) => {
    if (type === 'deleted') expectations.forget(object.metadata.uid ?? '')
    enqueue(objectKey(object.metadata))
  })
}

/** ReplicaSets: keep pods of one template at a number. */
export const createReplicaSetController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'replicaset-controller'
  const recorder = context.recorder(name)
  const replicaSets = informers.informer<ReplicaSet>(resources.replicaSets)
  const pods = informers.informer<Pod>(resources.pods)
  const expectations = createPodExpectations()

  const reconcile = async (key: string): Promise<void> => {
    const replicaSet = replicaSets.cache.get(key)
    if (replicaSet === undefined) return
    const { uid = '', namespace } = replicaSet.metadata
    // Before the pods are read: while they are adopted the cache goes on, but the list read from it does not.
    const trusted = expectations.fulfilled(uid, clock.now())
    const claims = claimObjects(replicaSet, pods.cache.list(namespace).filter(isPodActive), (labels) =>
      selectsLabels(replicaSet.spec.selector, labels),
    )
    const place = { cluster, owners: resources.replicaSets, objects: resources.pods }
    const adopted = await adoptAndRelease(place, { owner: replicaSet, claims }, signal)
    const owned = [...claims.owned, ...adopted]
    const now = clock.now()
    const action = trusted ? planReplicas(replicaSet, owned, now) : ({ type: 'nothing' } as const)
    const outcome = await scalePods({ cluster, recorder, expectations }, { replicaSet, action, now }, signal)
    const status = planReplicaSetStatus(replicaSet, owned, { failure: outcome.failure, now })
    if (status !== undefined) {
      await cluster.update(
        resources.replicaSets,
        { ...replicaSet, status },
        { subresource: 'status', signal },
      )
    }
    const { minReadySeconds = 0 } = replicaSet.spec
    const counted = status ?? replicaSet.status
    if (minReadySeconds > 0 && (counted?.readyReplicas ?? 0) > (counted?.availableReplicas ?? 0)) {
      reconciler.enqueueAfter(key, minReadySeconds * 1000)
    }
    if (outcome.failure !== undefined) {
      throw new CodedError('pods-not-scaled', outcome.failure.message, { cause: outcome.failure.reason })
    }
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  subscribe({ replicaSets, pods, expectations }, reconciler.enqueue)
  return { name, run: reconciler.run }
}
