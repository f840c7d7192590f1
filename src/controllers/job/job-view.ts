import type { Job } from '../../resources/batch/job.ts'
import { parseIndexes } from '../../resources/batch/job-indexes.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isPodActive, isPodFinished } from '../pods/pod-state.ts'
import { failuresBefore, hasFailed, indexOf, isIndexed, isTracked } from './job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/** A Job's pods, sorted and counted. */
export interface JobView {
  readonly job: Job
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  /** Told to end, but not ended yet. */
  readonly terminating: readonly Pod[]
  /** All that succeeded: counted, about to be counted and just seen. */
  readonly succeeded: number
  readonly failed: number
  /** Of an Indexed Job. */
  readonly succeededIndexes: ReadonlySet<number>
  /** Of a Job with backoffLimitPerIndex. */
  readonly failedIndexes: ReadonlySet<number>
}

export const countsPerIndex = ({ spec }: Job): boolean => (spec.backoffLimitPerIndex ?? null) !== null

/** Pods that no status mentions yet: tracked, and not among the uncounted of the stored status. */
const newPods = (job: Job, pods: readonly Pod[], known: readonly string[]): readonly Pod[] =>
  pods.filter(
    (pod) =>
      isTracked(pod) &&
      !known.includes(pod.metadata.uid ?? '') &&
      (!isIndexed(job) || indexOf(job, pod) !== undefined),
  )

const succeededIndexes = (job: Job, pods: readonly Pod[]): ReadonlySet<number> => {
  const before = parseIndexes(job.status?.completedIndexes, job.spec.completions ?? 0)
  const fresh = pods
    .filter((pod) => isTracked(pod) && pod.status?.phase === 'Succeeded')
    .flatMap((pod) => indexOf(job, pod) ?? [])
  return new Set([...before, ...fresh])
}

const failsItsIndex = (job: Job, pod: Pod): boolean => {
  const verdict = judgeFailure(job.spec, pod)
  if (verdict.type === 'failIndex') return true
  return verdict.type !== 'ignore' && failuresBefore(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0)
}

const failedIndexes = (job: Job, pods: readonly Pod[]): ReadonlySet<number> => {
  if (!countsPerIndex(job)) return new Set()
  const before = parseIndexes(job.status?.failedIndexes, job.spec.completions ?? 0)
  const fresh = pods
    .filter((pod) => isTracked(pod) && hasFailed(job, pod) && failsItsIndex(job, pod))
    .flatMap((pod) => indexOf(job, pod) ?? [])
  return new Set([...before, ...fresh])
}

/** `pods` are those that the Job controls. */
export const viewJob = (job: Job, pods: readonly Pod[]): JobView => {
  const { succeeded = 0, failed = 0, uncountedTerminatedPods: uncounted } = job.status ?? {}
  const successes = newPods(job, pods, uncounted?.succeeded ?? []).filter(
    ({ status }) => status?.phase === 'Succeeded',
  )
  const failures = newPods(job, pods, uncounted?.failed ?? []).filter(
    (pod) => hasFailed(job, pod) && judgeFailure(job.spec, pod).type !== 'ignore',
  )
  const completed = succeededIndexes(job, pods)
  return {
    job,
    pods,
    active: pods.filter(isPodActive),
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod)),
    succeeded: isIndexed(job)
      ? completed.size
      : succeeded + successes.length + (uncounted?.succeeded ?? []).length,
    failed: failed + failures.length + (uncounted?.failed ?? []).length,
    succeededIndexes: completed,
    failedIndexes: failedIndexes(job, pods),
  }
}
