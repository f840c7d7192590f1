import { findCondition } from '../../machinery/conditions.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import { isPodFinished } from '../pods/pod-state.ts'
import {
  isComplete,
  progressCheckAfter,
  progressDeadlineMs,
  withCondition,
  withPause,
  withProgress,
} from './deployment-conditions.ts'
import { isScalingEvent, planRecreateDown, planRollingUpdate, planScale } from './plan-rollout.ts'
import { planStatus, withoutZeros } from './plan-status.ts'
import { revisionAnnotation, revisionOf } from './replica-set-annotations.ts'
import { isRollingUpdate, replicasOf } from './rolling-bounds.ts'
import {
  allSets,
  ensureCurrent,
  type RolloutSets,
  rolloutSets,
  scaleSet,
  sizeOf,
  syncCurrent,
} from './rollout-sets.ts'

/** What a Deployment's next step depends on. */
export interface DeploymentState {
  readonly deployment: Deployment
  /** Those that it controls. */
  readonly replicaSets: readonly ReplicaSet[]
  /** The pods of those ReplicaSets; only Recreate looks at them. */
  readonly pods: readonly Pod[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

export type DeploymentAction =
  | { readonly type: 'createReplicaSet'; readonly replicaSet: ReplicaSet }
  | { readonly type: 'updateReplicaSet'; readonly replicaSet: ReplicaSet; readonly from: number }
  | { readonly type: 'deleteReplicaSet'; readonly replicaSet: ReplicaSet }
  | { readonly type: 'setRevision'; readonly revision: string }
  | { readonly type: 'updateStatus'; readonly status: DeploymentStatus }
  | { readonly type: 'lookAgain'; readonly afterMs: number }

interface Step {
  readonly sets: RolloutSets
  /** A rollout step, as against mere scaling: only then does the Progressing condition move. */
  readonly rollout: boolean
}

/** Pods of an older template that may still run: Recreate starts nothing new before they are gone. */
const oldPodsRun = (pods: readonly Pod[], sets: RolloutSets): boolean => {
  const current = sets.current?.metadata.uid
  if (sets.old.some((set) => (set.status?.replicas ?? 0) > 0)) return true
  return pods.some((pod) => controllerOf(pod)?.uid !== current && !isPodFinished(pod))
}

const recreate = (state: DeploymentState, sets: RolloutSets): RolloutSets => {
  const synced = syncCurrent(state.deployment, sets)
  const down = planRecreateDown(state.deployment, synced)
  if (down !== undefined) return down
  if (oldPodsRun(state.pods, synced)) return synced
  const ensured = ensureCurrent(state.deployment, synced)
  const wanted = replicasOf(state.deployment)
  return sizeOf(ensured.current) === wanted
    ? ensured
    : { ...ensured, current: scaleSet(ensured.current, wanted, state.deployment) }
}

const nextStep = (state: DeploymentState): Step => {
  const { deployment } = state
  const sets = rolloutSets(deployment, state.replicaSets)
  if (deployment.metadata.deletionTimestamp !== undefined) return { sets, rollout: false }
  if (deployment.spec.paused === true) {
    return { sets: planScale(deployment, syncCurrent(deployment, sets)), rollout: false }
  }
  if (isScalingEvent(deployment, sets)) {
    const scaled = planScale(deployment, sets)
    if (!jsonEqual(scaled, sets)) return { sets: syncCurrent(deployment, scaled), rollout: false }
  }
  const next = isRollingUpdate(deployment)
    ? planRollingUpdate(deployment, ensureCurrent(deployment, sets))
    : recreate(state, sets)
  return { sets: next, rollout: true }
}

/** Writes that bring the ReplicaSets from what is to what is to be. */
const replicaSetActions = (state: DeploymentState, sets: RolloutSets): DeploymentAction[] => {
  const known = new Map(state.replicaSets.map((set) => [set.metadata.name, set]))
  return allSets(sets).flatMap((replicaSet): DeploymentAction[] => {
    const before = known.get(replicaSet.metadata.name)
    // A stranger of that name is found by the create, which then counts a collision.
    if (before === undefined) return [{ type: 'createReplicaSet', replicaSet }]
    if (jsonEqual(before, replicaSet)) return []
    return [{ type: 'updateReplicaSet', replicaSet, from: sizeOf(before) }]
  })
}

/** Old, empty ReplicaSets beyond revisionHistoryLimit, the lowest revisions first. */
const historyActions = (deployment: Deployment, old: readonly ReplicaSet[]): DeploymentAction[] => {
  const limit = deployment.spec.revisionHistoryLimit ?? 10
  const kept = old.filter((set) => set.metadata.deletionTimestamp === undefined)
  const surplus = kept
    .toSorted((left, right) => revisionOf(left) - revisionOf(right))
    .slice(0, Math.max(kept.length - limit, 0))
  return surplus
    .filter(
      (set) =>
        sizeOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    )
    .map((replicaSet) => ({ type: 'deleteReplicaSet', replicaSet }))
}

/** A Deployment whose current ReplicaSet was just made or found says so until it progresses. */
const withFound = (
  state: DeploymentState,
  { sets, rollout }: Step,
  conditions: readonly DeploymentCondition[],
): readonly DeploymentCondition[] => {
  const current = sets.current?.metadata
  if (!rollout || current === undefined || progressDeadlineMs(state.deployment) === undefined)
    return conditions
  const isNew = !state.replicaSets.some((set) => set.metadata.name === current.name)
  if (!isNew && findCondition(conditions, 'Progressing') !== undefined) return conditions
  const reason = isNew ? 'NewReplicaSetCreated' : 'FoundNewReplicaSet'
  const message = `${isNew ? 'Created' : 'Found'} new replica set "${current.name}"`
  return withCondition(conditions, { type: 'Progressing', status: 'True', reason, message }, state.now)
}

const statusActions = (state: DeploymentState, step: Step): DeploymentAction[] => {
  const { deployment, now } = state
  const going = deployment.metadata.deletionTimestamp !== undefined
  const before = deployment.status?.conditions ?? []
  const paused = going ? before : withPause(before, deployment, now)
  const counted = planStatus(deployment, step.sets, withFound(state, step, paused), now)
  const status: DeploymentStatus = step.rollout
    ? {
        ...counted,
        conditions: withProgress(counted.conditions ?? [], {
          deployment,
          status: counted,
          currentName: step.sets.current?.metadata.name,
          now,
        }),
      }
    : counted
  const changed = !jsonEqual(withoutZeros(deployment.status ?? {}), withoutZeros(status))
  const afterMs = progressCheckAfter(deployment, status, now)
  return [
    ...(changed ? [{ type: 'updateStatus', status } as const] : []),
    ...(afterMs === undefined || going ? [] : [{ type: 'lookAgain', afterMs } as const]),
  ]
}

/**
 * The next writes of a Deployment: one step of its rollout (or of a scaling), its history, its status. Pure and
 * idempotent: on the state that the writes lead to, it plans the step after, and in the end nothing.
 */
export const planDeployment = (state: DeploymentState): readonly DeploymentAction[] => {
  const { deployment } = state
  const step = nextStep(state)
  const current = step.sets.current
  const revision = current?.metadata.annotations?.[revisionAnnotation]
  const known = deployment.metadata.annotations?.[revisionAnnotation]
  const going = deployment.metadata.deletionTimestamp !== undefined
  const settled =
    deployment.spec.paused === true || (step.rollout && isComplete(deployment, deployment.status ?? {}))
  return [
    ...(going ? [] : replicaSetActions(state, step.sets)),
    ...(going || revision === undefined || revision === known
      ? []
      : [{ type: 'setRevision', revision } as const]),
    ...(settled && !going ? historyActions(deployment, step.sets.old) : []),
    ...statusActions(state, step),
  ]
}
