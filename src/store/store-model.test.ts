import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { openStore } from './lmdb-store.ts'
import { createMemoryStore } from './memory-store.ts'
import { take } from './store.conformance.ts'
import type { Store, StoreEvent } from './store.ts'

const root = mkdtempSync(join(tmpdir(), 'weft-store-model-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const key = fc.constantFrom('a/1', 'a/2', 'b/1')
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), key, value: fc.string() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('swap' as const), key, value: fc.string(), stale: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key, stale: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('compact' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What a store is, as simply as can be said. */
interface Model {
  values: Map<string, { value: string; revision: number }>
  events: StoreEvent[]
  compacted: number
}

/** Does the step to the model and tells whether a store must do it too. */
const expected = (model: Model, each: Step): boolean => {
  if (each.do === 'compact' || each.do === 'reopen') return true
  const current = model.values.get(each.key)
  const allowed = each.do === 'create' ? current === undefined : current !== undefined && !each.stale
  if (!allowed) return false
  const revision = model.events.length + 1
  const known = current === undefined ? {} : { previousRevision: current.revision }
  if (each.do === 'delete') {
    model.values.delete(each.key)
    model.events.push({ type: 'delete', key: each.key, previous: current?.value ?? '', ...known, revision })
  } else {
    model.values.set(each.key, { value: each.value, revision })
    model.events.push({
      type: 'put',
      key: each.key,
      value: each.value,
      previous: current?.value,
      ...known,
      revision,
    })
  }
  return true
}

const perform = async (store: Store, model: Model, each: Step): Promise<boolean> => {
  switch (each.do) {
    case 'create':
      return (await store.create(each.key, each.value)).ok
    case 'swap':
    case 'delete': {
      const revision = (store.get(each.key)?.revision ?? 1) + (each.stale ? 1 : 0)
      const outcome =
        each.do === 'swap'
          ? await store.compareAndSwap(each.key, revision, each.value)
          : await store.delete(each.key, revision)
      return outcome.ok
    }
    case 'compact': {
      const through = Math.floor(each.share * model.events.length)
      model.compacted = Math.max(model.compacted, through)
      await store.compact(through)
      return true
    }
    case 'reopen':
      return true
  }
}

const check = async (store: Store, model: Model): Promise<void> => {
  expect(store.revision()).toBe(model.events.length)
  expect(store.compactedRevision()).toBe(model.compacted)
  const values = [...model.values].map(([each, stored]) => ({ key: each, ...stored }))
  expect(store.range('').items).toEqual(values.toSorted((left, right) => (left.key < right.key ? -1 : 1)))
  for (let from = 0; from <= model.events.length; from += 1) {
    if (from < model.compacted) {
      expect(() => store.watch('', from, new AbortController().signal)).toThrow('compacted')
      continue
    }
    const rest = model.events.slice(from)
    expect(await take(store, rest.length, from)).toEqual(rest)
    const ofA = rest.filter((event) => event.key.startsWith('a/'))
    expect(await take(store, ofA.length, from, 'a/')).toEqual(ofA)
  }
}

it.each(['LMDB', 'memory'])(
  'the %s store does what the model does, watches and reopening included',
  async (name) => {
    let runs = 0
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const directory = join(root, String((runs += 1)))
      const open = (): Store => (name === 'LMDB' ? openStore(directory) : createMemoryStore())
      let store = open()
      const model: Model = { values: new Map(), events: [], compacted: 0 }
      const abort = new AbortController()
      for (const each of steps) {
        const should = expected(model, each)
        expect(await perform(store, model, each)).toBe(should)
        if (each.do === 'reopen' && name === 'LMDB') {
          await store.close()
          store = open()
        }
      }
      await check(store, model)
      abort.abort()
      await store.close()
    })
    await fc.assert(property, { numRuns: 40 })
  },
)
