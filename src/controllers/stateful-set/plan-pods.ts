import type { StatefulSet } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod, PodTemplateSpec } from '../../resources/core/pod.ts'
import { amountOf } from '../amount.ts'
import { isPodFinished } from '../pods/pod-state.ts'
import {
  claimsOf,
  isGoing,
  isHealthy,
  isWanted,
  ordinalOf,
  replicasOf,
  revisionLabel,
  startOrdinal,
  statefulPod,
} from './stateful-pods.ts'

export type PodAction =
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim; readonly pod: string }
  | { readonly type: 'createPod'; readonly pod: Pod }
  /** `failed`: it ended, and is made anew under its name. */
  | { readonly type: 'deletePod'; readonly pod: Pod; readonly failed?: boolean }

export interface Revision {
  readonly name: string
  readonly template: PodTemplateSpec
}

export interface StatefulPods {
  readonly set: StatefulSet
  /** Those that it controls. */
  readonly pods: readonly Pod[]
  /** Names of the claims that exist. */
  readonly claims: ReadonlySet<string>
  /** What pods below the partition have. */
  readonly current: Revision
  readonly update: Revision
  /** Milliseconds since the epoch. */
  readonly now: number
}

const isOrdered = ({ spec }: StatefulSet): boolean => spec.podManagementPolicy !== 'Parallel'

export const isRolling = ({ spec }: StatefulSet): boolean => spec.updateStrategy?.type !== 'OnDelete'

const partitionOf = ({ spec }: StatefulSet): number => spec.updateStrategy?.rollingUpdate?.partition ?? 0

const revisionFor = ({ set, current, update }: StatefulPods, ordinal: number): Revision =>
  isRolling(set) && ordinal < startOrdinal(set) + partitionOf(set) ? current : update

const creation = (state: StatefulPods, ordinal: number): readonly PodAction[] => {
  const { set, claims } = state
  const { template, name } = revisionFor(state, ordinal)
  const pod = statefulPod(set, ordinal, { template, revision: name })
  const missing = claimsOf(set, ordinal).filter(({ metadata }) => !claims.has(metadata.name))
  return [
    ...missing.map((claim): PodAction => ({ type: 'createClaim', claim, pod: pod.metadata.name })),
    { type: 'createPod', pod },
  ]
}

interface Step {
  readonly actions: readonly PodAction[]
  /** Later pods wait for this one. */
  readonly blocks: boolean
}

const stepOf = (state: StatefulPods, ordinal: number, pod: Pod | undefined): Step => {
  const { set, now } = state
  if (pod === undefined) return { actions: creation(state, ordinal), blocks: true }
  if (isPodFinished(pod)) {
    return { actions: isGoing(pod) ? [] : [{ type: 'deletePod', pod, failed: true }], blocks: true }
  }
  return { actions: [], blocks: !isHealthy(set, pod, now) }
}

/** Pods that are wanted, from the first ordinal on; in order, each waits for the one before to serve. */
const growth = (state: StatefulPods, byOrdinal: ReadonlyMap<number, Pod>): Step => {
  const { set } = state
  const actions: PodAction[] = []
  for (let place = 0; place < replicasOf(set); place += 1) {
    const ordinal = startOrdinal(set) + place
    const step = stepOf(state, ordinal, byOrdinal.get(ordinal))
    actions.push(...step.actions)
    if (step.blocks && isOrdered(set)) return { actions, blocks: true }
  }
  return { actions, blocks: false }
}

/** Pods beyond the wanted ones, the last first; in order, each waits for the one after to be gone. */
const shrinkage = ({ set, now }: StatefulPods, byOrdinal: ReadonlyMap<number, Pod>): Step => {
  const surplus = [...byOrdinal]
    .filter(([ordinal]) => !isWanted(set, ordinal))
    .toSorted(([left], [right]) => right - left)
    .map(([, pod]) => pod)
  const [last] = surplus
  if (last === undefined) return { actions: [], blocks: false }
  const remove = (pod: Pod): PodAction => ({ type: 'deletePod', pod })
  if (!isOrdered(set)) return { actions: surplus.filter((pod) => !isGoing(pod)).map(remove), blocks: false }
  // One that does not serve stops the others from going, but not itself.
  const unhealthy = [...byOrdinal]
    .toSorted(([left], [right]) => left - right)
    .find(([, pod]) => !isHealthy(set, pod, now))?.[1]
  const waits = isGoing(last) || (!isHealthy(set, last, now) && last !== unhealthy)
  return { actions: waits ? [] : [remove(last)], blocks: true }
}

const maxUnavailable = (set: StatefulSet): number =>
  Math.max(
    amountOf(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, replicasOf(set), Math.ceil),
    1,
  )

/** Pods of an older revision, the last first, as many at a time as may be unavailable. */
const rollout = (
  { set, update, now }: StatefulPods,
  byOrdinal: ReadonlyMap<number, Pod>,
): readonly PodAction[] => {
  const rolling = [...byOrdinal]
    .filter(([ordinal]) => isWanted(set, ordinal) && ordinal >= startOrdinal(set) + partitionOf(set))
    .toSorted(([left], [right]) => right - left)
    .map(([, pod]) => pod)
  let budget = maxUnavailable(set)
  const actions: PodAction[] = []
  for (const pod of rolling) {
    if (budget === 0) break
    const old = pod.metadata.labels?.[revisionLabel] !== update.name
    if (old && !isGoing(pod)) actions.push({ type: 'deletePod', pod })
    if (old || !isHealthy(set, pod, now)) budget -= 1
  }
  return actions
}

/** The next step towards the wanted pods (Kubernetes' updateStatefulSet). */
export const planStatefulPods = (state: StatefulPods): readonly PodAction[] => {
  const { set, pods } = state
  const byOrdinal = new Map(
    pods.flatMap((pod) => {
      const ordinal = ordinalOf(set, pod)
      return ordinal === undefined ? [] : [[ordinal, pod] as const]
    }),
  )
  const grown = growth(state, byOrdinal)
  if (grown.blocks) return grown.actions
  const shrunk = shrinkage(state, byOrdinal)
  if (shrunk.blocks) return shrunk.actions
  const rolled = isRolling(set) && grown.actions.length === 0 ? rollout(state, byOrdinal) : []
  return [...grown.actions, ...shrunk.actions, ...rolled]
}
