import type { Deployment } from '../../resources/apps/deployment.ts'

/** How far a rolling update may leave the wanted number of replicas, in pods. */
export interface RollingBounds {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

const resolve = (value: number | string, total: number, round: (value: number) => number): number => {
  if (typeof value === 'number') return value
  const percentage = /^(\d+)%$/.exec(value)
  return percentage === null ? 0 : round((Number(percentage[1]) * total) / 100)
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
  const maxSurge = resolve(rolling?.maxSurge ?? '25%', replicas, Math.ceil)
  const resolved = resolve(rolling?.maxUnavailable ?? '25%', replicas, Math.floor)
  const maxUnavailable = maxSurge === 0 && resolved === 0 ? 1 : resolved
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) }
}
