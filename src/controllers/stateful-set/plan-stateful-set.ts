import { jsonEqual } from '../../primitives/json-value.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { StatefulSet, StatefulSetStatus } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isPodAvailable } from '../pods/pod-state.ts'
import { planRevisions, type RevisionAction, templateOf } from '../revisions/plan-revisions.ts'
import { planClaimOwners } from './plan-claim-owners.ts'
import { isRolling, planStatefulPods, type PodAction, type Revision } from './plan-pods.ts'
import { isGoing, isRunning, replicasOf, revisionLabel } from './stateful-pods.ts'

/** What a StatefulSet's next step depends on. */
export interface StatefulSetState {
  readonly set: StatefulSet
  /** Those that it controls. */
  readonly pods: readonly Pod[]
  readonly revisions: readonly ControllerRevision[]
  /** Of its namespace, by name. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface StatefulSetPlan {
  readonly revisions: readonly RevisionAction[]
  /** Claims with other owners than the retention policy asks for. */
  readonly claims: readonly PersistentVolumeClaim[]
  readonly pods: readonly PodAction[]
  readonly status?: StatefulSetStatus
  /** A pod becomes available by time alone: when to look again, in milliseconds from now. */
  readonly afterMs?: number
}

const hashLabel = 'controller.kubernetes.io/hash'

const revisionNameOf = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? ''

const withName = (revision: ControllerRevision, set: StatefulSet): Revision => ({
  name: revision.metadata.name,
  template: templateOf(revision) ?? set.spec.template,
})

const countedStatus = (
  { set, pods, now }: StatefulSetState,
  revisions: { readonly current: string; readonly update: string },
): StatefulSetStatus => {
  const staying = pods.filter((pod) => !isGoing(pod))
  const of = (revision: string): number => staying.filter((pod) => revisionNameOf(pod) === revision).length
  const { collisionCount, conditions } = set.status ?? {}
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    readyReplicas: pods.filter(isRunning).length,
    availableReplicas: pods.filter(
      (pod) => isRunning(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now),
    ).length,
    currentReplicas: of(revisions.current),
    updatedReplicas: of(revisions.update),
    currentRevision: revisions.current,
    updateRevision: revisions.update,
    collisionCount: collisionCount ?? 0,
    ...(conditions === undefined ? {} : { conditions }),
  }
}

/** When every pod has the update revision, that is the current one. */
const completed = (set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus => {
  const wanted = replicasOf(set)
  const { updatedReplicas, readyReplicas, replicas, updateRevision } = status
  const done = isRolling(set) && updatedReplicas === wanted && readyReplicas === wanted && replicas === wanted
  return done && updateRevision !== undefined
    ? { ...status, currentReplicas: updatedReplicas ?? 0, currentRevision: updateRevision }
    : status
}

const withoutZeros = (status: StatefulSetStatus): unknown =>
  Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0))

/** The next step of a StatefulSet. Pure and idempotent: on the state that it leads to, it plans the step after. */
export const planStatefulSet = (state: StatefulSetState): StatefulSetPlan => {
  const { set, pods, now } = state
  const live = new Set([set.status?.currentRevision ?? '', ...pods.map(revisionNameOf)])
  const revised = planRevisions(set, state.revisions, {
    hashLabel,
    isUsed: ({ metadata }) => live.has(metadata.name),
  })
  const currentRevision =
    revised.history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? revised.update
  const names = { current: currentRevision.metadata.name, update: revised.update.metadata.name }
  const going = set.metadata.deletionTimestamp !== undefined
  const status = completed(set, countedStatus(state, names))
  const changed = !jsonEqual(withoutZeros(set.status ?? { replicas: 0 }), withoutZeros(status))
  const waits = (status.readyReplicas ?? 0) > (status.availableReplicas ?? 0)
  return {
    revisions: going ? [] : revised.actions,
    claims: going ? [] : planClaimOwners(set, pods, state.claims),
    pods: going
      ? []
      : planStatefulPods({
          set,
          pods,
          now,
          claims: new Set(state.claims.keys()),
          current: withName(currentRevision, set),
          update: withName(revised.update, set),
        }),
    ...(changed ? { status } : {}),
    ...(waits ? { afterMs: (set.spec.minReadySeconds ?? 0) * 1000 } : {}),
  }
}
