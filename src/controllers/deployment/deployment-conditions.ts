import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../resources/apps/deployment.ts'
import { findCondition, transitionTime } from '../../machinery/conditions.ts'
import { timeOf, timestampOf } from '../../primitives/timestamp.ts'

type Conditions = readonly DeploymentCondition[]

export interface ConditionNews {
  readonly type: 'Available' | 'Progressing' | 'ReplicaFailure'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export const withoutCondition = (conditions: Conditions, type: string): Conditions =>
  conditions.filter((condition) => condition.type !== type)

/** The same status and reason change nothing; the same status keeps its transition time. */
export const withCondition = (conditions: Conditions, news: ConditionNews, now: number): Conditions => {
  const known = findCondition(conditions, news.type)
  if (known?.status === news.status && known.reason === news.reason) return conditions
  const time = timestampOf(now)
  const lastTransitionTime = transitionTime(known, news.status, now)
  return [...withoutCondition(conditions, news.type), { ...news, lastUpdateTime: time, lastTransitionTime }]
}

/** Undefined: this Deployment never gives up (2^31-1 means the same). */
export const progressDeadlineMs = (deployment: Deployment): number | undefined => {
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600
  return seconds === 2_147_483_647 ? undefined : seconds * 1000
}

export const complete = 'NewReplicaSetAvailable'
export const timedOut = 'ProgressDeadlineExceeded'

export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const wanted = deployment.spec.replicas ?? 1
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** More new, ready or available pods, or fewer old ones, than at the last look. */
const hasProgressed = (before: DeploymentStatus, after: DeploymentStatus): boolean => {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

const hasTimedOut = (
  progressing: DeploymentCondition | undefined,
  deadline: number,
  now: number,
): boolean => {
  if (progressing === undefined || progressing.reason === complete) return false
  return progressing.reason === timedOut || timeOf(progressing.lastUpdateTime) + deadline < now
}

/** What the rollout is about, in messages: its ReplicaSet once there is one. */
const subjectOf = (deployment: Deployment, currentName: string | undefined): string =>
  currentName === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${currentName}"`

export interface ProgressLook {
  readonly deployment: Deployment
  readonly status: DeploymentStatus
  readonly currentName: string | undefined
  readonly now: number
}

/** The Progressing condition after a rollout step (Kubernetes' syncRolloutStatus). */
export const withProgress = (conditions: Conditions, look: ProgressLook): Conditions => {
  const { deployment, status, now } = look
  const deadline = progressDeadlineMs(deployment)
  if (deadline === undefined) return withoutCondition(conditions, 'Progressing')
  const known = findCondition(conditions, 'Progressing')
  const wasComplete = status.replicas === status.updatedReplicas && known?.reason === complete
  if (wasComplete) return conditions
  const subject = subjectOf(deployment, look.currentName)
  const news = (state: 'True' | 'False', reason: string, message: string): ConditionNews => ({
    type: 'Progressing',
    status: state,
    reason,
    message: `${subject} ${message}`,
  })
  if (isComplete(deployment, status)) {
    return withCondition(conditions, news('True', complete, 'has successfully progressed.'), now)
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    // Removed first: each progress renews lastUpdateTime, from which the deadline counts.
    const time = timestampOf(now)
    const lastTransitionTime = transitionTime(known, 'True', now)
    return [
      ...withoutCondition(conditions, 'Progressing'),
      { ...news('True', 'ReplicaSetUpdated', 'is progressing.'), lastUpdateTime: time, lastTransitionTime },
    ]
  }
  if (hasTimedOut(known, deadline, now)) {
    return withCondition(conditions, news('False', timedOut, 'has timed out progressing.'), now)
  }
  return conditions
}

/** The Progressing condition of a Deployment that was paused or resumed; so that pausing does not time out. */
export const withPause = (conditions: Conditions, deployment: Deployment, now: number): Conditions => {
  if (progressDeadlineMs(deployment) === undefined) return conditions
  const known = findCondition(conditions, 'Progressing')
  if (known?.reason === timedOut) return conditions
  const wasPaused = known?.reason === 'DeploymentPaused'
  const paused = deployment.spec.paused === true
  if (paused === wasPaused) return conditions
  const reason = paused ? 'DeploymentPaused' : 'DeploymentResumed'
  const message = paused ? 'Deployment is paused' : 'Deployment is resumed'
  return withCondition(conditions, { type: 'Progressing', status: 'Unknown', reason, message }, now)
}

/** When to look again for a timeout, in milliseconds from now; undefined: nothing is under way. */
export const progressCheckAfter = (
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined => {
  const deadline = progressDeadlineMs(deployment)
  const known = findCondition(status.conditions ?? [], 'Progressing')
  if (deadline === undefined || known === undefined || deployment.spec.paused === true) return undefined
  if (isComplete(deployment, status) || known.reason === timedOut) return undefined
  return Math.max(timeOf(known.lastUpdateTime) + deadline - now, 0) + 1000
}
