import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Event } from '../../resources/core/event.ts'
import type { ObjectReference } from '../../resources/core/object-reference.ts'
import type { Log } from '../follow-resource.ts'

export interface EventNote {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface EventRecorder {
  /** Does not wait; the same note about the same object counts up one event, as client-go's recorder does. */
  readonly record: (object: ObjectReference, note: EventNote) => void
  /** Resolves when everything recorded so far is written. */
  readonly flush: () => Promise<void>
}

interface Known {
  name: string
  count: number
  first: string
}

const resource = { group: '', version: 'v1', plural: 'events' }
const rememberedEvents = 2000

const wholeSeconds = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')

/** Writes events of one component; failures are logged and lost, as events are. */
export const createEventRecorder = (options: {
  readonly cluster: ClusterPort
  readonly component: string
  readonly host: string
  readonly clock: Clock
  readonly log: Log
}): EventRecorder => {
  const { cluster, component, host, clock, log } = options
  const known = new Map<string, Known>()
  let sequence = 0
  let queue: Promise<void> = Promise.resolve()

  const create = async (object: ObjectReference, note: EventNote, entry: Known): Promise<void> => {
    const namespace = object.namespace ?? 'default'
    const event: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: entry.name, namespace },
      involvedObject: object,
      ...note,
      source: { component, host },
      firstTimestamp: entry.first,
      lastTimestamp: entry.first,
      count: 1,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host,
    }
    await cluster.create(resource, event)
  }

  const write = async (object: ObjectReference, note: EventNote, now: number): Promise<void> => {
    const namespace = object.namespace ?? 'default'
    const key = JSON.stringify([object.uid, object.name, object.fieldPath, note])
    const entry = known.get(key)
    if (entry !== undefined) {
      entry.count += 1
      const body = { count: entry.count, lastTimestamp: wholeSeconds(now) }
      try {
        await cluster.patch(resource, { namespace, name: entry.name }, { kind: 'merge', body })
        return
      } catch (error) {
        if (!isApiError(error, 404)) throw error
      }
    }
    sequence += 1
    const suffix = (BigInt(now) * 1_000_000n + BigInt(sequence % 1_000_000)).toString(16)
    const fresh: Known = { name: `${object.name ?? 'unknown'}.${suffix}`, count: 1, first: wholeSeconds(now) }
    known.set(key, fresh)
    if (known.size > rememberedEvents) known.delete(known.keys().next().value ?? key)
    await create(object, note, fresh)
  }

  return {
    record: (object, note) => {
      const now = clock.now()
      queue = queue
        .then(() => write(object, note, now))
        .catch((error: unknown) => log('event not written', { reason: note.reason, error: messageOf(error) }))
    },
    flush: () => queue,
  }
}
