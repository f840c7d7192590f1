/** ReplicaSets: as many pods of one template as are wanted, adopted, created and deleted. */
import { CodedError } from '../../primitives/coded-error.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { adoptAndRelease } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { selectsLabels } from '../../resources/meta/label-selector.ts'
import { claimObjects } from '../ownership.ts'
import { followOwnedPods } from '../pods/follow-owned-pods.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { isPodActive } from '../pods/pod-state.ts'
import { createReconciler } from '../reconciler.ts'
import { planReplicas, planReplicaSetStatus } from './plan-replica-set.ts'
import { scalePods } from './pod-scaler.ts'

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
    const failure = await scalePods({ cluster, recorder, expectations }, { replicaSet, action, now }, signal)
    const status = planReplicaSetStatus(replicaSet, owned, { failure, now })
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
    if (failure !== undefined) {
      throw new CodedError('pods-not-scaled', failure.message, { cause: failure.reason })
    }
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  followOwnedPods({ kind: 'ReplicaSet', owners: replicaSets, pods, expectations }, reconciler.enqueue)
  return { name, run: reconciler.run }
}
