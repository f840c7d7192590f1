import { describe, expect, it } from 'vitest'
import { parseTimestamp } from '../primitives/timestamp.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { findCondition, transitionTime } from './conditions.ts'
import { type Deletion, isReadyToRemove, planDeletion } from './deletion.ts'
import { controllerOf, controllerReference, prepareForCreate, prepareForUpdate } from './object-meta.ts'
import type { DeleteOptions } from './ports.ts'
import { invalid } from './status-errors.ts'

type Thing = KubeObject & { readonly spec?: string }

const now = '2026-01-01T00:00:00Z'
const created = { uid: 'u1', now, nameSuffix: 'x7k2p' }
const thing = (metadata: Partial<KubeObject['metadata']> = {}, spec = 'a'): Thing => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec,
})

describe('create', () => {
  it('gives identity, time and generation, and clears what only deletion sets', () => {
    const given = thing({
      uid: 'mine',
      generation: 7,
      deletionTimestamp: now,
      deletionGracePeriodSeconds: 3,
      labels: { a: 'b' },
    })
    expect(prepareForCreate(given, created)).toEqual({
      ok: true,
      value: thing({ uid: 'u1', creationTimestamp: now, generation: 1, labels: { a: 'b' } }),
    })
  })

  it('makes a name from generateName, cut to leave room', () => {
    const named = prepareForCreate(thing({ name: '', generateName: 'web-' }), created)
    expect(named.ok && named.value.metadata.name).toBe('web-x7k2p')
    const long = prepareForCreate(thing({ name: '', generateName: 'x'.repeat(80) }), created)
    expect(long.ok && long.value.metadata.name).toBe(`${'x'.repeat(58)}x7k2p`)
  })

  it('refuses an object without a name in Kubernetes’ words', () => {
    const result = prepareForCreate(thing({ name: '' }), created)
    expect(result.ok).toBe(false)
    if (!result.ok) {
      expect(invalid({ group: '', kind: 'Pod' }, '', result.error).status.message).toBe(
        'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
      )
    }
  })
})

describe('update', () => {
  const context = { generationChanges: (object: Thing, old: Thing) => object.spec !== old.spec }
  const old = thing({ uid: 'u1', creationTimestamp: now, generation: 4, resourceVersion: '9' })

  it('counts the generation only when the kind says so', () => {
    expect(prepareForUpdate(thing({}, 'b'), old, context)).toMatchObject({
      ok: true,
      value: { metadata: { generation: 5, uid: 'u1', creationTimestamp: now }, spec: 'b' },
    })
    expect(prepareForUpdate(thing({ generation: 99, labels: { a: 'b' } }), old, context)).toMatchObject({
      ok: true,
      value: { metadata: { generation: 4, labels: { a: 'b' } } },
    })
  })

  it('refuses another revision and another uid', () => {
    expect(prepareForUpdate(thing({ resourceVersion: '8' }), old, context)).toEqual({
      ok: false,
      error: { type: 'conflict' },
    })
    expect(prepareForUpdate(thing({ uid: 'u2' }), old, context)).toMatchObject({
      error: {
        type: 'conflict',
        why: 'Precondition failed: UID in precondition: u2, UID in object meta: u1',
      },
    })
    expect(prepareForUpdate(thing(), old, { ...context, requireResourceVersion: true })).toMatchObject({
      error: { type: 'invalid', errors: [{ field: 'metadata.resourceVersion' }] },
    })
  })

  it('refuses to change what never changes', () => {
    expect(prepareForUpdate(thing({ name: 'other' }), old, context)).toMatchObject({
      error: { errors: [{ field: 'metadata.name', value: 'other', message: 'field is immutable' }] },
    })
  })

  it.each(['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00+01:00'])(
    'takes the creation time in other words: %s',
    (creationTimestamp) => {
      const created = { ...old, metadata: { ...old.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } }
      expect(prepareForUpdate(thing({ creationTimestamp }), created, context)).toMatchObject({
        ok: true,
        value: { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } },
      })
      const later = thing({ creationTimestamp: '2026-01-01T00:00:01Z' })
      expect(prepareForUpdate(later, created, context)).toMatchObject({ ok: false })
    },
  )

  it('cannot begin, end or prolong a deletion, nor add finalizers during it', () => {
    const begun = prepareForUpdate(thing({ deletionTimestamp: now }), old, context)
    expect(begun.ok && begun.value.metadata.deletionTimestamp).toBe(undefined)
    const dying = { ...old, metadata: { ...old.metadata, deletionTimestamp: now, finalizers: ['a/x'] } }
    const ended = prepareForUpdate(thing({ finalizers: [] }), dying, context)
    expect(ended.ok && ended.value.metadata.deletionTimestamp).toBe(now)
    expect(ended.ok && isReadyToRemove(ended.value)).toBe(true)
    expect(prepareForUpdate(thing({ finalizers: ['a/x', 'a/y'] }), dying, context)).toMatchObject({
      error: {
        errors: [
          {
            message:
              'no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/y"}',
          },
        ],
      },
    })
  })
})

describe('deletion', () => {
  const millis = 1_767_225_600_000
  const plan = (object: Thing, options: DeleteOptions = {}, gracePeriodSeconds?: number): Deletion<Thing> => {
    const result = planDeletion(object, {
      options,
      now: millis,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    })
    if (!result.ok) throw new Error(result.error)
    return result.value
  }

  it('takes away at once what waits for nothing', () => {
    expect(plan(thing())).toEqual({ type: 'remove' })
    expect(plan(thing(), { gracePeriodSeconds: 30 })).toEqual({ type: 'remove' })
    expect(plan(thing(), { gracePeriodSeconds: 0 }, 30)).toEqual({ type: 'remove' })
    expect(plan(thing(), { gracePeriodSeconds: 30 }, 0)).toEqual({ type: 'remove' })
  })

  it('marks what has finalizers', () => {
    const marked = plan(thing({ finalizers: ['a/x'], generation: 2 }))
    expect(marked).toMatchObject({
      type: 'mark',
      object: { metadata: { deletionTimestamp: now, deletionGracePeriodSeconds: 0, generation: 3 } },
    })
    expect(marked.type === 'mark' && plan(marked.object)).toEqual({ type: 'pending' })
  })

  it('waits for the grace, which a second request may shorten only', () => {
    const marked = plan(thing(), {}, 30)
    if (marked.type !== 'mark') throw new Error(marked.type)
    expect(marked.object.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    })
    expect(isReadyToRemove(marked.object)).toBe(false)
    expect(plan(marked.object, {}, 30)).toEqual({ type: 'pending' })
    expect(plan(marked.object, { gracePeriodSeconds: 60 }, 30)).toEqual({ type: 'pending' })
    expect(plan(marked.object, { gracePeriodSeconds: 5 }, 30)).toMatchObject({
      type: 'mark',
      object: { metadata: { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 } },
    })
    expect(plan(marked.object, { gracePeriodSeconds: 0 }, 30)).toEqual({ type: 'remove' })
  })

  it('turns the propagation policy into finalizers', () => {
    expect(plan(thing(), { propagationPolicy: 'Foreground' })).toMatchObject({
      object: { metadata: { finalizers: ['foregroundDeletion'] } },
    })
    expect(
      plan(thing({ finalizers: ['foregroundDeletion', 'a/x'] }), { propagationPolicy: 'Orphan' }),
    ).toMatchObject({
      object: { metadata: { finalizers: ['a/x', 'orphan'] } },
    })
    expect(plan(thing({ finalizers: ['orphan'] }), { propagationPolicy: 'Background' })).toEqual({
      type: 'remove',
    })
  })

  it('holds to preconditions', () => {
    const object = thing({ uid: 'u1', resourceVersion: '5' })
    expect(plan(object, { preconditions: { uid: 'u1', resourceVersion: '5' } })).toEqual({ type: 'remove' })
    expect(() => plan(object, { preconditions: { uid: 'u2' } })).toThrow(
      'the UID in the precondition (u2) does not match the UID in record (u1)',
    )
    expect(() => plan(object, { preconditions: { resourceVersion: '4' } })).toThrow(
      'ResourceVersion in the precondition (4)',
    )
  })
})

describe('owners', () => {
  it('tell the controller from the others', () => {
    const owner = thing({ name: 'owner', uid: 'o1' })
    const owned = thing({
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x1' }, controllerReference(owner)],
    })
    expect(controllerOf(owned)).toEqual({
      apiVersion: 'v1',
      kind: 'Thing',
      name: 'owner',
      uid: 'o1',
      controller: true,
      blockOwnerDeletion: true,
    })
    expect(controllerOf(thing())).toBeUndefined()
  })
})

describe('conditions', () => {
  const up = { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' } as const
  const later = parseTimestamp('2026-01-01T00:00:00Z') ?? 0

  it('keep the time of the last transition', () => {
    expect(transitionTime(up, 'True', later)).toBe('2025-01-01T00:00:00Z')
    expect(transitionTime(up, 'False', later)).toBe('2026-01-01T00:00:00Z')
    expect(transitionTime(undefined, 'True', later)).toBe('2026-01-01T00:00:00Z')
    expect(transitionTime({ status: 'True' }, 'True', later)).toBe('2026-01-01T00:00:00Z')
  })

  it('are found by type', () => {
    expect(findCondition([up], 'Ready')).toBe(up)
    expect(findCondition([up], 'Other')).toBeUndefined()
    expect(findCondition(undefined, 'Ready')).toBeUndefined()
  })
})
