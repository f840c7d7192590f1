import { jsonEqual } from '../../primitives/json-value.ts'
import { timeOf } from '../../primitives/timestamp.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { DaemonSet, DaemonSetStatus } from '../../resources/apps/daemon-set.ts'
import type { Node } from '../../resources/core/node.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isPodAvailable, isPodFinished, isPodReady } from '../pods/pod-state.ts'
import { planRevisions, type RevisionAction } from '../revisions/plan-revisions.ts'
import { type DaemonNode, daemonPod, hashLabel, nodeOf, shouldRun } from './daemon-pods.ts'
import { planDaemonRollout } from './plan-daemon-rollout.ts'

/** What a DaemonSet's next step depends on. */
export interface DaemonSetState {
  readonly set: DaemonSet
  /** Those that it controls. */
  readonly pods: readonly Pod[]
  readonly nodes: readonly Node[]
  readonly revisions: readonly ControllerRevision[]
  /** The cache shows all that was done so far: without, no pod is made or taken. */
  readonly trusted: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface DaemonSetPlan {
  readonly revisions: readonly RevisionAction[]
  readonly create: readonly Pod[]
  readonly remove: readonly Pod[]
  /** Of those to be removed: pods that have ended, and are made anew. */
  readonly ended: readonly Pod[]
  readonly status?: DaemonSetStatus
  /** When to look again, in milliseconds from now. */
  readonly afterMs?: number
}

const createdAt = ({ metadata }: Pod): number => timeOf(metadata.creationTimestamp)

const byNode = (pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> => {
  const found = new Map<string, Pod[]>()
  for (const pod of pods.toSorted((left, right) => createdAt(left) - createdAt(right))) {
    const node = nodeOf(pod)
    if (node !== undefined) found.set(node, [...(found.get(node) ?? []), pod])
  }
  return found
}

interface Places {
  readonly nodes: readonly DaemonNode[]
  /** Pods on nodes that want none, or that are gone. */
  readonly misplaced: readonly Pod[]
  readonly misscheduled: number
}

const placesOf = ({ set, pods, nodes }: DaemonSetState): Places => {
  const known = byNode(pods)
  const judged = nodes.map((node) => ({ name: node.metadata.name, ...shouldRun(set, node) }))
  const names = new Set(judged.map(({ name }) => name))
  const lost = [...known].filter(([name]) => !names.has(name)).flatMap(([, there]) => there)
  const unwanted = judged.filter(({ run, name }) => !run && (known.get(name) ?? []).length > 0)
  return {
    nodes: judged.filter(({ run }) => run).map(({ name }) => ({ name, pods: known.get(name) ?? [] })),
    misplaced: [
      ...lost,
      ...unwanted.filter(({ stay }) => !stay).flatMap(({ name }) => known.get(name) ?? []),
    ],
    misscheduled: unwanted.length,
  }
}

const isGoing = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined

interface Upkeep {
  readonly create: readonly Pod[]
  readonly remove: readonly Pod[]
  readonly ended: readonly Pod[]
}

/** One running pod on each node that wants it; what has ended is taken away, and made anew after. */
const upkeepOf = ({ set }: DaemonSetState, places: Places, hash: string): Upkeep => {
  const ended = places.nodes.flatMap(({ pods }) => pods.filter((pod) => isPodFinished(pod) && !isGoing(pod)))
  const create = places.nodes
    .filter(({ pods }) => pods.length === 0)
    .map(({ name }) => daemonPod(set, name, hash))
  // Of several the oldest of each template stays: a surge has two for a while.
  const surplus = places.nodes.flatMap(({ pods }) => {
    const alive = pods.filter((pod) => !isPodFinished(pod) && !isGoing(pod))
    const seen = new Set<boolean>()
    return alive.filter((pod) => {
      const isNew = pod.metadata.labels?.[hashLabel] === hash
      if (seen.has(isNew)) return true
      seen.add(isNew)
      return false
    })
  })
  const misplaced = places.misplaced.filter((pod) => !isGoing(pod))
  return { create, ended, remove: [...misplaced, ...ended, ...surplus] }
}

const countedStatus = (
  { set, now }: DaemonSetState,
  { nodes, misscheduled }: Places,
  hash: string,
): DaemonSetStatus => {
  const minReady = set.spec.minReadySeconds ?? 0
  const on = (holds: (pod: Pod) => boolean): number =>
    nodes.filter(({ pods }) => pods.some((pod) => !isGoing(pod) && holds(pod))).length
  const available = on((pod) => isPodReady(pod) && isPodAvailable(pod, minReady, now))
  const { collisionCount } = set.status ?? {}
  return {
    currentNumberScheduled: on(() => true),
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: nodes.length,
    numberReady: on(isPodReady),
    observedGeneration: set.metadata.generation ?? 0,
    updatedNumberScheduled: on((pod) => pod.metadata.labels?.[hashLabel] === hash),
    numberAvailable: available,
    numberUnavailable: nodes.length - available,
    ...(collisionCount === undefined ? {} : { collisionCount }),
  }
}

const withoutZeros = (status: DaemonSetStatus | undefined): unknown =>
  Object.fromEntries(Object.entries(status ?? {}).filter(([, value]) => value !== 0))

/** The next step of a DaemonSet. Pure and idempotent: on the state that it leads to, it plans the step after. */
export const planDaemonSet = (state: DaemonSetState): DaemonSetPlan => {
  const { set, pods, now, trusted } = state
  const used = new Set(pods.map(({ metadata }) => metadata.labels?.[hashLabel]))
  const revised = planRevisions(set, state.revisions, {
    hashLabel,
    isUsed: ({ metadata }) => used.has(metadata.labels?.[hashLabel]),
  })
  const hash = revised.update.metadata.labels?.[hashLabel] ?? ''
  const places = placesOf(state)
  const status = countedStatus(state, places, hash)
  const news =
    jsonEqual(withoutZeros(set.status), withoutZeros(status)) && set.status !== undefined ? {} : { status }
  const afterMs = (set.spec.minReadySeconds ?? 0) * 1000
  const waits = status.numberReady > (status.numberAvailable ?? 0) ? { afterMs } : {}
  if (set.metadata.deletionTimestamp !== undefined) {
    return { revisions: [], create: [], remove: [], ended: [], ...news }
  }
  const upkeep = upkeepOf(state, places, hash)
  const busy = upkeep.create.length + upkeep.remove.length > 0
  const rollout = busy
    ? { create: [], remove: [] }
    : planDaemonRollout({ set, nodes: places.nodes, hash, now })
  const scaled = trusted
    ? {
        create: [...upkeep.create, ...rollout.create],
        remove: [...upkeep.remove, ...rollout.remove],
        ended: upkeep.ended,
      }
    : { create: [], remove: [], ended: [] }
  return { revisions: revised.actions, ...scaled, ...news, ...waits }
}
