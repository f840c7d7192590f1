import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { timeOf, timestampOf } from '../../primitives/timestamp.ts'
import type { CronJob, CronJobSpec } from '../../resources/batch/cron-job.ts'
import { parseCronSchedule } from '../../resources/batch/cron-schedule.ts'
import type { Job } from '../../resources/batch/job.ts'
import { missedTimes } from './missed-times.ts'
import { type CronJobPlan, planCronJob, withStarted } from './plan-cron-job.ts'

const start = timeOf('2026-01-01T00:00:30Z')
const minute = 60_000

class World {
  cronJob: CronJob
  jobs: Job[] = []
  now = start
  reasons: string[] = []

  constructor(spec: Partial<CronJobSpec>) {
    this.cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick', namespace: 'default', uid: 'cron', creationTimestamp: timestampOf(start) },
      spec: {
        schedule: '* * * * *',
        jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template: { spec: { containers: [] } } } },
        ...spec,
      },
    }
  }

  step(): CronJobPlan {
    const plan = planCronJob({ cronJob: this.cronJob, jobs: this.jobs, now: this.now })
    this.reasons.push(...plan.events.map(({ reason }) => reason))
    this.jobs = this.jobs.filter((job) => !plan.remove.includes(job))
    let { status } = plan
    if (plan.start !== undefined) {
      const { job, time } = plan.start
      const running = {
        ...job,
        metadata: { ...job.metadata, uid: job.metadata.name },
        status: { startTime: timestampOf(this.now) },
      }
      this.jobs.push(running)
      status = withStarted(status, running, time)
    }
    this.cronJob = { ...this.cronJob, status }
    return plan
  }

  pass(milliseconds: number): this {
    this.now += milliseconds
    this.step()
    return this
  }

  end(type: 'Complete' | 'Failed', pick: (job: Job) => boolean = () => true): this {
    this.jobs = this.jobs.map((job) =>
      job.status?.conditions === undefined && pick(job)
        ? {
            ...job,
            status: {
              ...job.status,
              conditions: [{ type, status: 'True' }],
              ...(type === 'Complete' ? { completionTime: timestampOf(this.now) } : {}),
            },
          }
        : job,
    )
    return this
  }

  active(): readonly (string | undefined)[] {
    return (this.cronJob.status?.active ?? []).map(({ name }) => name)
  }
}

const nameAt = (time: string): string => `tick-${timeOf(time) / minute}`

describe('a CronJob', () => {
  test('starts a Job at each time, named by it, and looks again at the next', () => {
    const it = new World({})
    expect(it.step()).toMatchObject({ afterMs: 30_100 })
    expect(it.jobs).toEqual([])
    it.pass(30_000)
    expect(it.jobs).toMatchObject([
      {
        metadata: {
          name: nameAt('2026-01-01T00:01:00Z'),
          labels: { a: 'b' },
          annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:01:00Z' },
          ownerReferences: [{ kind: 'CronJob', uid: 'cron', controller: true }],
        },
      },
    ])
    expect(it.cronJob.status).toMatchObject({
      lastScheduleTime: '2026-01-01T00:01:00Z',
      active: [{ kind: 'Job' }],
    })
    expect(it.step().start).toBeUndefined()
    it.end('Complete').step()
    expect(it.cronJob.status).toEqual({
      lastScheduleTime: '2026-01-01T00:01:00Z',
      lastSuccessfulTime: '2026-01-01T00:01:00Z',
    })
    expect(it.reasons).toEqual(['SawCompletedJob'])
  })

  test('by the clock of its time zone', () => {
    const it = new World({ schedule: '0 9 * * *', timeZone: 'Asia/Tokyo' })
    it.pass(30_000)
    expect(it.jobs).toEqual([])
    it.now = timeOf('2026-01-02T00:00:00Z')
    it.step()
    expect(it.jobs[0]?.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-02T09:00:00+09:00',
    })
  })

  test.each([
    ['Allow', 2, 2, []],
    ['Forbid', 1, 1, ['JobAlreadyActive']],
    ['Replace', 1, 1, []],
  ] as const)('%s: what becomes of a Job that still runs', (concurrencyPolicy, jobs, active, reasons) => {
    const it = new World({ concurrencyPolicy }).pass(30_000).pass(minute)
    expect(it.jobs.length).toBe(jobs)
    expect(it.active().length).toBe(active)
    expect(it.reasons).toEqual(reasons)
  })

  test('Forbid makes up for the time that was skipped when the Job ends', () => {
    const it = new World({ concurrencyPolicy: 'Forbid' }).pass(30_000).pass(minute).pass(10_000)
    it.end('Complete').step()
    expect(it.active()).toEqual([nameAt('2026-01-01T00:02:00Z')])
  })

  test('suspended starts nothing', () => {
    const it = new World({ suspend: true }).pass(10 * minute)
    expect(it.jobs).toEqual([])
    expect(it.step().afterMs).toBeUndefined()
  })

  test('after a long pause starts the last time alone, and says when there were many', () => {
    expect(new World({}).pass(10 * minute).jobs.length).toBe(1)
    const it = new World({}).pass(1000 * minute)
    expect(it.jobs.length).toBe(1)
    expect(it.reasons).toEqual(['TooManyMissedTimes'])
  })

  test('startingDeadlineSeconds: too late is not started', () => {
    const it = new World({ schedule: '@hourly', startingDeadlineSeconds: 60 })
    it.pass(65 * minute)
    expect(it.jobs).toEqual([])
    it.now = timeOf('2026-01-01T02:00:59Z')
    it.step()
    expect(it.jobs.length).toBe(1)
  })

  test('keeps as many finished Jobs as its limits say', () => {
    const it = new World({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 })
    it.pass(30_000)
    for (const end of ['Complete', 'Complete', 'Failed', 'Complete'] as const) it.end(end).pass(minute)
    it.step()
    expect(it.jobs.map(({ status }) => status?.conditions?.[0]?.type ?? 'runs')).toEqual([
      'Complete',
      'Complete',
      'runs',
    ])
  })

  test('times of one minute have one Job, which is not taken up again when it has ended', () => {
    const it = new World({ schedule: '@every 10s' }).pass(10_000).end('Complete')
    const [job] = it.jobs
    if (job === undefined) throw new Error('no Job was started')
    const { status } = it.step()
    const again = withStarted(status, job, it.now + 10_000)
    expect(again).toEqual({ ...status, lastScheduleTime: timestampOf(it.now + 10_000) })
  })

  test('notices a Job that somebody deleted', () => {
    const it = new World({ concurrencyPolicy: 'Forbid' }).pass(30_000)
    it.jobs = []
    it.step()
    expect(it.active()).toEqual([])
    expect(it.reasons).toEqual(['MissingJob'])
  })
})

property.prop([
  // Each with how many seconds go by at most: some hundred times of the schedule.
  fc.constantFrom(
    ['* * * * *', 8000] as const,
    ['*/7 * * * *', 40_000] as const,
    ['15 3,9 * * 1-5', 4_000_000] as const,
    ['@every 90s', 9000] as const,
  ),
  fc.double({ min: 0, max: 1, noNaN: true }),
])('the time that is due is the last one that has passed', ([text, longest], part) => {
  const schedule = parseCronSchedule(text)
  if (!schedule.ok) throw new Error(schedule.error)
  const now = start + Math.floor(part * longest) * 1000
  const { latest, next } = missedTimes(schedule.value, start, now)
  let expected: number | undefined
  for (
    let time = schedule.value.next(start);
    time !== undefined && time <= now;
    time = schedule.value.next(time)
  ) {
    expected = time
  }
  expect(latest).toBe(expected)
  expect(next).toBeGreaterThan(now)
})
