import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { DaemonSet, DaemonSetSpec } from '../../resources/apps/daemon-set.ts'
import type { Node } from '../../resources/core/node.ts'
import type { Pod, PodPhase } from '../../resources/core/pod.ts'
import { nodeOf } from './daemon-pods.ts'
import { type DaemonSetPlan, planDaemonSet } from './plan-daemon-set.ts'

const template = (image: string, more: object = {}): DaemonSetSpec['template'] => ({
  metadata: { labels: { app: 'd' } },
  spec: { containers: [{ name: 'c', image }], ...more },
})

const node = (name: string, more: Partial<Node> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  ...more,
  metadata: { name, ...more.metadata },
})

class World {
  set: DaemonSet
  pods: Pod[] = []
  revisions: ControllerRevision[] = []
  nodes: Node[]
  #made = 0

  constructor(spec: Partial<DaemonSetSpec>, nodes: readonly Node[]) {
    this.nodes = [...nodes]
    this.set = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'd', namespace: 'default', uid: 'set', generation: 1 },
      spec: { selector: { matchLabels: { app: 'd' } }, template: template('i:1'), ...spec },
    }
  }

  change(spec: Partial<DaemonSetSpec>): this {
    this.set = { ...this.set, spec: { ...this.set.spec, ...spec } }
    return this
  }

  step(): DaemonSetPlan {
    const { set, pods, revisions, nodes } = this
    const plan = planDaemonSet({ set, pods, revisions, nodes, trusted: true, now: 0 })
    for (const { type, revision } of plan.revisions) {
      this.revisions = this.revisions.filter(({ metadata }) => metadata.name !== revision.metadata.name)
      if (type !== 'deleteRevision') this.revisions.push(revision)
    }
    if (plan.status !== undefined) this.set = { ...this.set, status: plan.status }
    this.pods = this.pods.filter((pod) => !plan.remove.includes(pod))
    for (const pod of plan.create) {
      this.#made += 1
      const name = `d-${this.#made}`
      this.pods.push({ ...pod, metadata: { ...pod.metadata, name, uid: name }, status: { phase: 'Pending' } })
    }
    return plan
  }

  phase(phase: PodPhase, pick: (pod: Pod) => boolean = () => true): this {
    const conditions = phase === 'Running' ? [{ type: 'Ready', status: 'True' as const }] : []
    this.pods = this.pods.map((pod) => (pick(pod) ? { ...pod, status: { phase, conditions } } : pod))
    return this
  }

  settle(): this {
    for (let round = 0; round < 60; round += 1) {
      const plan = this.phase('Running').step()
      const done = plan.create.length + plan.remove.length + plan.revisions.length === 0
      if (done && plan.status === undefined) return this
    }
    throw new Error('the plan does not come to rest')
  }

  places(): Record<string, string | undefined> {
    const sorted = this.pods.toSorted((left, right) =>
      (nodeOf(left) ?? '') < (nodeOf(right) ?? '') ? -1 : 1,
    )
    return Object.fromEntries(sorted.map((pod) => [nodeOf(pod), pod.spec.containers[0]?.image]))
  }
}

const three = ['a', 'b', 'c'].map((name) => node(name))

describe('a DaemonSet', () => {
  test('has a pod on each node', () => {
    const it = new World({}, three).settle()
    expect(it.places()).toEqual({ a: 'i:1', b: 'i:1', c: 'i:1' })
    expect(it.set.status).toEqual({
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberUnavailable: 0,
    })
    expect(it.pods[0]?.spec.tolerations).toContainEqual({
      key: 'node.kubernetes.io/unschedulable',
      operator: 'Exists',
      effect: 'NoSchedule',
    })
  })

  test('follows nodes that come, go, and are told apart', () => {
    const it = new World({ template: template('i:1', { nodeSelector: { disk: 'ssd' } }) }, three).settle()
    expect(it.pods).toEqual([])
    const ssd = (name: string): Node => node(name, { metadata: { name, labels: { disk: 'ssd' } } })
    it.nodes = [ssd('a'), ssd('b'), node('c')]
    it.settle()
    expect(Object.keys(it.places())).toEqual(['a', 'b'])
    it.nodes = [node('a'), ssd('b')]
    it.settle()
    expect(Object.keys(it.places())).toEqual(['b'])
  })

  test('a taint keeps new pods out, NoExecute drives old ones away', () => {
    const tainted = (effect: 'NoSchedule' | 'NoExecute'): Node =>
      node('a', { spec: { taints: [{ key: 'k', effect }] } })
    expect(new World({}, [tainted('NoSchedule')]).settle().pods).toEqual([])
    const it = new World({}, [node('a')]).settle()
    it.nodes = [tainted('NoSchedule')]
    expect(it.settle().set.status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 })
    expect(it.pods.length).toBe(1)
    it.nodes = [tainted('NoExecute')]
    expect(it.settle().pods).toEqual([])
  })

  test('a node that is not schedulable for others still has its daemon', () => {
    const it = new World({}, [node('a', { spec: { unschedulable: true } })]).settle()
    expect(Object.keys(it.places())).toEqual(['a'])
  })

  test('a pod that ended is made anew', () => {
    const it = new World({}, [node('a')]).settle().phase('Failed')
    const plan = it.step()
    expect(plan.ended.length).toBe(1)
    expect(it.step().create.length).toBe(1)
  })
})

describe('a rolling update', () => {
  test('replaces node by node, those first that do not serve', () => {
    const it = new World({}, three).settle().change({ template: template('i:2') })
    it.phase('Pending', (pod) => nodeOf(pod) === 'c')
    expect(it.step().remove.map(nodeOf)).toEqual(['c'])
    it.step()
    expect(it.step()).toMatchObject({ create: [], remove: [] })
    expect(it.settle().places()).toEqual({ a: 'i:2', b: 'i:2', c: 'i:2' })
    expect(it.revisions.map(({ revision }) => revision)).toEqual([1, 2])
  })

  test('with maxSurge starts the new pod beside the old one', () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 }
    const it = new World({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } }, three).settle()
    it.change({ template: template('i:2') })
    expect(it.step()).toMatchObject({ create: [{}], remove: [] })
    expect(it.step()).toMatchObject({ create: [], remove: [] })
    expect(it.phase('Running').step().remove.length).toBe(1)
    expect(it.settle().places()).toEqual({ a: 'i:2', b: 'i:2', c: 'i:2' })
  })

  test('of OnDelete waits for the user', () => {
    const it = new World({ updateStrategy: { type: 'OnDelete' } }, three).settle()
    it.change({ template: template('i:2') }).settle()
    expect(it.places()).toEqual({ a: 'i:1', b: 'i:1', c: 'i:1' })
    it.pods = it.pods.filter((pod) => nodeOf(pod) !== 'b')
    expect(it.settle().places()).toEqual({ a: 'i:1', b: 'i:2', c: 'i:1' })
    expect(it.set.status).toMatchObject({ updatedNumberScheduled: 1 })
  })
})

property.prop([
  fc.integer({ min: 1, max: 6 }),
  fc.record({ maxUnavailable: fc.integer({ min: 1, max: 3 }) }),
  fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat({ max: 4 })), { minLength: 1, maxLength: 5 }),
])('never more nodes are without than maxUnavailable, and it converges', (count, rollingUpdate, changes) => {
  const nodes = Array.from({ length: count }, (_, index) => node(`n${index}`))
  const it = new World({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } }, nodes).settle()
  for (const [image, steps] of changes) {
    it.change({ template: template(image) })
    for (let step = 0; step < steps; step += 1) {
      it.step()
      const serving = it.pods.filter(({ status }) => status?.phase === 'Running').length
      expect(count - serving).toBeLessThanOrEqual(rollingUpdate.maxUnavailable)
      if (step % 2 === 1) it.phase('Running')
    }
  }
  it.settle()
  expect(Object.values(it.places())).toEqual(nodes.map(() => changes.at(-1)?.[0]))
})
