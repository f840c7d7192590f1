/** What every store must do; run by the tests of each implementation. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store, StoreEvent, WriteOutcome } from './store.ts'

/** The revision of a write that must succeed. */
export const written = (outcome: WriteOutcome): number => {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome.revision
}

/** The next `count` events of a watch, which then ends. */
export const take = async (
  store: Store,
  count: number,
  from: number,
  prefix = '',
): Promise<readonly StoreEvent[]> => {
  const abort = new AbortController()
  const events: StoreEvent[] = []
  if (count === 0) return events
  for await (const event of store.watch(prefix, from, abort.signal)) {
    events.push(event)
    if (events.length === count) abort.abort()
  }
  return events
}

export const storeConformance = (name: string, open: () => Promise<Store>): void => {
  describe(`${name} as a store`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('creates once', async () => {
      expect(await store.create('pods/default/a', '1')).toEqual({ ok: true, revision: 1 })
      expect(await store.create('pods/default/a', '2')).toEqual({
        ok: false,
        current: { key: 'pods/default/a', value: '1', revision: 1 },
      })
      expect(store.get('pods/default/a')).toEqual({ key: 'pods/default/a', value: '1', revision: 1 })
      expect(store.get('pods/default')).toBeUndefined()
      expect(store.revision()).toBe(1)
    })

    it('swaps only what was read', async () => {
      const first = written(await store.create('a', '1'))
      const second = written(await store.compareAndSwap('a', first, '2'))
      expect(await store.compareAndSwap('a', first, '3')).toEqual({
        ok: false,
        current: { key: 'a', value: '2', revision: second },
      })
      expect(await store.compareAndSwap('b', first, '3')).toEqual({ ok: false, current: undefined })
      expect(store.get('a')?.value).toBe('2')
    })

    it('deletes only what was read, and a key can come back', async () => {
      const first = written(await store.create('a', '1'))
      expect(await store.delete('a', first + 1)).toMatchObject({ ok: false, current: { value: '1' } })
      expect(await store.delete('a', first)).toEqual({ ok: true, revision: 2 })
      expect(await store.delete('a', first)).toEqual({ ok: false, current: undefined })
      expect(store.get('a')).toBeUndefined()
      expect(await store.create('a', '2')).toEqual({ ok: true, revision: 3 })
    })

    it('counts keys under a prefix, and after a key', async () => {
      for (const key of ['p/a', 'p/b', 'p/c', 'q/a']) await store.create(key, '1')
      expect([
        store.count('p/'),
        store.count('p/', 'p/a'),
        store.count('p/', 'p/c'),
        store.count('x/'),
      ]).toEqual([3, 2, 0, 0])
    })

    it('lets one of many concurrent writers win', async () => {
      const first = written(await store.create('a', '0'))
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.compareAndSwap('a', first, String(index))),
      )
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
      expect(store.revision()).toBe(2)
    })

    it('keeps any text: empty, long, with line breaks and beyond ASCII', async () => {
      const texts = ['', '\n', '{"a":"\\n"}', 'ß🚢\nü', 'x'.repeat(1_000_000)]
      for (const [index, text] of texts.entries()) await store.create(`t/${index}`, text)
      expect(store.range('t/').items.map(({ value }) => value)).toEqual(texts)
      await store.delete('t/3', store.get('t/3')?.revision ?? 0)
      const events = await take(store, texts.length + 1, 0)
      expect(events.map((event) => (event.type === 'put' ? event.value : event.previous))).toEqual([
        ...texts,
        texts[3],
      ])
    })

    it.each(['', 'a\u0000b', 'x'.repeat(1501)])('refuses a key that no disk holds', async (key) => {
      await expect(store.create(key, '1')).rejects.toMatchObject({ code: 'store-key-invalid' })
    })

    it('gives ranges in order, in pages, with the revision they show', async () => {
      for (const key of ['b/2', 'b/10', 'a/1', 'b/1', 'b', 'c/1', 'b/ä']) await store.create(key, key)
      expect(store.range('b/').items.map(({ key }) => key)).toEqual(['b/1', 'b/10', 'b/2', 'b/ä'])
      const first = store.range('b/', { limit: 2 })
      expect(first).toMatchObject({ revision: 7, next: 'b/10' })
      const second = store.range('b/', { limit: 2, after: first.next ?? '' })
      expect(second.items.map(({ key }) => key)).toEqual(['b/2', 'b/ä'])
      expect(second.next).toBeUndefined()
      expect(store.range('', { limit: 7 }).next).toBeUndefined()
      expect(store.range('nothing/')).toEqual({ items: [], revision: 7 })
      expect(store.range('b/', { after: 'b/3' }).items.map(({ key }) => key)).toEqual(['b/ä'])
      expect(store.range('b/', { after: 'a' }).items).toHaveLength(4)
    })

    it('watches what comes, with what was there before', async () => {
      const watching = take(store, 3, 0, 'a/')
      const created = written(await store.create('a/1', '1'))
      await store.create('b/1', 'not asked for')
      const changed = written(await store.compareAndSwap('a/1', created, '2'))
      const deleted = written(await store.delete('a/1', changed))
      expect(await watching).toEqual([
        { type: 'put', key: 'a/1', value: '1', previous: undefined, revision: created },
        { type: 'put', key: 'a/1', value: '2', previous: '1', previousRevision: created, revision: changed },
        { type: 'delete', key: 'a/1', previous: '2', previousRevision: changed, revision: deleted },
      ])
    })

    it('joins list and watch without gap or repeat', async () => {
      await Promise.all(Array.from({ length: 10 }, (_, index) => store.create(`k/${index}`, 'x')))
      const { items, revision } = store.range('k/')
      const watching = take(store, 5, revision)
      await Promise.all(items.slice(0, 5).map((item) => store.compareAndSwap(item.key, item.revision, 'y')))
      expect((await watching).map((event) => event.revision)).toEqual([11, 12, 13, 14, 15])
    })

    it('gives a slow watcher everything, in order, past what memory holds', async () => {
      const abort = new AbortController()
      const iterator = store.watch('', 0, abort.signal)[Symbol.asyncIterator]()
      const first = iterator.next()
      await store.create('k', '0')
      expect((await first).value).toMatchObject({ revision: 1 })
      const total = 3500
      await Promise.all(Array.from({ length: total }, (_, index) => store.create(`k/${index}`, 'x')))
      for (let revision = 2; revision <= total + 1; revision += 1) {
        const { value } = await iterator.next()
        if (value?.revision !== revision) expect(value?.revision).toBe(revision)
      }
      const live = iterator.next()
      await store.create('last', 'x')
      expect((await live).value).toMatchObject({ key: 'last', revision: total + 2 })
      abort.abort()
      expect(await iterator.next()).toEqual({ done: true, value: undefined })
    })

    it('tells a watch that its revision is compacted, and keeps what follows', async () => {
      const revisions = []
      for (let index = 0; index < 5; index += 1)
        revisions.push(written(await store.create(`k/${index}`, 'x')))
      await store.compact(3)
      expect(store.compactedRevision()).toBe(3)
      expect(() => store.watch('', 2, new AbortController().signal)).toThrow(
        expect.objectContaining({ code: 'store-revision-compacted' }),
      )
      expect((await take(store, 2, 3)).map((event) => event.revision)).toEqual([4, 5])
      expect(store.range('k/').items).toHaveLength(5)
      await store.compact(1)
      expect(store.compactedRevision()).toBe(3)
      await expect(store.compact(6)).rejects.toMatchObject({ code: 'store-revision-unknown' })
    })

    it('tells a slow watcher whose backlog was compacted away', async () => {
      const iterator = store.watch('', 0, new AbortController().signal)[Symbol.asyncIterator]()
      const first = iterator.next()
      await store.create('k', '0')
      await first
      await Promise.all(Array.from({ length: 2000 }, (_, index) => store.create(`k/${index}`, 'x')))
      await store.compact(store.revision())
      const drain = async (): Promise<void> => {
        for (let index = 0; index < 2000; index += 1) await iterator.next()
      }
      await expect(drain()).rejects.toMatchObject({ code: 'store-revision-compacted' })
    })

    it('refuses to watch from the future', () => {
      expect(() => store.watch('', 1, new AbortController().signal)).toThrow(
        expect.objectContaining({ code: 'store-revision-unknown' }),
      )
    })

    it('ends a watch when it is aborted, waiting or not', async () => {
      const abort = new AbortController()
      const waiting = take(store, 1, 0)
      const iterator = store.watch('', 0, abort.signal)[Symbol.asyncIterator]()
      const next = iterator.next()
      await nextTurn()
      abort.abort()
      expect(await next).toEqual({ done: true, value: undefined })
      await store.create('k', 'x')
      expect(await waiting).toHaveLength(1)
      expect(await store.watch('', 0, AbortSignal.abort())[Symbol.asyncIterator]().next()).toEqual({
        done: true,
        value: undefined,
      })
    })

    it('ends watches and refuses writes when it is closed', async () => {
      const next = store.watch('', 0, new AbortController().signal)[Symbol.asyncIterator]().next()
      const refused = expect(next).rejects.toMatchObject({ code: 'store-closed' })
      await nextTurn()
      await store.close()
      await refused
      await expect(store.create('k', 'x')).rejects.toMatchObject({ code: 'store-closed' })
    })
  })
}
