/** What a batch of writes does to the current values: pure, so that every store decides alike. */
import { CodedError } from '../primitives/coded-error.ts'
import type { StoredValue, StoreEvent, WriteOutcome } from './store.ts'

export type WriteRequest =
  | { readonly type: 'create'; readonly key: string; readonly value: string }
  | {
      readonly type: 'compare-and-swap'
      readonly key: string
      readonly expectedRevision: number
      readonly value: string
    }
  | { readonly type: 'delete'; readonly key: string; readonly expectedRevision: number }

export interface WritePlan {
  /** In order; each has its own revision, counting on from the batch's first. */
  readonly events: readonly StoreEvent[]
  /** One per request, in the requests' order. */
  readonly outcomes: readonly WriteOutcome[]
}

/** Decides the requests one after another, each seeing what those before it did. */
export const planWrites = (
  requests: readonly WriteRequest[],
  lookup: (key: string) => StoredValue | undefined,
  revision: number,
): WritePlan => {
  const changed = new Map<string, StoredValue | undefined>()
  const events: StoreEvent[] = []
  const outcomes = requests.map((request): WriteOutcome => {
    const { key } = request
    const current = changed.has(key) ? changed.get(key) : lookup(key)
    const expected = request.type === 'create' ? undefined : request.expectedRevision
    if (current?.revision !== expected) return { ok: false, current }
    const event = eventOf(request, current, revision + events.length + 1)
    events.push(event)
    changed.set(key, event.type === 'put' ? { key, value: event.value, revision: event.revision } : undefined)
    return { ok: true, revision: event.revision }
  })
  return { events, outcomes }
}

const eventOf = (request: WriteRequest, current: StoredValue | undefined, revision: number): StoreEvent =>
  request.type === 'delete'
    ? { type: 'delete', key: request.key, previous: current?.value ?? '', ...revisionOf(current), revision }
    : {
        type: 'put',
        key: request.key,
        value: request.value,
        previous: current?.value,
        ...revisionOf(current),
        revision,
      }

const revisionOf = (current: StoredValue | undefined): { readonly previousRevision?: number } =>
  current === undefined ? {} : { previousRevision: current.revision }

/** LMDB's limit is 1978 bytes with its own framing; Kubernetes' longest key is under 700. */
const maximumKeyBytes = 1500

/** Throws CodedError `store-key-invalid` for a key that the database cannot hold. */
export const checkKey = (key: string): void => {
  if (key === '' || key.includes('\u0000') || Buffer.byteLength(key) > maximumKeyBytes) {
    throw new CodedError(
      'store-key-invalid',
      `a key has 1 to ${maximumKeyBytes} bytes and no NUL: ${JSON.stringify(key.slice(0, 100))}`,
    )
  }
}
