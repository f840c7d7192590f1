import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { HeldResources } from './held-resources.ts'
import { changedNames, rememberingChanges } from './snapshot-changes.ts'

const resource = (name: string, version: string) => ({
  typeUrl: 't',
  name,
  version,
  body: new Uint8Array(),
  origins: [],
})
const mapOf = (versions: Readonly<Record<string, string>>) =>
  new Map(Object.entries(versions).map(([name, version]) => [name, resource(name, version)]))

const name = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), name, version: fc.constantFrom('1', '2') }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({
    kind: fc.constant('settle' as const),
    versions: fc.dictionary(name, fc.constantFrom('1', '2')),
  }),
)

property.prop([fc.array(step)])('holds what a plain map would', (steps) => {
  const held = new HeldResources()
  let plain = new Map<string, string>()
  for (const one of steps) {
    if (one.kind === 'set') {
      held.set(one.name, resource(one.name, one.version))
      plain.set(one.name, one.version)
    } else if (one.kind === 'delete') {
      held.delete(one.name)
      plain.delete(one.name)
    } else {
      held.settle(mapOf(one.versions))
      plain = new Map(Object.entries(one.versions))
    }
    expect(new Map([...held.entries()].map(([key, { version }]) => [key, version]))).toEqual(plain)
    expect(held.size).toBe(plain.size)
  }
})

test('names that were added, removed or changed', () => {
  const before = mapOf({ same: '1', changed: '1', gone: '1' })
  const after = mapOf({ same: '1', changed: '2', fresh: '1' })
  expect(changedNames(before, after).toSorted()).toEqual(['changed', 'fresh', 'gone'])
  const compare = rememberingChanges()
  expect(compare(before, after)).toBe(compare(before, after))
})
