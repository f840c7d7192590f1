import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { controllerReference } from '../../machinery/object-meta.ts'
import { type DeploymentAction, planDeployment } from './plan-deployment.ts'
import { replicasOf, rollingBounds } from './rolling-bounds.ts'
import { templateHash } from './template-hash.ts'

const start = Date.parse('2026-01-01T00:00:00Z')

const aDeployment = (spec: Partial<Deployment['spec']> = {}, image = 'web:1'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'd', generation: 1 },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }] } },
    ...spec,
  },
})

/** The world as far as a Deployment sees it: what is planned is done; pods come, become ready and go in any order. */
interface World {
  deployment: Deployment
  sets: Map<string, ReplicaSet>
  now: number
  created: number
}

const newWorld = (deployment: Deployment): World => ({ deployment, sets: new Map(), now: start, created: 0 })

const perform = (world: World, action: DeploymentAction): void => {
  switch (action.type) {
    case 'createReplicaSet': {
      world.created += 1
      const { metadata } = action.replicaSet
      expect(world.sets.has(metadata.name)).toBe(false)
      const creationTimestamp = new Date(start + world.created * 1000).toISOString()
      const set = { ...action.replicaSet, metadata: { ...metadata, uid: metadata.name, creationTimestamp } }
      world.sets.set(metadata.name, { ...set, status: { replicas: 0 } })
      return
    }
    case 'updateReplicaSet':
      world.sets.set(action.replicaSet.metadata.name, action.replicaSet)
      return
    case 'deleteReplicaSet':
      expect(action.replicaSet.status?.replicas ?? 0).toBe(0)
      world.sets.delete(action.replicaSet.metadata.name)
      return
    case 'setRevision': {
      const annotations = {
        ...world.deployment.metadata.annotations,
        'deployment.kubernetes.io/revision': action.revision,
      }
      world.deployment = { ...world.deployment, metadata: { ...world.deployment.metadata, annotations } }
      return
    }
    case 'updateStatus':
      world.deployment = { ...world.deployment, status: action.status }
      return
    case 'lookAgain':
      return
  }
}

const step = (world: World): readonly DeploymentAction[] => {
  const { deployment, now } = world
  const actions = planDeployment({ deployment, replicaSets: [...world.sets.values()], pods: [], now })
  for (const action of actions) perform(world, action)
  return actions.filter(({ type }) => type !== 'lookAgain')
}

/** One pod more or fewer towards spec.replicas, or one more of them ready: what the ReplicaSet controller and the node do. */
const podsMove = (set: ReplicaSet, working: boolean): ReplicaSet => {
  const { replicas, availableReplicas = 0 } = set.status ?? { replicas: 0 }
  const wanted = set.spec.replicas ?? 0
  const next =
    replicas > wanted
      ? // Those that are not ready go first.
        { replicas: replicas - 1, availableReplicas: Math.min(availableReplicas, replicas - 1) }
      : working && availableReplicas < replicas
        ? { replicas, availableReplicas: availableReplicas + 1 }
        : { replicas: Math.min(replicas + 1, wanted), availableReplicas }
  return { ...set, status: { ...next, readyReplicas: next.availableReplicas, observedGeneration: 1 } }
}

const total = (world: World, count: (set: ReplicaSet) => number | undefined): number =>
  [...world.sets.values()].reduce((sum, set) => sum + (count(set) ?? 0), 0)

const settle = (world: World): void => {
  for (let round = 0; round < 2000; round += 1) {
    const acted = step(world).length > 0
    let moved = false
    for (const [name, set] of world.sets) {
      const next = podsMove(set, true)
      if (JSON.stringify(next.status) === JSON.stringify(set.status)) continue
      moved = true
      world.sets.set(name, next)
    }
    if (!acted && !moved) return
  }
  throw new Error(
    `did not settle: ${JSON.stringify([...world.sets.values()].map(({ metadata, spec, status }) => [metadata.name, spec.replicas, status]))}`,
  )
}

const aBound = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((part) => `${part}%`),
)
const aRollout = fc.record({
  replicas: fc.integer({ min: 0, max: 12 }),
  maxSurge: aBound,
  maxUnavailable: aBound,
  images: fc.array(fc.constantFrom('web:1', 'web:2', 'web:3'), { minLength: 1, maxLength: 4 }),
  /** Which set's pods move between two plans, and whether they work. */
  moves: fc.array(fc.record({ set: fc.nat(3), working: fc.boolean() }), { maxLength: 60 }),
})

describe('rolling update', () => {
  test.prop([aRollout], { numRuns: 200 })(
    'never leaves maxSurge and maxUnavailable, and converges from wherever it is',
    (rollout) => {
      const { replicas, maxSurge, maxUnavailable } = rollout
      const spec = {
        replicas,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
      } as const
      const world = newWorld(aDeployment(spec, 'web:0'))
      settle(world)
      expect(total(world, ({ status }) => status?.availableReplicas)).toBe(replicas)
      const bounds = rollingBounds(world.deployment)
      const moves = [...rollout.moves]
      for (const image of rollout.images) {
        world.deployment = { ...world.deployment, spec: aDeployment(spec, image).spec }
        // A new template while the last rollout is under way, as people do.
        for (const { set, working } of moves.splice(0, 15)) {
          step(world)
          expect(total(world, (one) => one.spec.replicas)).toBeLessThanOrEqual(replicas + bounds.maxSurge)
          const names = [...world.sets.keys()]
          const name = names[set % names.length] ?? ''
          const moved = world.sets.get(name)
          if (moved !== undefined) world.sets.set(name, podsMove(moved, working))
          expect(total(world, ({ status }) => status?.availableReplicas)).toBeGreaterThanOrEqual(
            replicas - bounds.maxUnavailable,
          )
        }
      }
      settle(world)
      const image = rollout.images.at(-1)
      const active = [...world.sets.values()].filter((one) => (one.spec.replicas ?? 0) > 0)
      expect(active.map((one) => [one.spec.template?.spec.containers[0]?.image, one.spec.replicas])).toEqual(
        replicas === 0 ? [] : [[image, replicas]],
      )
      expect(world.deployment.status).toMatchObject({
        replicas,
        updatedReplicas: replicas,
        availableReplicas: replicas,
        unavailableReplicas: 0,
      })
      expect(step(world)).toEqual([])
    },
  )

  test.prop([fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 4 }), fc.nat(10)])(
    'scaling in the middle of a rollout keeps to the new bounds and converges',
    (sizes, progress) => {
      const world = newWorld(aDeployment({ replicas: 10 }))
      settle(world)
      world.deployment = { ...world.deployment, spec: aDeployment({ replicas: 10 }, 'web:2').spec }
      for (let round = 0; round < progress; round += 1) {
        step(world)
        for (const [name, set] of world.sets) world.sets.set(name, podsMove(set, true))
      }
      for (const replicas of sizes) {
        world.deployment = { ...world.deployment, spec: aDeployment({ replicas }, 'web:2').spec }
        step(world)
        const { maxSurge } = rollingBounds(world.deployment)
        expect(total(world, (set) => set.spec.replicas)).toBeLessThanOrEqual(replicas + maxSurge)
      }
      settle(world)
      expect(world.deployment.status?.availableReplicas).toBe(sizes.at(-1))
    },
  )
})

test('a paused Deployment scales but does not roll; resuming rolls', () => {
  const world = newWorld(aDeployment())
  settle(world)
  world.deployment = { ...world.deployment, spec: aDeployment({ paused: true, replicas: 5 }, 'web:2').spec }
  settle(world)
  expect(
    [...world.sets.values()].map(({ spec }) => [spec.template?.spec.containers[0]?.image, spec.replicas]),
  ).toEqual([['web:1', 5]])
  const progressing = (): string | undefined =>
    world.deployment.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason
  expect(progressing()).toBe('DeploymentPaused')
  world.deployment = { ...world.deployment, spec: aDeployment({ replicas: 5 }, 'web:2').spec }
  settle(world)
  expect(
    [...world.sets.values()].map(({ spec }) => [spec.template?.spec.containers[0]?.image, spec.replicas]),
  ).toEqual([
    ['web:1', 0],
    ['web:2', 5],
  ])
  expect(progressing()).toBe('NewReplicaSetAvailable')
})

test('a rollout without progress times out after its deadline, and recovers', () => {
  const world = newWorld(aDeployment({ progressDeadlineSeconds: 60 }))
  step(world)
  world.now += 59_000
  step(world)
  const progressing = (): unknown =>
    world.deployment.status?.conditions?.find(({ type }) => type === 'Progressing')
  const name = [...world.sets.keys()][0]
  expect(progressing()).toMatchObject({
    status: 'True',
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${name}"`,
  })
  world.now += 2000
  step(world)
  expect(progressing()).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${name}" has timed out progressing.`,
  })
  expect(step(world)).toEqual([])
  settle(world)
  expect(progressing()).toMatchObject({
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: `ReplicaSet "${name}" has successfully progressed.`,
  })
})

test('the history keeps revisionHistoryLimit sets, the newest', () => {
  const world = newWorld(aDeployment({ revisionHistoryLimit: 2 }))
  settle(world)
  for (const image of ['web:2', 'web:3', 'web:4', 'web:5']) {
    world.deployment = { ...world.deployment, spec: aDeployment({ revisionHistoryLimit: 2 }, image).spec }
    settle(world)
  }
  const images = [...world.sets.values()].map(({ spec }) => spec.template?.spec.containers[0]?.image)
  expect(images).toEqual(['web:3', 'web:4', 'web:5'])
})

test('the hash is safe in names, differs by template and by collision, and not by the order of keys', () => {
  const { template } = aDeployment().spec
  const hash = templateHash(template, 0)
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
  expect(templateHash({ spec: template.spec, metadata: template.metadata ?? {} }, 0)).toBe(hash)
  expect(templateHash(template, 1)).not.toBe(hash)
  expect(templateHash(aDeployment({}, 'web:2').spec.template, 0)).not.toBe(hash)
})

test.each([
  [10, '25%', '25%', { maxSurge: 3, maxUnavailable: 2 }],
  [1, '25%', '25%', { maxSurge: 1, maxUnavailable: 0 }],
  [3, 0, '10%', { maxSurge: 0, maxUnavailable: 1 }],
  [2, 1, 5, { maxSurge: 1, maxUnavailable: 2 }],
])('bounds of %i with surge %s and unavailable %s', (replicas, maxSurge, maxUnavailable, bounds) => {
  const deployment = aDeployment({ replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } })
  expect(rollingBounds(deployment)).toEqual(bounds)
  expect(replicasOf(deployment)).toBe(replicas)
})

test('a Deployment that is being deleted only counts', () => {
  const world = newWorld(aDeployment())
  settle(world)
  const { metadata } = world.deployment
  world.deployment = {
    ...aDeployment({ replicas: 7 }, 'web:2'),
    metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
  }
  expect(step(world).map(({ type }) => type)).toEqual(['updateStatus'])
})

test('the new set is owned, labelled and selects by its hash', () => {
  const world = newWorld(aDeployment())
  step(world)
  const [set] = world.sets.values()
  const hash = set!.metadata.labels?.['pod-template-hash']
  expect(set!.metadata.name).toBe(`web-${hash}`)
  expect(set!.metadata.ownerReferences).toEqual([controllerReference(world.deployment)])
  expect(set!.spec.selector).toEqual({ matchLabels: { app: 'web', 'pod-template-hash': hash } })
  expect(set!.spec.template?.metadata?.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
})
