/** A store that tells of successful writes below a prefix before their writer goes on. */
import type { Store, WriteOutcome } from '../store/store.ts'

export interface StoreObserver {
  readonly prefix: string
  /** `value` undefined: the key is gone. */
  readonly onWrite: (key: string, value: string | undefined) => void
}

/** Everything that writes through the result is observed; its writes are as durable as the store's. */
export const observedStore = (store: Store, { prefix, onWrite }: StoreObserver): Store => {
  const told = (outcome: WriteOutcome, key: string, value: string | undefined): WriteOutcome => {
    if (outcome.ok && key.startsWith(prefix)) onWrite(key, value)
    return outcome
  }
  return {
    ...store,
    create: async (key, value) => told(await store.create(key, value), key, value),
    compareAndSwap: async (key, expected, value) =>
      told(await store.compareAndSwap(key, expected, value), key, value),
    delete: async (key, expected) => told(await store.delete(key, expected), key, undefined),
  }
}
