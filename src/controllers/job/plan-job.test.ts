import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { timestampOf } from '../../primitives/timestamp.ts'
import { type Job, type JobSpec, trackingFinalizer } from '../../resources/batch/job.ts'
import type { Pod, PodPhase } from '../../resources/core/pod.ts'
import { type JobPlan, planJob } from './plan-job.ts'

const start = 1_767_225_600_000

const aJob = (spec: Partial<JobSpec>): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'default', uid: 'job' },
  spec: {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
  },
})

/** A Job with its pods, as API and node would keep them; the clock stands until it is moved. */
class World {
  job: Job
  pods: Pod[] = []
  now = start
  events: string[] = []
  #made = 0

  constructor(spec: Partial<JobSpec>) {
    this.job = aJob(spec)
  }

  step(): JobPlan {
    const plan = planJob({ job: this.job, pods: this.pods, trusted: true, now: this.now })
    if (plan.status !== undefined) this.job = { ...this.job, status: plan.status }
    this.events.push(...plan.events.map(({ reason }) => reason))
    for (const { metadata } of plan.remove) this.delete(metadata.name)
    for (const { metadata } of plan.release) this.release(metadata.name)
    for (const pod of plan.create) {
      this.#made += 1
      const name = `${pod.metadata.generateName}${this.#made}`
      const metadata = { ...pod.metadata, name, uid: name, creationTimestamp: timestampOf(this.now) }
      this.pods.push({ ...pod, metadata, status: { phase: 'Running' } })
    }
    return plan
  }

  /** Steps until nothing is left to do now. */
  settle(): this {
    for (let round = 0; round < 50; round += 1) {
      const { status, release, create, remove } = this.step()
      if (status === undefined && release.length + create.length + remove.length === 0) return this
    }
    throw new Error('the plan does not come to rest')
  }

  release(name: string): void {
    this.pods = this.pods.flatMap((pod) => {
      if (pod.metadata.name !== name) return [pod]
      const finalizers = (pod.metadata.finalizers ?? []).filter((each) => each !== trackingFinalizer)
      return pod.metadata.deletionTimestamp === undefined
        ? [{ ...pod, metadata: { ...pod.metadata, finalizers } }]
        : []
    })
  }

  delete(name: string): void {
    this.pods = this.pods.flatMap((pod) => {
      if (pod.metadata.name !== name) return [pod]
      const metadata = { ...pod.metadata, deletionTimestamp: timestampOf(this.now) }
      return (pod.metadata.finalizers ?? []).includes(trackingFinalizer) ? [{ ...pod, metadata }] : []
    })
  }

  end(phase: PodPhase, pick: (pod: Pod) => boolean = () => true, exitCode = 1): this {
    const pod = this.running().find(pick)
    if (pod === undefined) throw new Error('no such pod runs')
    const terminated = { exitCode: phase === 'Failed' ? exitCode : 0, finishedAt: timestampOf(this.now) }
    const status = {
      name: 'c',
      restartCount: 0,
      ready: false,
      image: 'i',
      imageID: '',
      state: { terminated },
    }
    this.pods = this.pods.map((each) =>
      each === pod ? { ...pod, status: { phase, containerStatuses: [status] as never } } : each,
    )
    return this
  }

  running(): readonly Pod[] {
    return this.pods.filter(
      ({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined,
    )
  }

  indexes(): readonly (string | undefined)[] {
    return this.running().map(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-completion-index'])
  }

  conditions(): readonly string[] {
    return (this.job.status?.conditions ?? []).map(
      ({ type, status, reason }) => `${type}=${status} ${reason}`,
    )
  }
}

const world = (spec: Partial<JobSpec> = {}): World => new World(spec).settle()

describe('a Job', () => {
  test('of one pod that succeeds', () => {
    const it = world()
    expect(it.pods[0]?.metadata).toMatchObject({ generateName: 'j-', finalizers: [trackingFinalizer] })
    expect(it.job.status).toMatchObject({
      active: 1,
      startTime: timestampOf(start),
      uncountedTerminatedPods: {},
    })
    it.now += 7000
    it.end('Succeeded').settle()
    expect(it.job.status).toEqual({
      conditions: [
        expect.objectContaining({ type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached' }),
        expect.objectContaining({
          type: 'Complete',
          status: 'True',
          message: 'Reached expected number of succeeded pods',
        }),
      ],
      startTime: timestampOf(start),
      completionTime: timestampOf(start + 7000),
      succeeded: 1,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    })
    expect(it.pods[0]?.metadata.finalizers).toEqual([])
    expect(it.events).toEqual(['Completed'])
  })

  test('keeps as many pods as parallelism and what is left allow', () => {
    const it = world({ completions: 5, parallelism: 3 })
    expect(it.running().length).toBe(3)
    it.end('Succeeded').end('Succeeded').end('Succeeded').settle()
    expect(it.running().length).toBe(2)
    it.job = { ...it.job, spec: { ...it.job.spec, parallelism: 1 } }
    it.settle()
    expect(it.running().length).toBe(1)
  })

  test('without completions is done when its pods are and one has succeeded', () => {
    const { completions: _, ...queue } = aJob({ parallelism: 3 }).spec
    const it = new World({ parallelism: 3 })
    it.job = { ...it.job, spec: queue }
    it.settle()
    expect(it.running().length).toBe(3)
    it.end('Succeeded').settle()
    expect(it.running().length).toBe(2)
    it.end('Succeeded').settle().end('Succeeded').settle()
    expect(it.conditions()).toContain('Complete=True CompletionsReached')
  })

  test('tries again later each time, and gives up', () => {
    const it = world({ backoffLimit: 2 })
    for (const delay of [10_000, 20_000]) {
      it.end('Failed')
      it.step()
      expect(it.step().afterMs).toBe(delay)
      it.now += delay - 1000
      it.settle()
      expect(it.running().length).toBe(0)
      it.now += 1000
      it.settle()
      expect(it.running().length).toBe(1)
    }
    it.end('Failed').settle()
    expect(it.conditions()).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ])
    expect(it.job.status).toMatchObject({ failed: 3 })
    expect(it.job.status?.completionTime).toBeUndefined()
    expect(it.events).toEqual(['BackoffLimitExceeded'])
  })

  test('ends what runs when its deadline is over', () => {
    const it = world({ activeDeadlineSeconds: 30, parallelism: 2, completions: 2 })
    expect(it.step().afterMs).toBe(30_000)
    it.now += 30_000
    it.settle()
    expect(it.running()).toEqual([])
    expect(it.job.status).toMatchObject({ failed: 2 })
    expect(it.conditions()).toContain('Failed=True DeadlineExceeded')
  })

  test('is not finished while a pod is on its way out', () => {
    const it = world({ activeDeadlineSeconds: 30 })
    const [pod] = it.pods
    it.now += 30_000
    const plan = it.step()
    expect(plan.remove).toEqual([pod])
    // The node takes its time: the pod is marked, and stays.
    it.pods =
      pod === undefined
        ? []
        : [{ ...pod, metadata: { ...pod.metadata, deletionTimestamp: timestampOf(it.now) } }]
    const held = planJob({ job: it.job, pods: it.pods, trusted: true, now: it.now })
    const status = held.status ?? it.job.status
    expect(status?.conditions?.some(({ type }) => type === 'Failed')).toBe(false)
    expect(status?.terminating).toBe(1)
  })

  test('suspended and resumed', () => {
    const it = world({ suspend: true })
    expect(it.pods).toEqual([])
    expect(it.conditions()).toEqual(['Suspended=True JobSuspended'])
    expect(it.job.status?.startTime).toBeUndefined()
    it.job = { ...it.job, spec: { ...it.job.spec, suspend: false } }
    it.now += 5000
    it.settle()
    expect(it.running().length).toBe(1)
    expect(it.conditions()).toEqual(['Suspended=False JobResumed'])
    expect(it.job.status?.startTime).toBe(timestampOf(start + 5000))
    it.job = { ...it.job, spec: { ...it.job.spec, suspend: true } }
    it.settle()
    expect(it.running()).toEqual([])
    expect(it.events).toEqual(['Suspended', 'Resumed', 'Suspended'])
  })

  test('goes when its time to live is over', () => {
    const it = world({ ttlSecondsAfterFinished: 60 })
    it.end('Succeeded').settle()
    expect(it.step()).toMatchObject({ expired: false, afterMs: 60_000 })
    it.now += 60_000
    expect(it.step().expired).toBe(true)
  })

  test('of which the cache is behind only counts', () => {
    const it = world({ completions: 2, parallelism: 1 })
    it.end('Succeeded')
    const plan = planJob({ job: it.job, pods: it.pods, trusted: false, now: it.now })
    expect(plan).toMatchObject({ create: [], remove: [] })
    expect(plan.status?.uncountedTerminatedPods?.succeeded?.length).toBe(1)
  })
})

describe('an Indexed Job', () => {
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 2 } as const
  const ofIndex =
    (index: number) =>
    (pod: Pod): boolean =>
      pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] === String(index)

  test('runs each index until it has succeeded', () => {
    const it = world(indexed)
    expect(it.indexes()).toEqual(['0', '1'])
    expect(it.pods[1]).toMatchObject({
      metadata: { generateName: 'j-1-' },
      spec: { hostname: 'j-1', containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX' }] }] },
    })
    it.end('Succeeded', ofIndex(0)).settle()
    expect(it.indexes()).toEqual(['1', '2'])
    expect(it.job.status).toMatchObject({ succeeded: 1, completedIndexes: '0' })
    it.end('Failed', ofIndex(2)).settle()
    it.now += 10_000
    it.settle()
    expect(it.indexes()).toEqual(['1', '2'])
    it.end('Succeeded', ofIndex(1)).end('Succeeded', ofIndex(2)).settle()
    expect(it.job.status).toMatchObject({ succeeded: 3, failed: 1, completedIndexes: '0-2' })
    expect(it.conditions()).toContain('Complete=True CompletionsReached')
  })

  test('with a limit for each index goes on with the others', () => {
    const it = world({ ...indexed, parallelism: 3, backoffLimit: 2_147_483_647, backoffLimitPerIndex: 1 })
    it.end('Failed', ofIndex(1)).settle()
    expect(it.indexes()).toEqual(['0', '2'])
    it.now += 10_000
    it.settle()
    const again = it.running().find(ofIndex(1))
    expect(again?.metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '1' })
    it.end('Failed', ofIndex(1)).settle()
    expect(it.job.status?.failedIndexes).toBe('1')
    it.end('Succeeded', ofIndex(0)).end('Succeeded', ofIndex(2)).settle()
    expect(it.conditions()).toContain('Failed=True FailedIndexes')
    expect(it.job.status).toMatchObject({
      succeeded: 2,
      failed: 2,
      completedIndexes: '0,2',
      failedIndexes: '1',
    })
  })

  test('ends with its success policy', () => {
    const rules = [{ succeededIndexes: '0,2', succeededCount: 1 }]
    const it = world({ ...indexed, successPolicy: { rules } })
    it.end('Succeeded', ofIndex(1)).settle()
    expect(it.conditions()).toEqual([])
    it.end('Succeeded', ofIndex(0)).settle()
    expect(it.conditions()).toContain('Complete=True SuccessPolicy')
    expect(it.running()).toEqual([])
  })
})

describe('podFailurePolicy', () => {
  const policy = (action: 'FailJob' | 'Ignore'): Partial<JobSpec> => ({
    backoffLimit: 0,
    podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [42] } }] },
  })

  test('FailJob ends the Job with the rule that says so', () => {
    const it = world(policy('FailJob'))
    it.end('Failed', () => true, 42).settle()
    const failed = it.job.status?.conditions?.find(({ type }) => type === 'Failed')
    expect(failed?.reason).toBe('PodFailurePolicy')
    expect(failed?.message).toMatch(
      /^Container c for pod default\/j-1 failed with exit code 42 matching FailJob rule at index 0$/,
    )
  })

  test('Ignore does not count, another exit code does', () => {
    const it = world(policy('Ignore'))
    it.end('Failed', () => true, 42).settle()
    expect(it.job.status?.failed).toBeUndefined()
    it.now += 10_000
    it.settle()
    it.end('Failed', () => true, 1).settle()
    expect(it.conditions()).toContain('Failed=True BackoffLimitExceeded')
  })
})

property.prop([
  fc.record({
    completions: fc.integer({ min: 1, max: 5 }),
    parallelism: fc.integer({ min: 1, max: 4 }),
    backoffLimit: fc.integer({ min: 0, max: 4 }),
    completionMode: fc.constantFrom('Indexed' as const, 'NonIndexed' as const),
  }),
  fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 2 })), { maxLength: 30 }),
])('whatever order pods end in, each is counted once and the Job ends as it must', (spec, outcomes) => {
  const it = world(spec)
  let [succeeded, failed] = [0, 0]
  for (const [success, pause] of outcomes) {
    if (it.running().length === 0) {
      it.now += 700_000
      it.settle()
    }
    if (it.running().length === 0) break
    it.end(success ? 'Succeeded' : 'Failed')
    if (success) succeeded += 1
    else failed += 1
    for (let step = 0; step < pause; step += 1) it.step()
  }
  it.settle()
  const status = it.job.status ?? {}
  const ended = it.conditions().filter((text) => /^(Complete|Failed)=/.test(text))
  const removed = ended.some((text) => text.startsWith('Failed')) ? it.pods.length : 0
  expect(status.succeeded ?? 0).toBe(succeeded)
  expect(status.failed ?? 0).toBeGreaterThanOrEqual(failed)
  expect(status.failed ?? 0).toBeLessThanOrEqual(failed + removed + spec.parallelism)
  if (succeeded >= spec.completions) expect(ended.length).toBe(1)
  else if (failed > spec.backoffLimit) expect(ended).toEqual(['Failed=True BackoffLimitExceeded'])
  else expect(ended).toEqual([])
  expect(it.running().length).toBeLessThanOrEqual(ended.length > 0 ? 0 : spec.parallelism)
})
