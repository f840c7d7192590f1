/** ReplicaSets: as many pods of one template as are wanted, adopted, created and deleted. */
import { CodedError } from '../../primitives/coded-error.ts'
import type { Informer } from '../../cluster/informer.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { ReplicationController } from '../../resources/core/replication-controller.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { ownedObjects } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { followOwnedPods } from '../pods/follow-owned-pods.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { isPodActive } from '../pods/pod-state.ts'
import { createReconciler } from '../reconciler.ts'
import { planReplicas, planReplicaSetStatus } from './plan-replica-set.ts'
import { asReplicationController, replicationControllersAsReplicaSets } from './replication-controllers.ts'
import { scalePods } from './pod-scaler.ts'

interface Owners {
  readonly name: string
  /** As ownerReferences name it. */
  readonly kind: string
  readonly resource: ResourceRef
  readonly objects: Informer<ReplicaSet>
  readonly asStored: (seen: ReplicaSet) => KubeObject
}

const createController = (context: ControllerContext, owners: Owners, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const { name, objects: replicaSets } = owners
  const recorder = context.recorder(name)
  const pods = informers.informer<Pod>(resources.pods)
  const expectations = createPodExpectations()
  const place = { cluster, owners: owners.resource, objects: resources.pods }

  const reconcile = async (key: string): Promise<void> => {
    const replicaSet = replicaSets.cache.get(key)
    if (replicaSet === undefined) return
    const { uid = '', namespace } = replicaSet.metadata
    // Before the pods are read: while they are adopted the cache goes on, but the list read from it does not.
    const trusted = expectations.fulfilled(uid, clock.now())
    const { selector } = replicaSet.spec
    const candidates = pods.cache.list(namespace).filter(isPodActive)
    const owned = await ownedObjects(place, { owner: replicaSet, selector, candidates }, signal)
    const now = clock.now()
    const action = trusted ? planReplicas(replicaSet, owned, now) : ({ type: 'nothing' } as const)
    const failure = await scalePods({ cluster, recorder, expectations }, { replicaSet, action, now }, signal)
    const status = planReplicaSetStatus(replicaSet, owned, { failure, now })
    if (status !== undefined) {
      const object = owners.asStored({ ...replicaSet, status })
      await cluster.update(owners.resource, object, { subresource: 'status', signal })
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
  followOwnedPods({ kind: owners.kind, owners: replicaSets, pods, expectations }, reconciler.enqueue)
  return { name, run: reconciler.run }
}

/** ReplicaSets: keep pods of one template at a number. */
export const createReplicaSetController = (context: ControllerContext, signal: AbortSignal): Controller =>
  createController(
    context,
    {
      name: 'replicaset-controller',
      kind: 'ReplicaSet',
      resource: resources.replicaSets,
      objects: context.informers.informer<ReplicaSet>(resources.replicaSets),
      asStored: (replicaSet) => replicaSet,
    },
    signal,
  )

/** ReplicationControllers: the same with an older selector. */
export const createReplicationController = (context: ControllerContext, signal: AbortSignal): Controller =>
  createController(
    context,
    {
      name: 'replication-controller',
      kind: 'ReplicationController',
      resource: resources.replicationControllers,
      objects: replicationControllersAsReplicaSets(
        context.informers.informer<ReplicationController>(resources.replicationControllers),
      ),
      asStored: asReplicationController,
    },
    signal,
  )
