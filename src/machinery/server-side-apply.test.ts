import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { isApiError } from './api-error.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Schema } from '../resources/schema.ts'
import { applyConflictError } from './apply-conflicts.ts'
import { difference, membersOf, setOfPaths, union } from './field-set.ts'
import { decodeManagedFields } from './managed-fields.ts'
import { applyConfiguration, trackUpdate } from './server-side-apply.ts'

const strings: Schema = { type: 'object', additionalProperties: { type: 'string' } }
const containerSchema: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    image: { type: 'string' },
    args: { type: 'array', items: { type: 'string' } },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: {
          port: { type: 'integer' },
          protocol: { type: 'string', default: 'TCP' },
          name: { type: 'string' },
        },
      },
    },
  },
}
const schema: Schema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        labels: strings,
        finalizers: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      },
    },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        selector: { ...strings, 'x-kubernetes-map-type': 'atomic' },
        strategy: { type: 'object', properties: { type: { type: 'string' } } },
        containers: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { $ref: 'Container' },
        },
      },
    },
    status: { type: 'object', properties: { ready: { type: 'integer' } } },
  },
}

interface Thing extends KubeObject {
  readonly spec?: JsonObject
  readonly status?: JsonObject
}

const thing = (spec: JsonObject, metadata: Partial<KubeObject['metadata']> = {}): Thing => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec,
})

const context = (manager: string, now = '2026-01-01T00:00:00Z') => ({
  manager,
  now,
  schema,
  library: () => containerSchema,
  resetFields: setOfPaths([['f:status']]),
})

const apply = (live: Thing | undefined, manager: string, configuration: Thing, force = false): Thing => {
  const result = applyConfiguration(live, configuration, { ...context(manager), force })
  if (!result.ok) throw applyConflictError(result.error)
  return result.value
}

const refusal = (attempt: () => unknown) => {
  try {
    attempt()
  } catch (thrown) {
    if (isApiError(thrown)) return thrown.status
  }
  throw new Error('not refused')
}

const ownedBy = (object: Thing, manager: string): readonly string[] =>
  [...decodeManagedFields(object.metadata.managedFields).values()]
    .filter((owner) => owner.manager === manager)
    .flatMap(({ fields }) => membersOf(fields).map((path) => path.join('/')))

describe('server-side apply', () => {
  it('creates the object with what was applied as owned', () => {
    const created = apply(
      undefined,
      'ci',
      thing({ replicas: 3, containers: [{ name: 'app', image: 'a' }] }, { labels: { app: 'web' } }),
    )
    expect(created.metadata.managedFields).toEqual([
      {
        manager: 'ci',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:replicas': {},
            'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
          },
        },
      },
    ])
  })

  it('names the manager and the field of a conflict', () => {
    const live = trackUpdate(undefined, thing({ replicas: 3 }), context('kubectl-edit'))
    expect(refusal(() => apply(live, 'ci', thing({ replicas: 4 })))).toEqual({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl-edit" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    })
  })

  it('lists several conflicts by manager', () => {
    let live = apply(undefined, 'zed', thing({ strategy: { type: 'Recreate' } }))
    live = trackUpdate(
      live,
      { ...live, spec: { ...live.spec, replicas: 1, selector: { a: 'b' } } },
      {
        ...context('scaler'),
        subresource: 'scale',
      },
    )
    expect(
      refusal(() =>
        apply(live, 'ci', thing({ replicas: 2, selector: { a: 'c' }, strategy: { type: 'RollingUpdate' } })),
      ).message,
    ).toBe(
      [
        'Apply failed with 3 conflicts: conflicts with "scaler" with subresource "scale" using apps/v1:',
        '- .spec.replicas',
        '- .spec.selector',
        'conflicts with "zed":',
        '- .spec.strategy.type',
      ].join('\n'),
    )
  })

  it('shares a field when both want the same value', () => {
    const live = apply(undefined, 'a', thing({ replicas: 3 }))
    const both = apply(live, 'b', thing({ replicas: 3 }))
    expect(ownedBy(both, 'a')).toEqual(['f:spec/f:replicas'])
    expect(ownedBy(both, 'b')).toEqual(['f:spec/f:replicas'])
    expect(apply(both, 'a', thing({})).spec).toEqual({ replicas: 3 })
  })

  it('takes a field over by force', () => {
    const live = apply(undefined, 'a', thing({ replicas: 3 }))
    const forced = apply(live, 'b', thing({ replicas: 4 }), true)
    expect(forced.spec).toEqual({ replicas: 4 })
    expect(ownedBy(forced, 'a')).toEqual([])
    expect(forced.metadata.managedFields).toHaveLength(1)
  })

  it('removes what the applier no longer names, and no more', () => {
    const first = apply(
      undefined,
      'a',
      thing({ replicas: 3, strategy: { type: 'Recreate' } }, { labels: { x: '1', y: '2' } }),
    )
    const defaulted: Thing = { ...first, spec: { ...first.spec, selector: { given: 'by default' } } }
    const second = apply(defaulted, 'a', thing({ replicas: 3 }, { labels: { x: '1' } }))
    expect(second.spec).toEqual({ replicas: 3, selector: { given: 'by default' } })
    expect(second.metadata.labels).toEqual({ x: '1' })
    expect(apply(second, 'a', thing({ replicas: 3 })).metadata.labels).toBeUndefined()
  })

  it('removes a list item with its defaults, unless somebody owns a part of it', () => {
    const item = { name: 'side', image: 's' }
    const first = apply(undefined, 'a', thing({ containers: [{ name: 'app', image: 'a' }, item] }))
    const defaulted = {
      ...first,
      spec: {
        containers: [
          { name: 'app', image: 'a' },
          { ...item, args: ['default'] },
        ],
      },
    }
    const only = thing({ containers: [{ name: 'app', image: 'a' }] })
    expect(apply(defaulted, 'a', only).spec).toEqual(only.spec)
    const shared = apply(defaulted, 'b', thing({ containers: [{ name: 'side', args: ['default'] }] }))
    expect(apply(shared, 'a', only).spec).toEqual({
      containers: [
        { name: 'app', image: 'a' },
        { name: 'side', args: ['default'] },
      ],
    })
  })

  it('merges lists by key, with the schema default of an absent key, and sets by value', () => {
    const ports = (list: JsonObject[]) => thing({ containers: [{ name: 'app', ports: list }] })
    const live = apply(undefined, 'a', {
      ...ports([{ port: 80, name: 'http' }]),
      metadata: { name: 'web', finalizers: ['a/x'] },
    })
    const merged = apply(live, 'b', {
      ...ports([
        { port: 443, protocol: 'TCP' },
        { port: 80, protocol: 'UDP' },
      ]),
      metadata: { name: 'web', finalizers: ['b/y', 'a/x'] },
    })
    expect(merged.spec).toEqual({
      containers: [
        {
          name: 'app',
          ports: [
            { port: 443, protocol: 'TCP' },
            { port: 80, protocol: 'UDP' },
            { port: 80, name: 'http' },
          ],
        },
      ],
    })
    expect(merged.metadata.finalizers).toEqual(['b/y', 'a/x'])
    expect(apply(merged, 'b', thing({})).metadata.finalizers).toEqual(['a/x'])
  })

  it('replaces what the schema calls atomic as a whole', () => {
    const live = apply(
      undefined,
      'a',
      thing({ selector: { a: '1', b: '2' }, containers: [{ name: 'x', args: ['1', '2'] }] }),
    )
    expect(ownedBy(live, 'a')).toContain('f:spec/f:selector')
    const changed = apply(
      live,
      'a',
      thing({ selector: { c: '3' }, containers: [{ name: 'x', args: ['2'] }] }),
    )
    expect(changed.spec).toEqual({ selector: { c: '3' }, containers: [{ name: 'x', args: ['2'] }] })
  })

  it('meets an object without owners as before-first-apply', () => {
    expect(refusal(() => apply(thing({ replicas: 1 }), 'ci', thing({ replicas: 2 }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
    )
    expect(apply(thing({ replicas: 1 }), 'ci', thing({ replicas: 1 })).spec).toEqual({ replicas: 1 })
  })

  it('gives back the same object when nothing changes', () => {
    const live = apply(undefined, 'a', thing({ replicas: 3 }))
    const later = { ...context('a', '2027-01-01T00:00:00Z'), force: false }
    expect(applyConfiguration(live, thing({ replicas: 3 }), later)).toEqual({ ok: true, value: live })
  })

  it('owns an empty map, and nothing of an empty keyed list', () => {
    const live = apply(undefined, 'a', thing({ strategy: {}, containers: [] }))
    expect(ownedBy(live, 'a')).toEqual(['f:spec/f:strategy'])
  })

  it('owns nothing of what the endpoint ignores', () => {
    const live = apply(undefined, 'a', { ...thing({ replicas: 3 }), status: { ready: 1 } })
    expect(ownedBy(live, 'a')).toEqual(['f:spec/f:replicas'])
    const status = trackUpdate(
      live,
      { ...live, status: { ready: 2 } },
      {
        ...context('controller'),
        resetFields: setOfPaths([['f:spec'], ['f:metadata']]),
        subresource: 'status',
      },
    )
    expect(ownedBy(status, 'controller')).toEqual(['f:status/f:ready'])
  })
})

describe('migration from client-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const applied = (replicas: number): Thing => {
    const configuration = thing({ replicas, strategy: { type: 'Recreate' } })
    const text = JSON.stringify(configuration)
    const object = thing(
      { replicas, strategy: { type: 'Recreate' } },
      { annotations: { [annotation]: text } },
    )
    return trackUpdate(undefined, object, context('kubectl-client-side-apply'))
  }

  it('takes over what kubectl applied before, and tells of it in the annotation', () => {
    const next = apply(applied(1), 'kubectl', thing({ replicas: 2, strategy: { type: 'Recreate' } }))
    expect(next.spec).toEqual({ replicas: 2, strategy: { type: 'Recreate' } })
    expect(ownedBy(next, 'kubectl')).toContain('f:spec/f:replicas')
    expect(JSON.parse(next.metadata.annotations?.[annotation] ?? '')).toEqual(
      thing({ replicas: 2, strategy: { type: 'Recreate' } }),
    )
  })

  it('not what somebody changed since', () => {
    const before = applied(1)
    const scaled = trackUpdate(
      before,
      { ...before, spec: { ...before.spec, replicas: 5 } },
      context('scaler'),
    )
    const wanted = thing({ replicas: 2, strategy: { type: 'RollingUpdate' } })
    expect(refusal(() => apply(scaled, 'kubectl', wanted)).message).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas',
    )
  })

  it('not under another name', () => {
    expect(refusal(() => apply(applied(1), 'ci', thing({ replicas: 2 }))).message).toContain(
      '"kubectl-client-side-apply"',
    )
  })
})

describe('ownership on update', () => {
  it('is not recorded for an object whose record was cleared', () => {
    const bare = thing({ replicas: 1 })
    expect(trackUpdate(bare, thing({ replicas: 2 }), context('edit')).metadata.managedFields).toBeUndefined()
  })

  it('of many updaters is kept for the latest ten', () => {
    let live = trackUpdate(undefined, thing({ replicas: 0 }), context('creator'))
    for (let index = 1; index <= 12; index += 1) {
      const labels = { ...live.metadata.labels, [`l${index}`]: 'x' }
      const time = `2026-01-01T00:00:${String(index).padStart(2, '0')}Z`
      live = trackUpdate(
        live,
        { ...live, metadata: { ...live.metadata, labels } },
        context(`m${index}`, time),
      )
    }
    const managers = live.metadata.managedFields?.map(({ manager }) => manager) ?? []
    expect(managers).toHaveLength(10)
    expect(managers).toContain('ancient-changes')
    expect(managers).toContain('m12')
    expect(ownedBy(live, 'ancient-changes')).toEqual(
      expect.arrayContaining(['f:spec/f:replicas', 'f:metadata/f:labels/f:l1', 'f:metadata/f:labels/f:l3']),
    )
  })

  it('goes to who changed the field, and from who had it', () => {
    const live = apply(undefined, 'ci', thing({ replicas: 3, strategy: { type: 'Recreate' } }))
    const scaled = trackUpdate(
      live,
      { ...live, spec: { ...live.spec, replicas: 5 } },
      context('hpa', '2026-02-02T00:00:00Z'),
    )
    expect(ownedBy(scaled, 'hpa')).toEqual(['f:spec/f:replicas'])
    expect(ownedBy(scaled, 'ci')).toEqual(['f:spec/f:strategy/f:type'])
    expect(refusal(() => apply(scaled, 'ci', thing({ replicas: 3 }))).message).toContain('"hpa"')
  })

  it('ends when the field is removed', () => {
    const live = apply(undefined, 'ci', thing({ replicas: 3, strategy: { type: 'Recreate' } }))
    const without = trackUpdate(live, { ...live, spec: { replicas: 3 } }, context('edit'))
    expect(ownedBy(without, 'ci')).toEqual(['f:spec/f:replicas'])
    expect(ownedBy(without, 'edit')).toEqual([])
  })

  it('of a new object names the maps that it brought', () => {
    const created = trackUpdate(
      undefined,
      thing({ replicas: 1 }, { labels: { app: 'x' } }),
      context('kubectl-create'),
    )
    expect(created.metadata.managedFields?.[0]).toMatchObject({
      operation: 'Update',
      fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': { 'f:replicas': {} } },
    })
  })

  it('keeps the time of an owner that changed nothing', () => {
    const created = trackUpdate(undefined, thing({ replicas: 1 }), context('edit'))
    expect(trackUpdate(created, created, context('edit', '2027-01-01T00:00:00Z'))).toEqual(created)
  })

  it('can be replaced or cleared by the request', () => {
    const created = trackUpdate(undefined, thing({ replicas: 1 }), context('edit'))
    const cleared = JSON.parse(
      JSON.stringify({ ...created, metadata: { ...created.metadata, managedFields: [{}] } }),
    )
    expect(trackUpdate(created, cleared, context('edit')).metadata.managedFields).toBeUndefined()
    const entry = created.metadata.managedFields![0]!
    const renamed = {
      ...created,
      metadata: { ...created.metadata, managedFields: [{ ...entry, manager: 'other' }] },
    }
    expect(ownedBy(trackUpdate(created, renamed, context('edit')), 'other')).toEqual(['f:spec/f:replicas'])
  })
})

const configuration = fc
  .record(
    {
      replicas: fc.integer({ min: 0, max: 2 }),
      selector: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
      strategy: fc.record({ type: fc.constantFrom('x', 'y') }),
      containers: fc.uniqueArray(
        fc.record(
          { name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') },
          { requiredKeys: ['name'] },
        ),
        { selector: ({ name }) => name, minLength: 1 },
      ),
    },
    { requiredKeys: [] },
  )
  .map((spec) => thing(JSON.parse(JSON.stringify(spec))))

const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), configuration), {
  minLength: 1,
  maxLength: 5,
})

describe('properties of apply', () => {
  test.prop([steps])('a second apply of the same changes nothing', (applied) => {
    let live: Thing | undefined
    for (const [manager, each] of applied) {
      live = apply(live, manager, each, true)
      expect(apply(live, manager, each)).toBe(live)
    }
  })

  test.prop([steps])('the applied values are there', (applied) => {
    let live: Thing | undefined
    for (const [manager, each] of applied) {
      live = apply(live, manager, each, true)
      expect(live.spec ?? {}).toMatchObject(
        JSON.parse(
          JSON.stringify({ ...each.spec, ...(each.spec?.['containers'] ? { containers: undefined } : {}) }),
        ),
      )
    }
  })

  test.prop([steps])('every owned field exists, and everything has an owner', (applied) => {
    let live: Thing | undefined
    for (const [manager, each] of applied) live = apply(live, manager, each, true)
    const owners = [...decodeManagedFields(live?.metadata.managedFields).values()]
    const all = owners.reduce((set, { fields }) => union(set, fields), setOfPaths([]))
    const { managedFields: _, ...metadata } = live!.metadata
    const present = apply(undefined, 'one', { ...live!, metadata })
    const [one] = decodeManagedFields(present.metadata.managedFields).values()
    expect(membersOf(difference(one?.fields ?? setOfPaths([]), all))).toEqual([])
    // Who applies an empty map owns the map itself, which others may have filled: it exists by what is below it.
    const existing = membersOf(one?.fields ?? setOfPaths([])).map((path) => path.join(' '))
    const lost = membersOf(difference(all, one?.fields ?? setOfPaths([]))).map((path) => path.join(' '))
    expect(lost.filter((path) => !existing.some((each) => each.startsWith(`${path} `)))).toEqual([])
  })
})
