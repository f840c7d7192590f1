import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { Store, StoredValue } from '../store/store.ts'
import { atRevision } from './past-state.ts'

const write = async (store: Store, key: string, value: string): Promise<void> => {
  const current = store.get(key)
  if (value === '') {
    if (current !== undefined) await store.delete(key, current.revision)
  } else if (current === undefined) await store.create(key, value)
  else await store.compareAndSwap(key, current.revision, value)
}

const key = fc.constantFrom('a/1', 'a/2', 'a/3', 'a/3x', 'b/1')
const writes = fc.array(fc.tuple(key, fc.constantFrom('', 'x', 'y')), { maxLength: 30 })

test.prop([writes, writes, fc.integer({ min: 1, max: 3 })])(
  'every page, at an earlier revision, is what that page was then',
  async (earlier, later, limit) => {
    const store = createMemoryStore()
    for (const [name, value] of earlier) await write(store, name, value)
    const revision = store.revision()
    const then = store.range('a/').items
    for (const [name, value] of later) await write(store, name, value)
    const pages = await atRevision({ store, prefix: 'a/', revision }, (state) => {
      const items: StoredValue[] = []
      const counts: number[] = []
      for (let after: string | undefined; ;) {
        const page = state.range({ limit, ...(after === undefined ? {} : { after }) })
        items.push(...page.items)
        if (page.next === undefined) return { items, counts }
        counts.push(state.count(page.next) + items.length)
        after = page.next
      }
    })
    expect(pages?.items).toEqual(then)
    expect(new Set(pages?.counts).size).toBeLessThanOrEqual(1)
    if (then.length > limit) expect(pages?.counts[0]).toBe(then.length)
  },
)

test('a write while the page is read makes it read again', async () => {
  const store = createMemoryStore()
  await store.create('a/1', 'x')
  let asked = 0
  const writing: Store = {
    ...store,
    range: (prefix, options) => {
      asked += 1
      // Ahead of what the caller knows, as another process's transaction would be.
      const page = store.range(prefix, options)
      if (asked === 1) void store.create('a/2', 'y')
      return asked === 1 ? { ...store.range(prefix, options) } : page
    },
  }
  const items = await atRevision(
    { store: writing, prefix: 'a/', revision: 1 },
    (state) => state.range({}).items,
  )
  expect(items?.map((item) => item.key)).toEqual(['a/1'])
  expect(asked).toBe(2)
})

test('undefined once the events since then are compacted', async () => {
  const store = createMemoryStore()
  await store.create('a/1', 'x')
  await store.create('a/2', 'x')
  await store.compact(2)
  await store.create('a/3', 'x')
  expect(await atRevision({ store, prefix: 'a/', revision: 1 }, (state) => state.range({}))).toBeUndefined()
})
