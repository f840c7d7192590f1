import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { createCollectionGraph } from './collection-graph.ts'
import type { Change } from './collection.ts'

interface Item {
  readonly id: string
  readonly group: string
  readonly refers: string
  readonly weight: number
}

/** A diamond with every kind of read: items that read other items by key, by group, and all of them. */
const build = () => {
  const graph = createCollectionGraph()
  const items = graph.source<Item>({
    name: 'items',
    equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  })
  const byGroup = graph.index(items, (item) => [item.group])
  const heavy = graph.derive<Item, Item>(items, {
    name: 'heavy',
    transform: (item) => (item.weight > 2 ? [[item.id, item]] : []),
  })
  const joined = graph.derive<Item, string>(items, {
    name: 'joined',
    transform: (item, read) => [
      [
        item.id,
        [
          item.weight,
          read.get(heavy, item.refers)?.weight ?? '-',
          read
            .lookup(byGroup, item.group)
            .map(({ id }) => id)
            .toSorted()
            .join(','),
          item.weight === 0 ? read.values(items).length : '',
        ].join('|'),
      ],
      ...(item.weight > 3 ? [[`${item.id}-more`, String(item.weight)] as const] : []),
    ],
  })
  const groups = graph.group<Item, number>(items, {
    name: 'groups',
    keysOf: ({ group }) => [group],
    transform: (values) => values.reduce((sum, { weight }) => sum + weight, 0),
  })
  return { graph, items, joined, groups }
}

const ids = ['a', 'b', 'c', 'd', 'e']
const step = fc.record({
  id: fc.constantFrom(...ids),
  group: fc.constantFrom('x', 'y', 'z'),
  refers: fc.constantFrom(...ids),
  weight: fc.integer({ min: 0, max: 5 }),
  remove: fc.boolean(),
  commit: fc.boolean(),
})

const sorted = (entries: ReadonlyMap<string, unknown>) =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('collection graph', () => {
  property.prop([fc.array(step, { maxLength: 40 })])(
    'incremental equals from scratch, and changes replay it',
    (steps) => {
      const live = build()
      const replayed = new Map<string, string>()
      live.joined.subscribe((changes: readonly Change<string>[]) => {
        for (const { key, before, after } of changes) {
          expect(replayed.get(key)).toBe(before)
          expect(after).not.toBe(before)
          if (after === undefined) replayed.delete(key)
          else replayed.set(key, after)
        }
      })
      const current = new Map<string, Item>()
      for (const { remove, commit, ...item } of steps) {
        if (remove) {
          live.items.delete(item.id)
          current.delete(item.id)
        } else {
          live.items.set(item.id, item)
          current.set(item.id, item)
        }
        if (commit) live.graph.commit()
      }
      live.graph.commit()
      const fresh = build()
      fresh.items.replace(current)
      fresh.graph.commit()
      expect(sorted(live.joined.entries)).toEqual(sorted(fresh.joined.entries))
      expect(sorted(live.groups.entries)).toEqual(sorted(fresh.groups.entries))
      expect(sorted(replayed)).toEqual(sorted(fresh.joined.entries))
      expect(live.graph.commit()).toBe(0)
    },
  )

  test('a change computes only what read it', () => {
    const graph = createCollectionGraph()
    const names = graph.source<string>({ name: 'names' })
    const pairs = graph.source<string>({ name: 'pairs' })
    const computed: string[] = []
    graph.derive<string, string>(pairs, {
      name: 'resolved',
      transform: (pair, read) => {
        computed.push(pair)
        return [[pair, read.get(names, pair) ?? '']]
      },
    })
    for (const name of ['a', 'b', 'c']) {
      names.set(name, name)
      pairs.set(name, name)
    }
    graph.commit()
    computed.length = 0
    names.set('b', 'changed')
    graph.commit()
    expect(computed).toEqual(['b'])
  })

  test('values keeps its array until something changes', () => {
    const { graph, items, joined } = build()
    items.set('a', { id: 'a', group: 'x', refers: 'b', weight: 1 })
    graph.commit()
    const before = joined.values()
    items.set('a', { id: 'a', group: 'x', refers: 'b', weight: 1 })
    expect(graph.commit()).toBe(0)
    expect(joined.values()).toBe(before)
  })

  test('a derivation may not read what was made after it', () => {
    const graph = createCollectionGraph()
    const first = graph.source<string>({ name: 'first' })
    const later: { names?: ReturnType<typeof graph.source<string>> } = {}
    graph.derive<string, string>(first, {
      name: 'impatient',
      transform: (value, read) => [
        [value, later.names === undefined ? '' : (read.get(later.names, value) ?? '')],
      ],
    })
    later.names = graph.source<string>({ name: 'later' })
    first.set('a', 'a')
    expect(() => graph.commit()).toThrow('impatient reads later')
  })
})
