import { formatIndexes } from '../../resources/batch/job-indexes.ts'
import type { JobStatus, UncountedTerminatedPods } from '../../resources/batch/job.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { JobEnd } from './job-end.ts'
import { hasFailed, indexOf, isIndexed, isTracked } from './job-pods.ts'
import { countsPerIndex, type JobView } from './job-view.ts'
import { podsToReplace } from './plan-job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/**
 * Each pod is counted once: its uid is written down as uncounted, then its finalizer goes, then the counter goes up
 * and the uid is dropped (KEP-2307). Whatever is interrupted in between is taken up from what the status says.
 */
export interface Tracking {
  readonly counts: Pick<
    JobStatus,
    'succeeded' | 'failed' | 'completedIndexes' | 'failedIndexes' | 'uncountedTerminatedPods'
  >
  /** Pods whose finalizer may go once the counts are stored. */
  readonly release: readonly Pod[]
  /** Nothing is left to be counted. */
  readonly settled: boolean
}

const uidOf = ({ metadata }: Pod): string => metadata.uid ?? ''

const mayRelease = (view: JobView, end: JobEnd | undefined, kept: ReadonlySet<Pod>) => {
  const { job } = view
  return (pod: Pod): boolean => {
    if (!isTracked(pod)) return false
    const over = job.metadata.deletionTimestamp !== undefined || end !== undefined
    if (over || pod.status?.phase === 'Succeeded') return true
    return hasFailed(job, pod) && !kept.has(pod)
  }
}

/** What a pod that ended adds to, by uid; undefined: to nothing that is counted so. */
const counterOf = (
  { job }: JobView,
  pod: Pod,
  end: JobEnd | undefined,
): 'succeeded' | 'failed' | undefined => {
  // The index in completedIndexes is enough to count it once.
  if (pod.status?.phase === 'Succeeded') return isIndexed(job) ? undefined : 'succeeded'
  const failed = hasFailed(job, pod) || end?.success === false
  return failed && judgeFailure(job.spec, pod).type !== 'ignore' ? 'failed' : undefined
}

/** Pods that are seen for the first time after their end, by what they add to. */
const newlyEnded = (
  view: JobView,
  released: readonly Pod[],
  end: JobEnd | undefined,
): Readonly<Record<'succeeded' | 'failed', readonly string[]>> => {
  const { job } = view
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {}
  const known = new Set([...succeeded, ...failed])
  const fresh = released.filter(
    (pod) => !known.has(uidOf(pod)) && (!isIndexed(job) || indexOf(job, pod) !== undefined),
  )
  const of = (counter: 'succeeded' | 'failed'): readonly string[] =>
    fresh.filter((pod) => counterOf(view, pod, end) === counter).map(uidOf)
  return { succeeded: of('succeeded'), failed: of('failed') }
}

const uncountedOf = (succeeded: readonly string[], failed: readonly string[]): UncountedTerminatedPods => ({
  ...(succeeded.length === 0 ? {} : { succeeded }),
  ...(failed.length === 0 ? {} : { failed }),
})

/** `end`: the Job is to end, so that every pod may go. */
export const planTracking = (view: JobView, end: JobEnd | undefined): Tracking => {
  const { job, pods } = view
  const kept =
    countsPerIndex(job) && end === undefined ? new Set(podsToReplace(view).values()) : new Set<Pod>()
  const release = pods.filter(mayRelease(view, end, kept))
  const held = new Set(pods.filter(isTracked).map(uidOf))
  const { uncountedTerminatedPods: before, succeeded = 0, failed = 0 } = job.status ?? {}
  const [oldSucceeded, oldFailed] = [before?.succeeded ?? [], before?.failed ?? []]
  const fresh = newlyEnded(view, release, end)
  const waitingSucceeded = [...oldSucceeded.filter((uid) => held.has(uid)), ...fresh.succeeded]
  const waitingFailed = [...oldFailed.filter((uid) => held.has(uid)), ...fresh.failed]
  const countedSucceeded = succeeded + oldSucceeded.filter((uid) => !held.has(uid)).length
  const countedFailed = failed + oldFailed.filter((uid) => !held.has(uid)).length
  return {
    counts: {
      succeeded: isIndexed(job) ? view.succeededIndexes.size : countedSucceeded,
      failed: countedFailed,
      ...(isIndexed(job) ? { completedIndexes: formatIndexes(view.succeededIndexes) } : {}),
      ...(countsPerIndex(job) ? { failedIndexes: formatIndexes(view.failedIndexes) } : {}),
      uncountedTerminatedPods: uncountedOf(waitingSucceeded, waitingFailed),
    },
    release,
    settled: waitingSucceeded.length === 0 && waitingFailed.length === 0 && release.length === 0,
  }
}
