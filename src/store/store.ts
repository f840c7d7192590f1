/** Durable revisions: keys with a value and the revision that wrote it, and a watch from any revision that is kept. */

/** Keys are slash-separated, e.g. `apps/deployments/default/myapp-v1`; values are JSON text (UTF-8). */
export interface StoredValue {
  readonly key: string
  readonly value: string
  /** The revision that last wrote this key. Revisions count from 1 and never repeat. */
  readonly revision: number
}

export type WriteOutcome =
  | { readonly ok: true; readonly revision: number }
  /** Somebody else wrote first, or the key is there already (create) or gone (compareAndSwap, delete). */
  | { readonly ok: false; readonly current: StoredValue | undefined }

export type StoreEvent =
  | {
      readonly type: 'put'
      readonly key: string
      readonly value: string
      readonly previous: string | undefined
      /** The revision of `previous`; absent without one, and in events that an earlier Weft wrote. */
      readonly previousRevision?: number
      readonly revision: number
    }
  | {
      readonly type: 'delete'
      readonly key: string
      readonly previous: string
      readonly previousRevision?: number
      readonly revision: number
    }

export interface RangePage {
  readonly items: readonly StoredValue[]
  /** The revision that the page shows; list and watch join here without a gap. */
  readonly revision: number
  /** Set when `limit` cut the page: the last key, to continue after. */
  readonly next?: string
}

/** Every write that resolved is on disk: it survives `kill -9` and, as far as the disk keeps its word, power loss. */
export interface Store {
  readonly revision: () => number
  readonly compactedRevision: () => number
  readonly get: (key: string) => StoredValue | undefined
  /** Keys with the prefix in order, after the key `after`, at most `limit`. */
  readonly range: (
    prefix: string,
    options?: { readonly after?: string; readonly limit?: number },
  ) => RangePage
  /** How many keys have the prefix and come after the key `after`. */
  readonly count: (prefix: string, after?: string) => number
  readonly create: (key: string, value: string) => Promise<WriteOutcome>
  readonly compareAndSwap: (key: string, expectedRevision: number, value: string) => Promise<WriteOutcome>
  readonly delete: (key: string, expectedRevision: number) => Promise<WriteOutcome>
  /**
   * All events of keys with the prefix after `fromRevision`, in order, without gap or repeat, until aborted.
   * Throws CodedError `store-revision-compacted` when `fromRevision` is below the compacted revision, and
   * `store-revision-unknown` when it is in the future.
   */
  readonly watch: (prefix: string, fromRevision: number, signal: AbortSignal) => AsyncIterable<StoreEvent>
  /** Forgets events up to and with `revision`; current values stay. */
  readonly compact: (revision: number) => Promise<void>
  readonly close: () => Promise<void>
}
