/** Deployments: one ReplicaSet per template, brought from the old one to the new one within the rollout's bounds. */
import type { Informer } from '../../cluster/informer.ts'
import { objectKey } from '../../cluster/object-change.ts'
import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { isEmptySelector, selectsLabels } from '../../resources/meta/label-selector.ts'
import { controllerIndex, controllerWords } from '../ownership.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import { ownedObjects } from '../adoption.ts'
import { createReconciler } from '../reconciler.ts'
import { createDeploymentWriter } from './deployment-writer.ts'
import { planDeployment } from './plan-deployment.ts'

interface Followed {
  readonly deployments: Informer<Deployment>
  readonly replicaSets: Informer<ReplicaSet>
  readonly pods: Informer<Pod>
}

/** Which Deployment a change of it, of its ReplicaSets or of their pods concerns. */
const subscribe = ({ deployments, replicaSets, pods }: Followed, enqueue: (key: string) => void): void => {
  const enqueueOwner = (set: ReplicaSet): void => {
    const controller = controllerOf(set)
    if (controller?.kind === 'Deployment') {
      enqueue(objectKey({ ...set.metadata, name: controller.name }))
      return
    }
    if (controller !== undefined) return
    // An orphan: every Deployment that selects it may adopt it.
    for (const deployment of deployments.cache.list(set.metadata.namespace)) {
      const selected = selectsLabels(deployment.spec.selector, set.metadata.labels)
      if (selected) enqueue(objectKey(deployment.metadata))
    }
  }
  deployments.subscribe(({ object }) => enqueue(objectKey(object.metadata)))
  replicaSets.subscribe((change) => {
    enqueueOwner(change.object)
    if (change.type === 'modified') enqueueOwner(change.previous)
  })
  pods.subscribe((change) => {
    // Recreate waits for the last old pod to be gone.
    if (change.type !== 'deleted') return
    const owner = controllerOf(change.object)
    const set = replicaSets.cache.get(objectKey({ ...change.object.metadata, name: owner?.name ?? '' }))
    if (set !== undefined && set.metadata.uid === owner?.uid) enqueueOwner(set)
  })
}

/** Deployments: rolls their ReplicaSets from one template to the next. */
export const createDeploymentController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'deployment-controller'
  const recorder = context.recorder(name)
  const deployments = informers.informer<Deployment>(resources.deployments)
  const replicaSets = informers.informer<ReplicaSet>(resources.replicaSets)
  const pods = informers.informer<Pod>(resources.pods)
  const perform = createDeploymentWriter({ cluster, recorder }, signal)
  replicaSets.cache.addIndex(controllerIndex, controllerWords)
  pods.cache.addIndex(controllerIndex, controllerWords)

  const reconcile = async (key: string): Promise<void> => {
    const deployment = deployments.cache.get(key)
    if (deployment === undefined) return
    const { selector } = deployment.spec
    if (isEmptySelector(selector)) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.'
      recorder.record({ object: deployment, type: 'Warning', reason: 'SelectingAll', message })
      return
    }
    const candidates = replicaSets.cache.list(deployment.metadata.namespace)
    const place = { cluster, owners: resources.deployments, objects: resources.replicaSets }
    const owned = await ownedObjects(place, { owner: deployment, selector, candidates }, signal)
    const owner = (set: ReplicaSet): readonly Pod[] =>
      pods.cache.byIndex(controllerIndex, set.metadata.uid ?? '')
    const state = { deployment, replicaSets: owned, pods: owned.flatMap(owner), now: clock.now() }
    let latest = deployment
    for (const action of planDeployment(state)) {
      if (action.type === 'lookAgain') reconciler.enqueueAfter(key, action.afterMs)
      else latest = await perform(latest, action)
    }
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  subscribe({ deployments, replicaSets, pods }, reconciler.enqueue)
  return { name, run: reconciler.run }
}
