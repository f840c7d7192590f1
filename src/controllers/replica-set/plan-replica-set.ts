import { jsonEqual } from '../../primitives/json-value.ts'
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { hasLabels } from '../../resources/meta/label-selector.ts'
import type { PodFailure } from '../pods/owned-pods.ts'
import { isPodActive, isPodAvailable, isPodReady } from '../pods/pod-state.ts'
import { timestampOf } from '../../primitives/timestamp.ts'
import { deletionOrder } from '../pods/deletion-order.ts'

/** Kubernetes creates or deletes at most so many pods of one ReplicaSet at a time. */
const burst = 500

export type ScaleAction =
  | { readonly type: 'createPods'; readonly count: number }
  | { readonly type: 'deletePods'; readonly pods: readonly Pod[] }
  | { readonly type: 'nothing' }

/** Which pods to add or to take. `pods` are those that the ReplicaSet controls; `now` in milliseconds. */
export const planReplicas = (replicaSet: ReplicaSet, pods: readonly Pod[], now: number): ScaleAction => {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return { type: 'nothing' }
  const active = pods.filter(isPodActive)
  const missing = (replicaSet.spec.replicas ?? 1) - active.length
  if (missing > 0) return { type: 'createPods', count: Math.min(missing, burst) }
  if (missing === 0) return { type: 'nothing' }
  const ranked = active.toSorted((left, right) => deletionOrder(left, right, now))
  return { type: 'deletePods', pods: ranked.slice(0, Math.min(-missing, burst)) }
}

const planConditions = (
  conditions: readonly ReplicaSetCondition[],
  failure: PodFailure | undefined,
  now: number,
): readonly ReplicaSetCondition[] => {
  const known = conditions.find(({ type }) => type === 'ReplicaFailure')
  if (failure !== undefined && known !== undefined) return conditions
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure')
  if (failure === undefined) return others
  return [
    ...others,
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestampOf(now), ...failure },
  ]
}

/** The numbers of its pods. Undefined when the stored status says the same. */
export const planReplicaSetStatus = (
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  { failure, now }: { readonly failure: PodFailure | undefined; readonly now: number },
): ReplicaSetStatus | undefined => {
  const active = pods.filter(isPodActive)
  const templateLabels = replicaSet.spec.template?.metadata?.labels ?? {}
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0
  const conditions = planConditions(replicaSet.status?.conditions ?? [], failure, now)
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => hasLabels(templateLabels, pod.metadata.labels)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isPodAvailable(pod, minReadySeconds, now)).length,
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  }
  const stored = {
    fullyLabeledReplicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    observedGeneration: 0,
    replicas: 0,
    ...replicaSet.status,
  }
  return replicaSet.status !== undefined && jsonEqual(stored, status) ? undefined : status
}
