import { findCondition } from '../../machinery/conditions.ts'
import { controllerReference } from '../../machinery/object-meta.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import { timeOf, timestampOf } from '../../primitives/timestamp.ts'
import type { CronJob, CronJobStatus } from '../../resources/batch/cron-job.ts'
import { parseCronSchedule } from '../../resources/batch/cron-schedule.ts'
import type { Job } from '../../resources/batch/job.ts'
import type { ObjectReference } from '../../resources/core/object-reference.ts'
import { missedTimes, tooMany } from './missed-times.ts'

export interface CronJobState {
  readonly cronJob: CronJob
  /** Those that it controls. */
  readonly jobs: readonly Job[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface CronJobEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface CronJobPlan {
  readonly events: readonly CronJobEvent[]
  /** Jobs to delete: replaced ones, and history beyond the limits. */
  readonly remove: readonly Job[]
  /** The Job of a time that is due. */
  readonly start?: { readonly job: Job; readonly time: number }
  /** Without what `start` adds: see withStarted. */
  readonly status: CronJobStatus
  readonly changed: boolean
  /** When to look again, in milliseconds from now. */
  readonly afterMs?: number
}

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const endOf = ({ status }: Job): 'Complete' | 'Failed' | undefined =>
  (['Complete', 'Failed'] as const).find((type) => findCondition(status?.conditions, type)?.status === 'True')

/** RFC 3339 in a time zone. */
const zonedTime = (time: number, timeZone: string): string => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  })
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const offset = of('timeZoneName').replace('GMT', '')
  const date = `${of('year')}-${of('month')}-${of('day')}`
  return `${date}T${of('hour')}:${of('minute')}:${of('second')}${offset === '' ? 'Z' : offset}`
}

/** Named by its time: the same Job is not started twice. */
const jobName = ({ metadata }: CronJob, time: number): string =>
  `${metadata.name}-${Math.floor(time / 60_000)}`

const jobOf = (cronJob: CronJob, time: number): Job => {
  const { metadata = {}, spec } = cronJob.spec.jobTemplate
  const { namespace } = cronJob.metadata
  const zone = cronJob.spec.timeZone
  const scheduled = zone === undefined ? timestampOf(time) : zonedTime(time, zone)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, time),
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata.annotations, [scheduledAnnotation]: scheduled },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  }
}

const referenceTo = ({ metadata }: Job): ObjectReference => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
  ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
})

interface Followed {
  readonly status: CronJobStatus
  readonly events: readonly CronJobEvent[]
}

/** What has become of the Jobs that were started. */
const follow = ({ cronJob, jobs }: CronJobState): Followed => {
  const { active = [], ...status } = cronJob.status ?? {}
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]))
  const events: CronJobEvent[] = []
  const still = active.filter(({ uid, name }) => {
    const job = byUid.get(uid)
    const end = job === undefined ? undefined : endOf(job)
    if (job === undefined) {
      events.push({ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` })
    } else if (end !== undefined) {
      const message = `Saw completed job: ${name}, condition: ${end}`
      events.push({ type: 'Normal', reason: 'SawCompletedJob', message })
    }
    return job !== undefined && end === undefined
  })
  const completions = jobs.map((job) => (endOf(job) === 'Complete' ? timeOf(job.status?.completionTime) : 0))
  const last = Math.max(timeOf(status.lastSuccessfulTime), ...completions)
  return {
    status: {
      ...(still.length === 0 ? {} : { active: still }),
      ...status,
      ...(last === 0 ? {} : { lastSuccessfulTime: timestampOf(last) }),
    },
    events,
  }
}

/** Finished Jobs beyond the limits, the oldest first. */
const history = ({ cronJob, jobs }: CronJobState): readonly Job[] => {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec
  const beyond = (end: 'Complete' | 'Failed', limit: number): readonly Job[] => {
    const ended = jobs
      .filter((job) => endOf(job) === end && job.metadata.deletionTimestamp === undefined)
      .toSorted(
        (left, right) =>
          timeOf(left.status?.startTime) - timeOf(right.status?.startTime) ||
          (left.metadata.name < right.metadata.name ? -1 : 1),
      )
    return ended.slice(0, Math.max(ended.length - limit, 0))
  }
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)]
}

interface Decision {
  readonly events: readonly CronJobEvent[]
  readonly start?: number
  readonly replace: readonly Job[]
  readonly next?: number
}

const warning = (reason: string, message: string): CronJobEvent => ({ type: 'Warning', reason, message })

/** Go's time.RFC1123Z. */
const rfc1123 = (time: number): string => new Date(time).toUTCString().replace('GMT', '+0000')

const isStarted = ({ cronJob }: CronJobState, time: number, active: readonly ObjectReference[]): boolean =>
  timeOf(cronJob.status?.lastScheduleTime) === time ||
  active.some(({ name }) => name === jobName(cronJob, time))

/** The time up to which nothing is owed: the last start, the creation, or what the deadline leaves. */
const owedSince = ({ cronJob, now }: CronJobState): number => {
  const { startingDeadlineSeconds: deadline } = cronJob.spec
  const since = timeOf(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp)
  return deadline === undefined ? since : Math.max(since, now - deadline * 1000)
}

const decide = (state: CronJobState, active: readonly ObjectReference[]): Decision => {
  const { cronJob, jobs, now } = state
  const { schedule: text, timeZone, concurrencyPolicy = 'Allow', startingDeadlineSeconds } = cronJob.spec
  const schedule = parseCronSchedule(text, timeZone)
  if (!schedule.ok) {
    const message = `unparseable schedule: "${text}" : ${schedule.error}`
    return { events: [warning('UnparseableSchedule', message)], replace: [] }
  }
  const missed = missedTimes(schedule.value, owedSince(state), now)
  const next = missed.next === undefined ? {} : { next: missed.next }
  const skip = (...events: readonly CronJobEvent[]): Decision => ({ events, replace: [], ...next })
  const due = missed.latest
  if (due === undefined) return skip()
  if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < now) {
    return skip(warning('MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`))
  }
  if (isStarted(state, due, active)) return skip()
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    return skip({ type: 'Normal', reason: 'JobAlreadyActive', message })
  }
  const uids = new Set(active.map(({ uid }) => uid))
  const replaced =
    concurrencyPolicy === 'Replace' ? jobs.filter(({ metadata }) => uids.has(metadata.uid)) : []
  const many =
    missed.count > tooMany
      ? [
          warning(
            'TooManyMissedTimes',
            'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
          ),
        ]
      : []
  return { events: many, replace: replaced, start: due, ...next }
}

const canonical = ({ active = [], ...rest }: CronJobStatus): unknown => ({ ...rest, active })

/** The next step of a CronJob. Pure: on the state that it leads to, it waits for the next time. */
export const planCronJob = (state: CronJobState): CronJobPlan => {
  const { cronJob, now } = state
  const { status, events } = follow(state)
  const idle = cronJob.metadata.deletionTimestamp !== undefined || cronJob.spec.suspend === true
  const decision: Decision = idle ? { events: [], replace: [] } : decide(state, status.active ?? [])
  const replaced = new Set(decision.replace.map(({ metadata }) => metadata.uid))
  const active = (status.active ?? []).filter(({ uid }) => !replaced.has(uid))
  const { active: _, ...others } = status
  const next = { ...(active.length === 0 ? {} : { active }), ...others }
  const { start } = decision
  return {
    events: [...events, ...decision.events],
    remove: [...decision.replace, ...history(state)],
    ...(start === undefined ? {} : { start: { job: jobOf(cronJob, start), time: start } }),
    status: next,
    changed: !jsonEqual(canonical(cronJob.status ?? {}), canonical(next)),
    // A little after: a clock that is behind must not find nothing due.
    ...(decision.next === undefined ? {} : { afterMs: Math.max(decision.next - now, 0) + 100 }),
  }
}

/** The status once the Job of a time is there; two times of one minute have the same, which may have ended. */
export const withStarted = (status: CronJobStatus, job: Job, time: number): CronJobStatus => {
  const { active: before = [], ...others } = status
  const rest = before.filter(({ uid }) => uid !== job.metadata.uid)
  const active = endOf(job) === undefined ? [...rest, referenceTo(job)] : rest
  return { ...(active.length === 0 ? {} : { active }), ...others, lastScheduleTime: timestampOf(time) }
}
