import type { EventRecorder } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { resources } from '../controller-context.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import type { DeploymentAction } from './plan-deployment.ts'
import { revisionAnnotation } from './replica-set-annotations.ts'
import { sizeOf } from './rollout-sets.ts'
import { sameTemplate } from './template-hash.ts'

export type DeploymentWrite = Exclude<DeploymentAction, { readonly type: 'lookAgain' }>

/** Carries out one planned write; gives the Deployment as it is after it. */
export type DeploymentWriter = (deployment: Deployment, write: DeploymentWrite) => Promise<Deployment>

export const createDeploymentWriter = (
  { cluster, recorder }: { readonly cluster: ClusterPort; readonly recorder: EventRecorder },
  signal: AbortSignal,
): DeploymentWriter => {
  const scaled = (deployment: Deployment, replicaSet: ReplicaSet, from: number): void => {
    const to = sizeOf(replicaSet)
    if (from === to) return
    const direction = to > from ? 'up' : 'down'
    const message = `Scaled ${direction} replica set ${replicaSet.metadata.name} from ${from} to ${to}`
    recorder.record({ object: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message })
  }

  /** The name is taken: by this Deployment's own set, not yet in the cache, or by a hash collision. */
  const collided = async (deployment: Deployment, replicaSet: ReplicaSet): Promise<void> => {
    const there = await cluster.get<ReplicaSet>(resources.replicaSets, replicaSet.metadata, signal)
    const own =
      there !== undefined &&
      controllerOf(there)?.uid === deployment.metadata.uid &&
      sameTemplate(there.spec.template, replicaSet.spec.template)
    if (own || there === undefined) return
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
    const status = { ...deployment.status, collisionCount }
    await cluster.update(resources.deployments, { ...deployment, status }, { subresource: 'status', signal })
  }

  return async (deployment, write) => {
    switch (write.type) {
      case 'createReplicaSet':
        try {
          scaled(deployment, await cluster.create(resources.replicaSets, write.replicaSet, signal), 0)
          return deployment
        } catch (error) {
          if (isApiError(error, 409)) await collided(deployment, write.replicaSet)
          throw error
        }
      case 'updateReplicaSet':
        await cluster.update(resources.replicaSets, write.replicaSet, { signal })
        scaled(deployment, write.replicaSet, write.from)
        return deployment
      case 'deleteReplicaSet': {
        const { uid, resourceVersion } = write.replicaSet.metadata
        const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }
        const options = { propagationPolicy: 'Background', preconditions, signal } as const
        await cluster.delete(resources.replicaSets, write.replicaSet.metadata, options)
        return deployment
      }
      case 'setRevision': {
        const body = { metadata: { annotations: { [revisionAnnotation]: write.revision } } }
        return cluster.patch(resources.deployments, deployment.metadata, { kind: 'merge', body }, { signal })
      }
      case 'updateStatus': {
        const object = { ...deployment, status: write.status }
        return cluster.update(resources.deployments, object, { subresource: 'status', signal })
      }
    }
  }
}
