import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { KubeObject, OwnerReference } from '../../resources/kube-object.ts'
import { createOwnerGraph } from './owner-graph.ts'
import { planCollection } from './plan-collection.ts'

const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const reference = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid })
const someOwners = fc.array(
  fc.record({
    reference: fc.constantFrom('a', 'b', 'c').map(reference),
    state: fc.constantFrom('there' as const, 'absent' as const, 'waiting' as const),
  }),
  { maxLength: 4 },
)

test.prop([someOwners, fc.boolean()])(
  'an object goes only when it had owners and none of them stays',
  (owners, hasDependents) => {
    const plan = planCollection(owners, { finalizers: [], hasDependents })
    const stays = owners.length === 0 || owners.some(({ state }) => state === 'there')
    expect(plan.type === 'delete').toBe(!stays)
    if (plan.type === 'dropOwners') expect(plan.uids.size).toBeGreaterThan(0)
  },
)

test.each([
  [['absent'], [], true, 'Background'],
  [['waiting'], [], true, 'Foreground'],
  [['waiting'], [], false, 'Background'],
  [['absent'], ['orphan'], true, 'Orphan'],
  [['absent'], ['foregroundDeletion'], true, 'Foreground'],
] as const)('owners %j, finalizers %j, dependents %s: %s', (states, finalizers, hasDependents, policy) => {
  const owners = states.map((state) => ({ reference: reference('a'), state }))
  expect(planCollection(owners, { finalizers, hasDependents })).toEqual({ type: 'delete', policy })
})

const object = (
  uid: string,
  owners: readonly string[],
  metadata: Partial<KubeObject['metadata']> = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: uid, namespace: 'default', uid, ownerReferences: owners.map(reference), ...metadata },
})

test('the graph names who to look at: dependents of what is gone, owners that wait', () => {
  const graph = createOwnerGraph()
  expect(graph.apply(kind, { type: 'added', object: object('child', ['parent']) })).toEqual(['child'])
  expect(graph.apply(kind, { type: 'added', object: object('parent', []) })).toEqual([])
  expect(graph.dependents('parent').map(({ uid }) => uid)).toEqual(['child'])
  const going = object('parent', [], { deletionTimestamp: 'now', finalizers: ['foregroundDeletion'] })
  expect(graph.apply(kind, { type: 'modified', object: going, previous: object('parent', []) })).toEqual([
    'parent',
    'child',
  ])
  expect(graph.apply(kind, { type: 'deleted', object: object('child', ['parent']) })).toEqual(['parent'])
  expect(graph.dependents('parent')).toEqual([])
  graph.apply(kind, { type: 'added', object: object('late', ['parent']) })
  expect(graph.apply(kind, { type: 'deleted', object: going })).toEqual(['late'])
})

test('an owner that is dropped has no dependent any more', () => {
  const graph = createOwnerGraph()
  graph.apply(kind, { type: 'added', object: object('child', ['a', 'b']) })
  graph.apply(kind, {
    type: 'modified',
    object: object('child', ['b']),
    previous: object('child', ['a', 'b']),
  })
  expect(graph.dependents('a')).toEqual([])
  expect(graph.dependents('b').length).toBe(1)
})
