import { findCondition } from '../../machinery/conditions.ts'
import type { Pod, PodCondition } from '../../resources/core/pod.ts'
import { timeOf } from '../../primitives/timestamp.ts'

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  findCondition(pod.status?.conditions, type)

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Ready for `minReadySeconds`; `now` in milliseconds. */
export const isPodAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean => {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  return minReadySeconds === 0 || timeOf(ready.lastTransitionTime) + minReadySeconds * 1000 <= now
}

export const isPodFinished = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Neither finished nor on its way out: what counts as a replica. */
export const isPodActive = (pod: Pod): boolean =>
  !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined
