import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from './lmdb-store.ts'
import { storeConformance, take, written } from './store.conformance.ts'

const root = mkdtempSync(join(tmpdir(), 'weft-store-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0
const freshDirectory = (): string => join(root, String((count += 1)))

storeConformance('the LMDB store', async () => openStore(freshDirectory()))

describe('the LMDB store', () => {
  it('finds values, revisions and events again', async () => {
    const directory = freshDirectory()
    const before = openStore(directory)
    const first = written(await before.create('a', '1'))
    await before.compareAndSwap('a', first, '2')
    await before.create('b', '3')
    await before.compact(1)
    await before.close()
    const after = openStore(directory)
    expect(after.revision()).toBe(3)
    expect(after.compactedRevision()).toBe(1)
    expect(after.range('').items).toEqual([
      { key: 'a', value: '2', revision: 2 },
      { key: 'b', value: '3', revision: 3 },
    ])
    expect((await take(after, 2, 1)).map((event) => event.revision)).toEqual([2, 3])
    expect(written(await after.create('c', '4'))).toBe(4)
    await after.close()
  })

  it('lets nobody else read its directory', async () => {
    const directory = freshDirectory()
    await openStore(directory).close()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['events', { keepEvents: 100 }, 'x'],
    ['characters', { keepCharacters: 100_000 }, 'x'.repeat(1000)],
  ])('keeps about the last %s that its options name', async (_, options, value) => {
    const store = openStore(freshDirectory(), options)
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, (_each, index) => store.create(`${round}/${index}`, value)),
      )
    }
    // A last write after the background work of the ones before settles the rest.
    await store.compact(store.compactedRevision())
    await store.create('last', value)
    const kept = store.revision() - store.compactedRevision()
    expect(kept).toBeGreaterThanOrEqual(90)
    expect(kept).toBeLessThanOrEqual(111)
    expect((await take(store, kept, store.compactedRevision())).length).toBe(kept)
    expect(store.range('').items).toHaveLength(1001)
    await store.close()
  })
})
