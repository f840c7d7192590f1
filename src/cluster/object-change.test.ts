import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { KubeObject } from '../resources/kube-object.ts'
import { createObjectCache, labelIndex, labelWords } from './object-cache.ts'
import { changesToList, nameOfKey, objectKey } from './object-change.ts'

const anObject = fc.record({
  namespace: fc.constantFrom('a', 'b'),
  name: fc.constantFrom('x', 'y', 'z'),
  uid: fc.constantFrom('1', '2'),
  resourceVersion: fc.constantFrom('1', '2', '3'),
  app: fc.constantFrom('web', 'db'),
})
const aList = fc
  .uniqueArray(anObject, { selector: ({ namespace, name }) => `${namespace}/${name}` })
  .map((items): KubeObject[] =>
    items.map(({ app, ...metadata }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, labels: { app } },
    })),
  )

test.prop([aList, aList])(
  'the changes turn what is known into the list, indexes included',
  (before, after) => {
    const cache = createObjectCache<KubeObject>()
    cache.addIndex(labelIndex, labelWords)
    for (const object of before) cache.apply({ type: 'added', object })
    const changes = changesToList(cache.objects, after)
    for (const change of changes) {
      const known = cache.get(objectKey(change.object.metadata))
      // Each step is possible: an addition of what is absent, a change or deletion of what is there.
      expect(known === undefined).toBe(change.type === 'added')
      cache.apply(change)
    }
    const byKey = (objects: readonly KubeObject[]): Map<string, string | undefined> =>
      new Map(
        objects.map(({ metadata }) => [objectKey(metadata), `${metadata.uid}@${metadata.resourceVersion}`]),
      )
    expect(byKey(cache.list())).toEqual(
      byKey(
        after.map((item) => {
          const same = before.find(
            ({ metadata }) =>
              objectKey(metadata) === objectKey(item.metadata) &&
              metadata.uid === item.metadata.uid &&
              metadata.resourceVersion === item.metadata.resourceVersion,
          )
          return same ?? item
        }),
      ),
    )
    for (const namespace of ['a', 'b']) {
      expect(cache.list(namespace).length).toBe(
        after.filter((item) => item.metadata.namespace === namespace).length,
      )
    }
    const labelled = ['web', 'db'].flatMap((app) => cache.byIndex(labelIndex, `app=${app}`))
    expect(labelled.length).toBe(after.length)
  },
)

test('another uid under the same name is a deletion and an addition', () => {
  const object = (uid: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', uid },
  })
  const changes = changesToList(new Map([['p', object('1')]]), [object('2')])
  expect(changes.map(({ type, object: { metadata } }) => [type, metadata.uid])).toEqual([
    ['deleted', '1'],
    ['added', '2'],
  ])
})

test('keys and names are inverse', () => {
  expect(nameOfKey(objectKey({ namespace: 'a', name: 'b' }))).toEqual({ namespace: 'a', name: 'b' })
  expect(nameOfKey(objectKey({ name: 'b' }))).toEqual({ name: 'b' })
})

test('an index that was never added is a bug, not an empty answer', () => {
  expect(() => createObjectCache<KubeObject>().byIndex('owner', 'x')).toThrow(/addIndex/)
})
