import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { deletionOrder } from '../pods/deletion-order.ts'
import { podFromTemplate } from '../pods/pod-template.ts'
import { planReplicas, planReplicaSetStatus } from './plan-replica-set.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { slowStart } from '../pods/slow-start.ts'

const now = Date.parse('2026-01-01T01:00:00Z')

const aSet = (replicas: number, minReadySeconds = 0): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web-x', namespace: 'default', uid: 'r', generation: 3 },
  spec: {
    replicas,
    minReadySeconds,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations: { a: 'b' } },
      spec: { containers: [{ name: 'app', image: 'web' }] },
    },
  },
})

interface Traits {
  readonly node?: string
  readonly phase?: 'Pending' | 'Running' | 'Failed'
  readonly readySince?: string
  readonly cost?: string
  readonly restarts?: number
  readonly created?: string
  readonly going?: boolean
}

const aPod = (
  name: string,
  {
    node = 'weft',
    phase = 'Running',
    readySince,
    cost,
    restarts = 0,
    created = '2026-01-01T00:00:00Z',
    going,
  }: Traits,
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    uid: name,
    labels: { app: 'web' },
    creationTimestamp: created,
    ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    ...(going === true ? { deletionTimestamp: '2026-01-01T00:30:00Z' } : {}),
  },
  spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
  status: {
    phase,
    conditions:
      readySince === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }],
    containerStatuses: [{ name: 'app', restartCount: restarts, ready: true, image: 'web', imageID: '' }],
  },
})

const ready = '2026-01-01T00:10:00Z'

test('scaling down takes first what serves least', () => {
  const pods = [
    aPod('long-ready', { readySince: ready }),
    aPod('dear', { readySince: ready, cost: '10' }),
    aPod('restarted', { readySince: ready, restarts: 3 }),
    aPod('just-ready', { readySince: '2026-01-01T00:59:00Z' }),
    aPod('cheap', { readySince: ready, cost: '-1' }),
    aPod('not-ready', {}),
    aPod('pending', { phase: 'Pending' }),
    aPod('unassigned', { node: '', phase: 'Pending' }),
  ]
  const order = pods
    .toSorted((left, right) => deletionOrder(left, right, now))
    .map(({ metadata }) => metadata.name)
  expect(order).toEqual([
    'unassigned',
    'pending',
    'not-ready',
    'cheap',
    'just-ready',
    'restarted',
    'long-ready',
    'dear',
  ])
})

const traits = fc.record({
  node: fc.constantFrom('', 'weft'),
  phase: fc.constantFrom('Pending', 'Running', 'Failed'),
  readySince: fc.constantFrom(undefined, ready, '2026-01-01T00:59:59Z'),
  going: fc.boolean(),
})

test.prop([fc.array(traits, { maxLength: 20 }), fc.nat(20)])(
  'a plan leads to the wanted number of active pods',
  (all, replicas) => {
    const pods = all.map(({ readySince, ...rest }, index) =>
      aPod(`p${index}`, { ...rest, ...(readySince === undefined ? {} : { readySince }) }),
    )
    const active = all.filter(({ phase, going }) => phase !== 'Failed' && !going).length
    const plan = planReplicas(aSet(replicas), pods, now)
    if (plan.type === 'createPods') expect(active + plan.count).toBe(replicas)
    else if (plan.type === 'deletePods') {
      expect(active - plan.pods.length).toBe(replicas)
      expect(plan.pods.every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true)
    } else expect(active).toBe(replicas)
  },
)

test('a set that is being deleted neither creates nor deletes', () => {
  const set = aSet(3)
  const going = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
  expect(planReplicas(going, [], now)).toEqual({ type: 'nothing' })
})

test('the status counts active pods; available ones were ready for minReadySeconds', () => {
  const pods = [
    aPod('a', { readySince: '2026-01-01T00:59:00Z' }),
    aPod('b', { readySince: '2026-01-01T00:59:55Z' }),
    aPod('c', {}),
    aPod('d', { readySince: ready, going: true }),
  ]
  const status = planReplicaSetStatus(aSet(3, 30), pods, { failure: undefined, now })
  expect(status).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 2,
    availableReplicas: 1,
    observedGeneration: 3,
  })
  expect(
    planReplicaSetStatus({ ...aSet(3, 30), status: status! }, pods, { failure: undefined, now }),
  ).toBeUndefined()
  const failed = planReplicaSetStatus({ ...aSet(3, 30), status: status! }, pods, {
    failure: { reason: 'FailedCreate', message: 'quota' },
    now,
  })
  expect(failed?.conditions).toEqual([
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: '2026-01-01T01:00:00Z',
      reason: 'FailedCreate',
      message: 'quota',
    },
  ])
})

test('a pod of the template is named by the server and owned by the set', () => {
  expect(podFromTemplate(aSet(1), aSet(1).spec.template)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: 'web-x-',
      namespace: 'default',
      labels: { app: 'web' },
      annotations: { a: 'b' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web-x',
          uid: 'r',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { containers: [{ name: 'app', image: 'web' }] },
  })
})

test('expectations hold until everything was seen, or for five minutes', () => {
  const expectations = createPodExpectations()
  expectations.expectCreations('r', 2, 0)
  expectations.creationSeen('r')
  expect(expectations.fulfilled('r', 0)).toBe(false)
  expectations.creationSeen('r')
  expect(expectations.fulfilled('r', 0)).toBe(true)
  expectations.expectDeletions('r', ['a', 'b'], 0)
  expectations.deletionSeen('r', 'a')
  expectations.deletionSeen('r', 'a')
  expect(expectations.fulfilled('r', 1000)).toBe(false)
  expect(expectations.fulfilled('r', 301_000)).toBe(true)
  expectations.deletionSeen('r', 'b')
  expect(expectations.fulfilled('r', 1000)).toBe(true)
})

test('batches double, and a failure stops the next one', async () => {
  let running = 0
  const batches: number[] = []
  const task = async (): Promise<void> => {
    running += 1
    await Promise.resolve()
    if (running > 0) batches.push(running)
    running = 0
  }
  expect(await slowStart(10, task)).toEqual({ untried: 0, failure: undefined })
  expect(batches).toEqual([1, 2, 4, 3])
  let tries = 0
  const failing = async (): Promise<void> => {
    tries += 1
    if (tries === 2) throw new Error('quota')
  }
  expect(await slowStart(10, failing)).toMatchObject({ untried: 7, failure: { message: 'quota' } })
  expect(tries).toBe(3)
})
