/** The process that the kill test kills: writers that acknowledge each durable write on stdout. */
import { writeSync } from 'node:fs'
import { openStore } from './lmdb-store.ts'
import type { Store } from './store.ts'

/** One acknowledged write; `value` is absent for a delete. */
export interface Acknowledgement {
  readonly key: string
  readonly revision: number
  readonly value?: string
}

const acknowledge = (acknowledgement: Acknowledgement): void => {
  writeSync(1, `${JSON.stringify(acknowledgement)}\n`)
}

/** Creates, changes and deletes its own key without end. */
const writer = async (store: Store, key: string, tag: string): Promise<never> => {
  for (let count = 0; ; count += 1) {
    const value = `${key} ${tag} ${count} ${'.'.repeat(count % 3000)}`
    const current = store.get(key)
    if (current !== undefined && count % 7 === 6) {
      const outcome = await store.delete(key, current.revision)
      if (outcome.ok) acknowledge({ key, revision: outcome.revision })
    } else {
      const outcome =
        current === undefined
          ? await store.create(key, value)
          : await store.compareAndSwap(key, current.revision, value)
      if (outcome.ok) acknowledge({ key, revision: outcome.revision, value })
    }
  }
}

/** Runs eight writers on the store in `directory` until the process is killed. */
export const runKillWriter = async (directory: string, tag: string, keepEvents: number): Promise<void> => {
  const store = openStore(directory, { keepEvents })
  await Promise.all(Array.from({ length: 8 }, (_, index) => writer(store, `k/${index}`, tag)))
}
