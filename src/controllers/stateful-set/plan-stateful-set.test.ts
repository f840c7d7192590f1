import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { StatefulSet, StatefulSetSpec } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { planStatefulSet, type StatefulSetPlan } from './plan-stateful-set.ts'

const template = (image: string): StatefulSetSpec['template'] => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
})

const claimTemplate: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}

/** A StatefulSet with its pods and claims, as API and node would keep them. */
class World {
  set: StatefulSet
  pods: Pod[] = []
  revisions: ControllerRevision[] = []
  claims = new Map<string, PersistentVolumeClaim>()
  #uids = 0

  constructor(spec: Partial<StatefulSetSpec>) {
    this.set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web', namespace: 'default', uid: 'set', generation: 1 },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        serviceName: 'web',
        template: template('i:1'),
        ...spec,
      },
    }
  }

  change(spec: Partial<StatefulSetSpec>): this {
    const generation = (this.set.metadata.generation ?? 0) + 1
    this.set = {
      ...this.set,
      metadata: { ...this.set.metadata, generation },
      spec: { ...this.set.spec, ...spec },
    }
    return this
  }

  plan(): StatefulSetPlan {
    const { set, pods, revisions, claims } = this
    return planStatefulSet({ set, pods, revisions, claims, now: 0 })
  }

  step(): StatefulSetPlan {
    const plan = this.plan()
    for (const { type, revision } of plan.revisions) {
      this.revisions = this.revisions.filter(({ metadata }) => metadata.name !== revision.metadata.name)
      if (type !== 'deleteRevision') this.revisions.push(revision)
    }
    for (const claim of plan.claims) this.claims.set(claim.metadata.name, claim)
    if (plan.status !== undefined) this.set = { ...this.set, status: plan.status }
    for (const action of plan.pods) {
      if (action.type === 'createClaim') this.claims.set(action.claim.metadata.name, action.claim)
      if (action.type === 'deletePod') this.remove(action.pod.metadata.name)
      if (action.type === 'createPod') {
        this.#uids += 1
        const metadata = { ...action.pod.metadata, uid: String(this.#uids) }
        this.pods.push({ ...action.pod, metadata, status: { phase: 'Pending' } })
      }
    }
    return plan
  }

  remove(name: string): void {
    this.pods = this.pods.filter(({ metadata }) => metadata.name !== name)
  }

  /** Every pod runs and is ready, but for those that are named. */
  ready(...except: readonly string[]): this {
    const conditions = [{ type: 'Ready', status: 'True' as const }]
    this.pods = this.pods.map((pod) =>
      except.includes(pod.metadata.name) ? pod : { ...pod, status: { phase: 'Running', conditions } },
    )
    return this
  }

  /** Steps with a node that readies every pod, until nothing is left to do; gives what was done in order. */
  settle(): readonly string[] {
    const done: string[] = []
    for (let round = 0; round < 60; round += 1) {
      const plan = this.ready().step()
      done.push(...describeActions(plan))
      const idle =
        plan.status === undefined && plan.pods.length + plan.revisions.length + plan.claims.length === 0
      if (idle) return done
    }
    throw new Error('the plan does not come to rest')
  }

  /** Of its revisions. */
  numbers(): readonly number[] {
    return this.revisions.map(({ revision }) => revision).toSorted((left, right) => left - right)
  }

  images(): Record<string, string | undefined> {
    return Object.fromEntries(
      this.pods
        .toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
        .map(({ metadata, spec }) => [metadata.name, spec.containers[0]?.image]),
    )
  }
}

const describeActions = (plan: StatefulSetPlan): readonly string[] =>
  plan.pods.map((action) =>
    action.type === 'createClaim'
      ? `claim ${action.claim.metadata.name}`
      : `${action.type === 'createPod' ? '+' : '-'}${action.pod.metadata.name}`,
  )

describe('a StatefulSet', () => {
  test('makes pods one after the other, each when the one before serves', () => {
    const it = new World({ replicas: 3 })
    expect(describeActions(it.step())).toEqual(['+web-0'])
    expect(describeActions(it.step())).toEqual([])
    expect(describeActions(it.ready().step())).toEqual(['+web-1'])
    it.ready()
    expect(it.settle()).toEqual(['+web-2'])
    expect(it.set.status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
    })
    expect(it.set.status?.currentRevision).toBe(it.set.status?.updateRevision)
    expect(it.pods[1]).toMatchObject({
      metadata: {
        name: 'web-1',
        labels: {
          app: 'web',
          'statefulset.kubernetes.io/pod-name': 'web-1',
          'apps.kubernetes.io/pod-index': '1',
          'controller-revision-hash': it.set.status?.updateRevision,
        },
      },
      spec: { hostname: 'web-1', subdomain: 'web' },
    })
    expect(it.pods[1]?.metadata.generateName).toBeUndefined()
  })

  test('takes pods one after the other, the last first', () => {
    const it = new World({ replicas: 4 })
    it.settle()
    expect(it.change({ replicas: 1 }).settle()).toEqual(['-web-3', '-web-2', '-web-1'])
  })

  test('waits with taking while one does not serve, unless that is the one to be taken', () => {
    const it = new World({ replicas: 3 })
    it.settle()
    const broken = (name: string): void => {
      it.pods = it.pods.map((pod) =>
        pod.metadata.name === name ? { ...pod, status: { phase: 'Pending' } } : pod,
      )
    }
    broken('web-2')
    expect(describeActions(it.change({ replicas: 1 }).plan())).toEqual(['-web-2'])
    broken('web-0')
    expect(describeActions(it.plan())).toEqual([])
  })

  test('in parallel does all at once', () => {
    const it = new World({ replicas: 3, podManagementPolicy: 'Parallel' })
    expect(describeActions(it.step())).toEqual(['+web-0', '+web-1', '+web-2'])
    it.settle()
    expect(describeActions(it.change({ replicas: 1 }).step())).toEqual(['-web-2', '-web-1'])
  })

  test('begins at another ordinal', () => {
    const it = new World({ replicas: 2, ordinals: { start: 5 } })
    expect(it.settle()).toEqual(['+web-5', '+web-6'])
    expect(it.change({ ordinals: { start: 6 } }).settle()).toEqual(['+web-7', '-web-5'])
  })

  test('gives each pod its claim, and finds it again', () => {
    const it = new World({ replicas: 2, volumeClaimTemplates: [claimTemplate] })
    expect(it.settle()).toEqual(['claim data-web-0', '+web-0', 'claim data-web-1', '+web-1'])
    expect(it.pods[1]?.spec.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-1' } },
    ])
    it.change({ replicas: 1 }).settle()
    expect([...it.claims.keys()]).toEqual(['data-web-0', 'data-web-1'])
    expect(it.change({ replicas: 2 }).settle()).toEqual(['+web-1'])
  })

  test('makes a pod anew that has ended', () => {
    const it = new World({ replicas: 2 })
    it.settle()
    it.pods = it.pods.map((pod) =>
      pod.metadata.name === 'web-0' ? { ...pod, status: { phase: 'Failed' } } : pod,
    )
    expect(describeActions(it.step())).toEqual(['-web-0'])
    expect(it.settle()).toEqual(['+web-0'])
  })
})

describe('a rolling update', () => {
  test('goes from the last to the first, each when the one before serves', () => {
    const it = new World({ replicas: 3 })
    it.settle()
    const before = it.set.status?.currentRevision
    it.change({ template: template('i:2') })
    expect(describeActions(it.step())).toEqual(['-web-2'])
    expect(it.set.status).toMatchObject({ currentRevision: before, currentReplicas: 3, updatedReplicas: 0 })
    expect(describeActions(it.step())).toEqual(['+web-2'])
    expect(describeActions(it.step())).toEqual([])
    it.ready()
    expect(it.settle()).toEqual(['-web-1', '+web-1', '-web-0', '+web-0'])
    expect(it.images()).toEqual({ 'web-0': 'i:2', 'web-1': 'i:2', 'web-2': 'i:2' })
    expect(it.set.status?.currentRevision).not.toBe(before)
  })

  test('stops at the partition, and makes pods below it of the older revision', () => {
    const it = new World({ replicas: 3 })
    it.settle()
    const partitioned = {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    } as const
    it.change({ template: template('i:2'), ...partitioned }).settle()
    expect(it.images()).toEqual({ 'web-0': 'i:1', 'web-1': 'i:1', 'web-2': 'i:2' })
    it.remove('web-0')
    it.settle()
    expect(it.images()).toMatchObject({ 'web-0': 'i:1' })
    expect(it.set.status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
    it.change({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } }).settle()
    expect(it.images()).toEqual({ 'web-0': 'i:2', 'web-1': 'i:2', 'web-2': 'i:2' })
  })

  test('of OnDelete waits for the user', () => {
    const it = new World({ replicas: 2, updateStrategy: { type: 'OnDelete' } })
    it.settle()
    expect(it.change({ template: template('i:2') }).settle()).toEqual([])
    it.remove('web-1')
    it.settle()
    expect(it.images()).toEqual({ 'web-0': 'i:1', 'web-1': 'i:2' })
  })

  test('back to an older template takes its revision up again', () => {
    const it = new World({ replicas: 1 })
    it.settle()
    const first = it.set.status?.currentRevision
    it.change({ template: template('i:2') }).settle()
    it.change({ template: template('i:1') }).settle()
    expect(it.set.status?.currentRevision).toBe(first)
    expect(it.numbers()).toEqual([2, 3])
  })

  test('keeps as many revisions as revisionHistoryLimit and those in use', () => {
    const it = new World({ replicas: 1, revisionHistoryLimit: 2 })
    for (const image of ['a', 'b', 'c', 'd', 'e']) it.change({ template: template(image) }).settle()
    expect(it.numbers()).toEqual([3, 4, 5])
  })
})

describe('persistentVolumeClaimRetentionPolicy', () => {
  const owners = (it: World, name: string): readonly string[] =>
    (it.claims.get(name)?.metadata.ownerReferences ?? []).map((owner) => `${owner.kind}/${owner.name}`)

  test('claims go with the set, or with a pod that is not wanted any more', () => {
    const it = new World({ replicas: 2, volumeClaimTemplates: [claimTemplate] })
    it.settle()
    expect(owners(it, 'data-web-1')).toEqual([])
    it.change({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
    }).settle()
    expect(owners(it, 'data-web-1')).toEqual(['StatefulSet/web'])
    it.change({ replicas: 1 }).step()
    expect(owners(it, 'data-web-1')).toEqual(['Pod/web-1'])
    expect(owners(it, 'data-web-0')).toEqual(['StatefulSet/web'])
    it.change({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }).settle()
    expect(owners(it, 'data-web-0')).toEqual([])
  })
})

property.prop([
  fc.array(
    fc.record({
      replicas: fc.integer({ min: 0, max: 4 }),
      image: fc.constantFrom('a', 'b', 'c'),
      partition: fc.integer({ min: 0, max: 3 }),
      steps: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
])('in order: never two pods are away at once, and it converges from wherever it is', (changes) => {
  const it = new World({ replicas: 2 })
  it.settle()
  for (const { replicas, image, partition, steps } of changes) {
    it.change({
      replicas,
      template: template(image),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
    })
    for (let step = 0; step < steps; step += 1) {
      const removed = it.step().pods.filter(({ type }) => type === 'deletePod')
      expect(removed.length).toBeLessThanOrEqual(1)
      if (step % 2 === 1) it.ready()
    }
  }
  const last = changes.at(-1)
  it.settle()
  expect(it.pods.map(({ metadata }) => metadata.name).toSorted()).toEqual(
    Array.from({ length: last?.replicas ?? 0 }, (_, ordinal) => `web-${ordinal}`),
  )
  for (const [name, image] of Object.entries(it.images())) {
    if (Number(name.slice('web-'.length)) >= (last?.partition ?? 0)) expect(image).toBe(last?.image)
  }
})
