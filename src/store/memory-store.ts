/** The store's contract in memory alone: for tests of what stands on a store. */
import { CodedError } from '../primitives/coded-error.ts'
import { checkKey, planWrites, type WriteRequest } from './plan-writes.ts'
import { futureCompactionError } from './revision-errors.ts'
import type { RangePage, Store, StoredValue, StoreEvent, WriteOutcome } from './store.ts'
import { createWatchHub } from './watch-hub.ts'

/** A store that begins empty and forgets everything with the process; nothing is compacted unasked. */
export const createMemoryStore = (): Store => {
  const values = new Map<string, StoredValue>()
  let events: StoreEvent[] = []
  let revision = 0
  let compacted = 0
  let closed = false
  const hub = createWatchHub({
    revision: () => revision,
    compactedRevision: () => compacted,
    read: (after, limit) => events.slice(after - compacted, after - compacted + limit),
  })

  const write = async (request: WriteRequest): Promise<WriteOutcome> => {
    checkKey(request.key)
    if (closed) throw new CodedError('store-closed', 'the store is closed')
    const plan = planWrites([request], (key) => values.get(key), revision)
    for (const event of plan.events) {
      const { key } = event
      if (event.type === 'put') values.set(key, { key, value: event.value, revision: event.revision })
      else values.delete(key)
      events.push(event)
      revision = event.revision
    }
    hub.publish(plan.events)
    return plan.outcomes[0] ?? { ok: false, current: undefined }
  }

  const range: Store['range'] = (prefix, { after, limit = Infinity } = {}): RangePage => {
    const items = [...values.values()]
      .filter(({ key }) => key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0))
      .sort((left, right) => compareKeys(left.key, right.key))
    const page = items.slice(0, limit)
    const last = page.at(-1)
    return {
      items: page,
      revision,
      ...(items.length > limit && last !== undefined ? { next: last.key } : {}),
    }
  }

  return {
    revision: () => revision,
    compactedRevision: () => compacted,
    get: (key) => values.get(key),
    range,
    count: (prefix, after) => range(prefix, after === undefined ? {} : { after }).items.length,
    create: (key, value) => write({ type: 'create', key, value }),
    compareAndSwap: (key, expectedRevision, value) =>
      write({ type: 'compare-and-swap', key, expectedRevision, value }),
    delete: (key, expectedRevision) => write({ type: 'delete', key, expectedRevision }),
    watch: hub.watch,
    compact: async (through) => {
      if (through > revision) throw futureCompactionError(through, revision)
      if (through <= compacted) return
      events = events.slice(through - compacted)
      compacted = through
    },
    close: async () => {
      closed = true
      hub.close()
    },
  }
}

/** Keys are ordered by their UTF-8 bytes, as on disk. */
const compareKeys = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right))
