import type { DaemonSet } from '../../resources/apps/daemon-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { amountOf } from '../amount.ts'
import { isPodAvailable } from '../pods/pod-state.ts'
import { type DaemonNode, daemonPod, hashLabel } from './daemon-pods.ts'

interface Rollout {
  readonly set: DaemonSet
  readonly nodes: readonly DaemonNode[]
  /** Of the template as it is now. */
  readonly hash: string
  readonly now: number
}

interface RolloutStep {
  readonly create: readonly Pod[]
  readonly remove: readonly Pod[]
}

/** A node's pods of the template as it is, and as it was. */
interface NodePods {
  readonly name: string
  readonly fresh: Pod | undefined
  readonly old: Pod | undefined
  readonly available: boolean
}

const isGoing = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined

const podsOf = ({ set, nodes, hash, now }: Rollout): readonly NodePods[] =>
  nodes.map(({ name, pods }) => {
    const staying = pods.filter((pod) => !isGoing(pod))
    const isFresh = (pod: Pod): boolean => pod.metadata.labels?.[hashLabel] === hash
    const serves = (pod: Pod | undefined): boolean =>
      pod !== undefined && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)
    const fresh = staying.find(isFresh)
    const old = staying.find((pod) => !isFresh(pod))
    return { name, fresh, old, available: serves(fresh) || serves(old) }
  })

/** Old pods make room: those that do not serve first, then as many as may be unavailable. */
const replaceInPlace = (rollout: Rollout, maxUnavailable: number): RolloutStep => {
  const pods = podsOf(rollout)
  const broken = pods.filter(({ old, available }) => old !== undefined && !available)
  const unavailable = pods.filter(({ available }) => !available).length
  const budget = Math.max(maxUnavailable - unavailable, 0)
  const serving = pods.filter(({ old, available }) => old !== undefined && available).slice(0, budget)
  return { create: [], remove: [...broken, ...serving].flatMap(({ old }) => old ?? []) }
}

/** A new pod beside the old one, which goes when the new one serves. */
const replaceBySurge = (rollout: Rollout, maxSurge: number): RolloutStep => {
  const { set, hash, now } = rollout
  const minReady = set.spec.minReadySeconds ?? 0
  const pods = podsOf(rollout)
  const replaced = pods.filter(
    ({ old, fresh }) => old !== undefined && fresh !== undefined && isPodAvailable(fresh, minReady, now),
  )
  const surging = pods.filter(({ old, fresh }) => old !== undefined && fresh !== undefined).length
  const waiting = pods.filter(({ old, fresh }) => old !== undefined && fresh === undefined)
  // A node whose old pod does not serve anyway costs nothing.
  const broken = waiting.filter(({ available }) => !available)
  const next = waiting
    .filter(({ available }) => available)
    .slice(0, Math.max(maxSurge - (surging - replaced.length) - broken.length, 0))
  return {
    create: [...broken, ...next].map(({ name }) => daemonPod(set, name, hash)),
    remove: replaced.flatMap(({ old }) => old ?? []),
  }
}

/** One step of a rolling update; nothing for OnDelete. */
export const planDaemonRollout = (rollout: Rollout): RolloutStep => {
  const { set, nodes } = rollout
  const { type = 'RollingUpdate', rollingUpdate = {} } = set.spec.updateStrategy ?? {}
  if (type === 'OnDelete') return { create: [], remove: [] }
  const maxSurge = amountOf(rollingUpdate.maxSurge ?? 0, nodes.length, Math.ceil)
  const maxUnavailable = amountOf(rollingUpdate.maxUnavailable ?? 1, nodes.length, Math.ceil)
  if (maxSurge > 0) return replaceBySurge(rollout, maxSurge)
  return replaceInPlace(rollout, Math.max(maxUnavailable, 1))
}
