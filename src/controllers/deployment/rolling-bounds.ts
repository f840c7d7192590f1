import type { Deployment } from '../../resources/apps/deployment.ts'
import { amountOf } from '../amount.ts'

/** How far a rolling update may leave the wanted number of replicas, in pods. */
export interface RollingBounds {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

export const replicasOf = (deployment: Deployment): number => deployment.spec.replicas ?? 1

export const isRollingUpdate = (deployment: Deployment): boolean =>
  (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'

/**
 * Surge rounds up, unavailable rounds down; both zero would stop every rollout, so one pod may then be unavailable
 * (Kubernetes' ResolveFenceposts). Recreate has no bounds.
 */
export const rollingBounds = (deployment: Deployment): RollingBounds => {
  const replicas = replicasOf(deployment)
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 }
  const rolling = deployment.spec.strategy?.rollingUpdate
  const maxSurge = amountOf(rolling?.maxSurge ?? '25%', replicas, Math.ceil)
  const resolved = amountOf(rolling?.maxUnavailable ?? '25%', replicas, Math.floor)
  const maxUnavailable = maxSurge === 0 && resolved === 0 ? 1 : resolved
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) }
}
