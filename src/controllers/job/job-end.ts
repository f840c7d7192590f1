import { timeOf } from '../../primitives/timestamp.ts'
import { findCondition } from '../../machinery/conditions.ts'
import { parseIndexes } from '../../resources/batch/job-indexes.ts'
import type { Job } from '../../resources/batch/job.ts'
import { hasFailed } from './job-pods.ts'
import { countsPerIndex, type JobView } from './job-view.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/** How a Job ends, decided before its last pods are gone. */
export interface JobEnd {
  readonly success: boolean
  readonly reason: string
  readonly message: string
}

const holds = ({ status }: Job, type: string): boolean =>
  findCondition(status?.conditions, type)?.status === 'True'

export const isJobFinished = (job: Job): boolean => holds(job, 'Complete') || holds(job, 'Failed')

/** What an earlier look decided stays decided. */
const decidedBefore = (job: Job): JobEnd | undefined => {
  const success = holds(job, 'SuccessCriteriaMet')
  const type = success ? 'SuccessCriteriaMet' : 'FailureTarget'
  const condition = findCondition(job.status?.conditions, type)
  if (condition?.status !== 'True') return undefined
  return { success, reason: condition.reason ?? '', message: condition.message ?? '' }
}

const failure = (reason: string, message: string): JobEnd => ({ success: false, reason, message })

const failedByPolicy = ({ job, pods }: JobView): JobEnd | undefined => {
  for (const pod of pods) {
    const verdict = hasFailed(job, pod) ? judgeFailure(job.spec, pod) : undefined
    if (verdict?.type === 'failJob') return failure('PodFailurePolicy', verdict.message)
  }
  return undefined
}

/** Containers that the node starts again count where their pod does not fail. */
const restartsPastLimit = ({ job, pods }: JobView): boolean => {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  const limit = job.spec.backoffLimit ?? 6
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** When activeDeadlineSeconds end the Job, in milliseconds; undefined: never. */
export const deadlineOf = ({ spec, status }: Job): number | undefined =>
  spec.activeDeadlineSeconds === undefined || status?.startTime === undefined || spec.suspend === true
    ? undefined
    : timeOf(status.startTime) + spec.activeDeadlineSeconds * 1000

const failedByLimits = (view: JobView, now: number): JobEnd | undefined => {
  if (view.failed > (view.job.spec.backoffLimit ?? 6) || restartsPastLimit(view)) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const deadline = deadlineOf(view.job)
  return deadline !== undefined && deadline <= now
    ? failure('DeadlineExceeded', 'Job was active longer than specified deadline')
    : undefined
}

const failedByIndexes = ({ job, failedIndexes, succeededIndexes }: JobView): JobEnd | undefined => {
  if (!countsPerIndex(job)) return undefined
  const { maxFailedIndexes, completions = 0 } = job.spec
  if (failedIndexes.size > (maxFailedIndexes ?? Infinity)) {
    const message = 'Job has exceeded the specified maximal number of failed indexes'
    return failure('MaxFailedIndexesExceeded', message)
  }
  return failedIndexes.size > 0 && failedIndexes.size + succeededIndexes.size >= completions
    ? failure('FailedIndexes', 'Job has failed indexes')
    : undefined
}

const succeededByPolicy = ({ job, succeededIndexes }: JobView): JobEnd | undefined => {
  if (succeededIndexes.size === 0) return undefined
  const matched = (job.spec.successPolicy?.rules ?? []).findIndex((rule) => {
    const { succeededIndexes: text, succeededCount } = rule
    if (text === undefined) return succeededIndexes.size >= (succeededCount ?? Infinity)
    const wanted = [...parseIndexes(text, job.spec.completions ?? 0)]
    const there = wanted.filter((index) => succeededIndexes.has(index)).length
    return wanted.length > 0 && there >= (succeededCount ?? wanted.length)
  })
  return matched === -1
    ? undefined
    : { success: true, reason: 'SuccessPolicy', message: `Matched rules at index ${matched}` }
}

/** The end that policies and limits bring about: whatever still runs is to be ended. */
export const planEnd = (view: JobView, now: number): JobEnd | undefined =>
  decidedBefore(view.job) ??
  failedByPolicy(view) ??
  failedByLimits(view, now) ??
  failedByIndexes(view) ??
  succeededByPolicy(view)

/** The end of a Job whose pods have done what was asked; `active` are those that go on. */
export const planCompletion = ({ job, succeeded }: JobView, active: number): JobEnd | undefined => {
  if (active > 0) return undefined
  const { completions } = job.spec
  const done = completions === undefined || completions === null ? succeeded > 0 : succeeded >= completions
  return done
    ? { success: true, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : undefined
}
