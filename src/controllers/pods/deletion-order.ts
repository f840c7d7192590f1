import type { Pod } from '../../resources/core/pod.ts'
import { isPodReady, podCondition } from './pod-state.ts'
import { timeOf } from '../../primitives/timestamp.ts'

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

const phaseRank = (pod: Pod): number =>
  ['Pending', 'Unknown', 'Running'].indexOf(pod.status?.phase ?? 'Pending')

const cost = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[costAnnotation]
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : 0
}

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0))

/** Times differ on a logarithmic scale only, so that ties among old pods are broken at random (KEP-2185). */
const ageRank = (since: number, now: number): number => Math.floor(Math.log2(Math.max(now - since, 1)))

const readySince = (pod: Pod): number => timeOf(podCondition(pod, 'Ready')?.lastTransitionTime)
const createdAt = (pod: Pod): number => timeOf(pod.metadata.creationTimestamp)

/**
 * Kubernetes' order of scaling down (ActivePodsWithRanks): what serves least goes first. Unassigned before assigned,
 * pending before running, not ready before ready, cheaper before dearer, shortly ready before long ready, more
 * restarts before fewer, younger before older. Spreading over nodes has no part: it compares co-located siblings.
 */
export const deletionOrder = (left: Pod, right: Pod, now: number): number => {
  const assigned = (pod: Pod): number => (pod.spec.nodeName ? 1 : 0)
  const ready = (pod: Pod): number => (isPodReady(pod) ? 1 : 0)
  const readyAge = (pod: Pod): number => (isPodReady(pod) ? ageRank(readySince(pod), now) : 0)
  const comparisons = [
    assigned(left) - assigned(right),
    phaseRank(left) - phaseRank(right),
    ready(left) - ready(right),
    cost(left) - cost(right),
    readyAge(left) - readyAge(right),
    restarts(right) - restarts(left),
    ageRank(createdAt(left), now) - ageRank(createdAt(right), now),
  ]
  return comparisons.find((difference) => difference !== 0) ?? 0
}
