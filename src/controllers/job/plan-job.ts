import { findCondition, transitionTime } from '../../machinery/conditions.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import { timeOf, timestampOf } from '../../primitives/timestamp.ts'
import type { Job, JobCondition, JobStatus } from '../../resources/batch/job.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isPodReady } from '../pods/pod-state.ts'
import { deadlineOf, isJobFinished, type JobEnd, planCompletion, planEnd } from './job-end.ts'
import { isTracked } from './job-pods.ts'
import { viewJob, type JobView } from './job-view.ts'
import { planJobPods, readyWithout, type PodSteps } from './plan-job-pods.ts'
import { planTracking, type Tracking } from './plan-tracking.ts'

export interface JobState {
  readonly job: Job
  /** Those that it controls. */
  readonly pods: readonly Pod[]
  /** The cache shows all that was done so far: without, pods are only counted. */
  readonly trusted: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface JobEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** What to do. The status is stored before pods lose the finalizer by which they are counted. */
export interface JobPlan {
  readonly status?: JobStatus
  readonly events: readonly JobEvent[]
  readonly release: readonly Pod[]
  readonly create: readonly Pod[]
  readonly remove: readonly Pod[]
  /** Its ttlSecondsAfterFinished are over. */
  readonly expired: boolean
  /** When to look again, in milliseconds from now. */
  readonly afterMs?: number
}

const idle: JobPlan = { events: [], release: [], create: [], remove: [], expired: false }

type Conditions = readonly JobCondition[]
type ConditionNews = Pick<JobCondition, 'type' | 'status'> & {
  readonly reason: string
  readonly message: string
}

const withCondition = (conditions: Conditions, news: ConditionNews, now: number): Conditions => {
  const known = findCondition(conditions, news.type)
  if (known?.status === news.status && known.reason === news.reason) return conditions
  const others = conditions.filter(({ type }) => type !== news.type)
  const lastTransitionTime = transitionTime(known, news.status, now)
  return [...others, { ...news, lastProbeTime: timestampOf(now), lastTransitionTime }]
}

const endConditions = (conditions: Conditions, end: JobEnd, done: boolean, now: number): Conditions => {
  const { success, reason, message } = end
  const about = { status: 'True', reason, message } as const
  const first = { ...about, type: success ? 'SuccessCriteriaMet' : 'FailureTarget' }
  const decided = withCondition(conditions, first, now)
  return done ? withCondition(decided, { ...about, type: success ? 'Complete' : 'Failed' }, now) : decided
}

/** Suspended is said of Jobs that were suspended once. */
const suspensionConditions = ({ spec }: Job, conditions: Conditions, now: number): Conditions => {
  const known = findCondition(conditions, 'Suspended')
  if (spec.suspend === true) {
    const about = {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
    } as const
    return withCondition(conditions, about, now)
  }
  if (known?.status !== 'True') return conditions
  return withCondition(
    conditions,
    { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
    now,
  )
}

const startTimeOf = (job: Job, conditions: Conditions, now: number): string | undefined => {
  if (job.spec.suspend === true) return undefined
  const before = job.status?.startTime
  const resumed =
    findCondition(conditions, 'Suspended')?.status === 'False' &&
    findCondition(job.status?.conditions, 'Suspended')?.status === 'True'
  return before === undefined || resumed ? timestampOf(now) : before
}

const eventsOf = (job: Job, conditions: Conditions): readonly JobEvent[] => {
  const turned = (type: string, status: string): JobCondition | undefined => {
    const before = findCondition(job.status?.conditions, type)
    const after = findCondition(conditions, type)
    return after?.status === status && before?.status !== status ? after : undefined
  }
  const failed = turned('Failed', 'True')
  const wasSuspended = findCondition(job.status?.conditions, 'Suspended')?.status === 'True'
  return [
    ...(turned('Suspended', 'True') === undefined
      ? []
      : [{ type: 'Normal', reason: 'Suspended', message: 'Job suspended' } as const]),
    ...(wasSuspended && turned('Suspended', 'False') !== undefined
      ? [{ type: 'Normal', reason: 'Resumed', message: 'Job resumed' } as const]
      : []),
    ...(turned('Complete', 'True') === undefined
      ? []
      : [{ type: 'Normal', reason: 'Completed', message: 'Job completed' } as const]),
    ...(failed === undefined
      ? []
      : [{ type: 'Warning', reason: failed.reason ?? '', message: failed.message ?? '' } as const]),
  ]
}

/** Absent and 0 are one; an absent set of uncounted pods too. */
const comparable = ({ active, succeeded, failed, ...rest }: JobStatus): unknown => ({
  ...rest,
  active: active ?? 0,
  succeeded: succeeded ?? 0,
  failed: failed ?? 0,
})

interface Round {
  readonly view: JobView
  readonly steps: PodSteps
  readonly end: JobEnd | undefined
  readonly tracking: Tracking
}

const conditionsOf = ({ view, steps, end, tracking }: Round, state: JobState): Conditions => {
  const { job, now, trusted } = state
  const before = job.status?.conditions ?? []
  if (end === undefined) return trusted ? suspensionConditions(job, before, now) : before
  const running = view.active.length + view.terminating.length + steps.remove.length
  return endConditions(before, end, running === 0 && tracking.settled && trusted, now)
}

const statusOf = (round: Round, state: JobState): JobStatus => {
  const { view, steps, tracking } = round
  const { job, now } = state
  const conditions = conditionsOf(round, state)
  const startTime = startTimeOf(job, conditions, now)
  const complete = findCondition(conditions, 'Complete')
  const active = view.active.length - steps.remove.length + steps.create.length
  const { succeeded = 0, failed = 0, ...counts } = tracking.counts
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(complete?.lastTransitionTime === undefined ? {} : { completionTime: complete.lastTransitionTime }),
    ...(active === 0 ? {} : { active }),
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    ...counts,
    terminating: view.terminating.length + steps.remove.length,
    ready:
      steps.remove.length === 0
        ? view.active.filter(isPodReady).length
        : readyWithout(view.active, steps.remove),
  }
}

const planRound = (state: JobState): Round => {
  const view = viewJob(state.job, state.pods)
  const decided = planEnd(view, state.now)
  if (decided !== undefined) {
    const steps = { create: [], remove: view.active }
    return { view, steps, end: decided, tracking: planTracking(view, decided) }
  }
  const steps = state.trusted ? planJobPods(view, state.now) : { create: [], remove: [] }
  const active = view.active.length - steps.remove.length + steps.create.length
  const suspended = state.job.spec.suspend === true && view.active.length > 0
  const waiting = steps.afterMs !== undefined || suspended
  const end = waiting ? undefined : planCompletion(view, active)
  return { view, steps, end, tracking: planTracking(view, end) }
}

/** A finished Job holds no pod, and goes when its time is over. */
const planFinished = ({ job, pods, now }: JobState): JobPlan => {
  const release = pods.filter(isTracked)
  const { ttlSecondsAfterFinished: ttl } = job.spec
  if (ttl === undefined || job.metadata.deletionTimestamp !== undefined) return { ...idle, release }
  const ended = (job.status?.conditions ?? []).find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )
  const left = timeOf(ended?.lastTransitionTime) + ttl * 1000 - now
  return left <= 0 ? { ...idle, release, expired: true } : { ...idle, release, afterMs: left }
}

/** The next step of a Job. Pure and idempotent: on the state that it leads to, it plans the step after. */
export const planJob = (state: JobState): JobPlan => {
  const { job, now } = state
  if (isJobFinished(job)) return planFinished(state)
  const round = planRound(state)
  const { steps, tracking } = round
  const status = statusOf(round, state)
  const deadline = deadlineOf({ ...job, status })
  const waits = [steps.afterMs, deadline === undefined ? undefined : Math.max(deadline - now, 0)]
  const known = waits.filter((wait) => wait !== undefined)
  const changed = !jsonEqual(comparable(job.status ?? {}), comparable(status))
  return {
    ...(changed ? { status } : {}),
    events: eventsOf(job, status.conditions ?? []),
    release: tracking.release,
    create: steps.create,
    remove: steps.remove,
    expired: false,
    ...(known.length === 0 || round.end !== undefined ? {} : { afterMs: Math.min(...known) }),
  }
}
