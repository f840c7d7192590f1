import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../primitives/json-value.ts'
import type { Schema } from '../resources/schema.ts'
import { applyStrategicMergePatch } from './strategic-merge-patch.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: {
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
      },
    },
    spec: { $ref: 'PodSpec' },
  },
}
const podSpec: Schema = {
  type: 'object',
  properties: {
    containers: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          args: { type: 'array', items: { type: 'string' } },
          env: {
            type: 'array',
            items: { type: 'object' },
            'x-kubernetes-patch-strategy': 'merge',
            'x-kubernetes-patch-merge-key': 'name',
          },
        },
      },
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    },
    strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys' },
  },
}

const apply = (document: JsonValue, patch: JsonValue): JsonValue => {
  const result = applyStrategicMergePatch(document, patch, schema, () => podSpec)
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`)
  return result.value
}

const containers = (...list: JsonValue[]): JsonValue => ({ spec: { containers: list } })

describe('strategic merge patch', () => {
  it('merges lists by their key, through references', () => {
    expect(
      apply(
        containers({ name: 'a', image: '1', args: ['x'] }, { name: 'b', image: '1' }),
        containers({ name: 'b', image: '2' }),
      ),
    ).toEqual(containers({ name: 'a', image: '1', args: ['x'] }, { name: 'b', image: '2' }))
  })

  it('replaces lists without a strategy and merges the nested ones that have it', () => {
    expect(
      apply(
        containers({ name: 'a', args: ['1', '2'], env: [{ name: 'X', value: '1' }] }),
        containers({ name: 'a', args: ['3'], env: [{ name: 'Y', value: '2' }] }),
      ),
    ).toEqual(
      containers({
        name: 'a',
        args: ['3'],
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      }),
    )
  })

  it('puts new items first unless an order is given', () => {
    expect(apply(containers({ name: 'a' }), containers({ name: 'new' }))).toEqual(
      containers({ name: 'new' }, { name: 'a' }),
    )
    expect(
      apply(containers({ name: 'a' }), {
        spec: {
          $setElementOrder: [],
          '$setElementOrder/containers': [{ name: 'a' }, { name: 'new' }],
          containers: [{ name: 'new' }],
        },
      }),
    ).toEqual(containers({ name: 'a' }, { name: 'new' }))
  })

  it('orders without changing, and keeps what only the server has in its place', () => {
    expect(
      apply(containers({ name: 'a' }, { name: 'server' }, { name: 'b' }), {
        spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      }),
    ).toEqual(containers({ name: 'server' }, { name: 'b' }, { name: 'a' }))
  })

  it('deletes an item, a field and a map', () => {
    expect(
      apply(containers({ name: 'a' }, { name: 'b' }), containers({ $patch: 'delete', name: 'a' })),
    ).toEqual(containers({ name: 'b' }))
    expect(apply({ spec: { nodeName: 'n', x: 1 } }, { spec: { nodeName: null } })).toEqual({ spec: { x: 1 } })
    expect(apply({ spec: { x: 1 } }, { spec: { $patch: 'delete' } })).toEqual({ spec: {} })
    expect(apply({}, containers({ $patch: 'delete', name: 'a' }, { name: 'b' }))).toEqual(
      containers({ name: 'b' }),
    )
  })

  it('replaces a map or a whole list', () => {
    expect(apply({ spec: { a: 1 } }, { spec: { $patch: 'replace', b: 2 } })).toEqual({ spec: { b: 2 } })
    expect(
      apply(containers({ name: 'a' }, { name: 'b' }), containers({ $patch: 'replace' }, { name: 'c' })),
    ).toEqual(containers({ name: 'c' }))
  })

  it('merges sets of scalars and deletes from them', () => {
    const finalizers = (...list: string[]): JsonValue => ({ metadata: { finalizers: list } })
    expect(apply(finalizers('a', 'b'), finalizers('c', 'a'))).toEqual(finalizers('c', 'a', 'b'))
    expect(
      apply(finalizers('a', 'b'), {
        metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] },
      }),
    ).toEqual(finalizers('c', 'b'))
  })

  it('keeps only the retained keys', () => {
    expect(
      apply(
        { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } },
        { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      ),
    ).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  it.each<[JsonValue, string]>([
    [[], 'malformed: a strategic merge patch is an object: write {"spec": ...}'],
    [containers({ image: 'x' }), 'malformed: map: {"image":"x"} does not contain declared merge key: name'],
    [containers('x', { name: 'b' }), 'malformed: the list holds objects, not "x"'],
    [{ spec: { $patch: 'burn' } }, 'malformed: unknown patch type: "burn" in map: {"$patch":"burn"}'],
    [{ spec: { $retainKeys: 'type' } }, 'malformed: $retainKeys is a list of field names'],
    [
      { spec: { $retainKeys: ['a'], b: 1 } },
      'malformed: field "b" of the patch is not in $retainKeys: add it',
    ],
  ])('%j is refused', (patch, message) => {
    expect(() => apply(containers({ name: 'a' }), patch)).toThrow(message)
  })

  const named = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('1', '2') }),
    {
      selector: ({ name }) => name,
      minLength: 1,
    },
  )
  test.prop([named, named])(
    'has each item once, with the values of the patch; twice is once',
    (live, patch) => {
      const once = apply(containers(...live), containers(...patch))
      const names = new Set([...live, ...patch].map(({ name }) => name))
      expect(once).toMatchObject({ spec: { containers: expect.arrayContaining(patch) } })
      expect(JSON.stringify(once).match(/"name"/g)).toHaveLength(names.size)
      expect(apply(once, containers(...patch))).toEqual(once)
    },
  )
})
