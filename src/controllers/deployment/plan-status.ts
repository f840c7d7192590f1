import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../resources/apps/deployment.ts'
import { withCondition, withoutCondition } from './deployment-conditions.ts'
import { replicasOf, rollingBounds } from './rolling-bounds.ts'
import { allSets, availableOf, type RolloutSets, sizeOf, sum } from './rollout-sets.ts'

/** The numbers of a Deployment's status, and its Available and ReplicaFailure conditions. `now` in milliseconds. */
export const planStatus = (
  deployment: Deployment,
  sets: RolloutSets,
  conditions: readonly DeploymentCondition[],
  now: number,
): DeploymentStatus => {
  const all = allSets(sets)
  const available = sum(all, availableOf)
  const minimum = replicasOf(deployment) - rollingBounds(deployment).maxUnavailable
  const enough = available >= minimum
  const withAvailable = withCondition(
    conditions,
    {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
    },
    now,
  )
  const failing = [sets.current, ...sets.old]
    .flatMap((set) => set?.status?.conditions ?? [])
    .find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  const { collisionCount } = deployment.status ?? {}
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: sets.current?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(sum(all, sizeOf) - available, 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions:
      failing === undefined
        ? withoutCondition(withAvailable, 'ReplicaFailure')
        : withCondition(
            withAvailable,
            {
              type: 'ReplicaFailure',
              status: 'True',
              reason: failing.reason ?? 'FailedCreate',
              message: failing.message ?? '',
            },
            now,
          ),
  }
}

/** Kubernetes leaves zeros out of a stored status: what is absent and what is 0 are equal. */
export const withoutZeros = (status: DeploymentStatus): Record<string, unknown> =>
  Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0))
