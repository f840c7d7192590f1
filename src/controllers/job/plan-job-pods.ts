import type { Job } from '../../resources/batch/job.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { deletionOrder } from '../pods/deletion-order.ts'
import { isPodReady } from '../pods/pod-state.ts'
import {
  endedAt,
  failuresBefore,
  hasFailed,
  indexOf,
  isIndexed,
  isTracked,
  jobPod,
  replacesOnlyFailed,
} from './job-pods.ts'
import { countsPerIndex, type JobView } from './job-view.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/** Kubernetes creates or deletes at most so many pods of one Job at a time. */
const burst = 500
/** DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff. */
const firstDelayMs = 10_000
const longestDelayMs = 600_000

/** Pods to add or to take; never both at once. */
export interface PodSteps {
  readonly create: readonly Pod[]
  readonly remove: readonly Pod[]
  /** A failed pod is replaced after a delay: when to look again, in milliseconds from now. */
  readonly afterMs?: number
}

const nothing: PodSteps = { create: [], remove: [] }

/** Failures in a row put off the next pod: 10 s, doubled each time. */
const remainingDelay = (failures: number, last: number, now: number): number =>
  failures === 0 ? 0 : Math.max(last + Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs) - now, 0)

/** Since the last success, of any pod that is still there to tell. */
const delayOfJob = ({ job, pods }: JobView, now: number): number => {
  const successes = pods.filter(({ status }) => status?.phase === 'Succeeded').map(endedAt)
  const since = Math.max(0, ...successes)
  const failures = pods.filter((pod) => hasFailed(job, pod)).map(endedAt)
  const recent = failures.filter((time) => time >= since)
  return remainingDelay(recent.length, Math.max(0, ...recent), now)
}

/** The last failed pod of each index that still wants a new one: it remembers the failures, so it is kept. */
export const podsToReplace = ({
  job,
  pods,
  active,
  succeededIndexes,
  failedIndexes,
}: JobView): ReadonlyMap<number, Pod> => {
  const running = new Set(active.map((pod) => indexOf(job, pod)))
  const latest = new Map<number, Pod>()
  for (const pod of pods) {
    const index = indexOf(job, pod)
    if (index === undefined || !isTracked(pod) || !hasFailed(job, pod)) continue
    if (running.has(index) || succeededIndexes.has(index) || failedIndexes.has(index)) continue
    const known = latest.get(index)
    if (known === undefined || endedAt(known) <= endedAt(pod)) latest.set(index, pod)
  }
  return latest
}

/** Failures of an index when `replaced` is the last of its pods. */
const failuresAfter = (
  job: Job,
  replaced: Pod | undefined,
): { readonly counted: number; readonly ignored: number } => {
  if (replaced === undefined) return { counted: 0, ignored: 0 }
  const { counted, ignored } = failuresBefore(replaced)
  return judgeFailure(job.spec, replaced).type === 'ignore'
    ? { counted, ignored: ignored + 1 }
    : { counted: counted + 1, ignored }
}

const pendingIndexes = (view: JobView, count: number): readonly number[] => {
  const { job, active, terminating, succeededIndexes, failedIndexes } = view
  const held = replacesOnlyFailed(job) ? [...active, ...terminating] : active
  const taken = new Set(held.map((pod) => indexOf(job, pod)))
  const pending: number[] = []
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index += 1) {
    if (!taken.has(index) && !succeededIndexes.has(index) && !failedIndexes.has(index)) pending.push(index)
  }
  return pending
}

const addIndexed = (view: JobView, count: number, now: number): PodSteps => {
  const { job } = view
  const indexes = pendingIndexes(view, count)
  if (!countsPerIndex(job)) return { ...nothing, create: indexes.map((index) => jobPod(job, { index })) }
  const replaced = podsToReplace(view)
  const delays = indexes.map((index) => {
    const pod = replaced.get(index)
    const { counted, ignored } = failuresAfter(job, pod)
    return pod === undefined ? 0 : remainingDelay(counted + ignored, endedAt(pod), now)
  })
  const due = indexes.filter((_, position) => delays[position] === 0)
  const later = delays.filter((delay) => delay > 0)
  return {
    ...nothing,
    create: due.map((index) => jobPod(job, { index, failures: failuresAfter(job, replaced.get(index)) })),
    ...(later.length === 0 ? {} : { afterMs: Math.min(...later) }),
  }
}

const add = (view: JobView, count: number, now: number): PodSteps => {
  const { job } = view
  const wanted = Math.min(count, burst)
  const delay = countsPerIndex(job) ? 0 : delayOfJob(view, now)
  if (delay > 0) return { ...nothing, afterMs: delay }
  if (isIndexed(job)) return addIndexed(view, wanted, now)
  return { ...nothing, create: Array.from({ length: wanted }, () => jobPod(job, undefined)) }
}

/** Pods without an index that is still wanted, and all but one of an index. */
const superfluous = ({ job, active, succeededIndexes, failedIndexes }: JobView): readonly Pod[] => {
  if (!isIndexed(job)) return []
  const seen = new Set<number>()
  return active.filter((pod) => {
    const index = indexOf(job, pod)
    if (index === undefined || seen.has(index) || succeededIndexes.has(index) || failedIndexes.has(index))
      return true
    seen.add(index)
    return false
  })
}

const removal = (view: JobView, surplus: number, now: number): readonly Pod[] => {
  const first = superfluous(view)
  const others = view.active
    .filter((pod) => !first.includes(pod))
    .toSorted((left, right) => deletionOrder(left, right, now))
  return [...first, ...others.slice(0, Math.max(surplus - first.length, 0))].slice(0, burst)
}

const wantedActive = ({ job, active, succeeded, failedIndexes }: JobView): number => {
  const { completions, parallelism = 1 } = job.spec
  if (completions === undefined || completions === null) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded - failedIndexes.size, parallelism))
}

/** Brings the number of running pods to what the Job still needs (Kubernetes' manageJob). */
export const planJobPods = (view: JobView, now: number): PodSteps => {
  const { job, active, terminating } = view
  if (job.metadata.deletionTimestamp !== undefined) return nothing
  if (job.spec.suspend === true) return { ...nothing, remove: active }
  const wanted = wantedActive(view)
  const remove = removal(view, active.length - wanted, now)
  if (remove.length > 0) return { ...nothing, remove }
  const going = replacesOnlyFailed(job) ? terminating.length : 0
  const missing = wanted - going - active.length
  return missing > 0 ? add(view, missing, now) : nothing
}

/** How many will be ready when those are gone. */
export const readyWithout = (active: readonly Pod[], removed: readonly Pod[]): number =>
  active.filter((pod) => isPodReady(pod) && !removed.includes(pod)).length
