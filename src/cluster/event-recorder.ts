import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import { isApiError } from '../machinery/api-error.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { Event } from '../resources/core/event.ts'
import type { ObjectReference } from '../resources/core/object-reference.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** What happened, for `kubectl describe` and `kubectl get events`. */
export interface EventText {
  readonly type: 'Normal' | 'Warning'
  /** One word in CamelCase, e.g. `ScalingReplicaSet`. */
  readonly reason: string
  readonly message: string
}

/** Something that happened to an object. */
export interface EventNote extends EventText {
  readonly object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>
  /** e.g. `spec.containers{app}`. */
  readonly fieldPath?: string
}

export interface EventRecorder {
  /** Writes in the background and in order; a repeated event counts up. Events are best effort: losses are logged. */
  readonly record: (note: EventNote) => void
  /** Resolves when all that was recorded so far is written or given up. Never rejects. */
  readonly flush: () => Promise<void>
}

export interface EventRecorderOptions {
  readonly port: ClusterPort
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** e.g. `deployment-controller`. */
  readonly component: string
  readonly host?: string
}

const events: ResourceRef = { group: '', version: 'v1', plural: 'events' }

/** Kubernetes' correlator remembers 4096 events; a repeat of an older one becomes a new object. */
const remembered = 4096

const involved = ({ object, fieldPath }: EventNote): ObjectReference => {
  const { name, namespace, uid, resourceVersion } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  }
}

/** `serial` tells the events of one millisecond apart. */
interface Moment {
  readonly now: number
  readonly serial: number
}

const newEvent = (note: EventNote, { now, serial }: Moment, options: EventRecorderOptions): Event => {
  const { name, namespace } = note.object.metadata
  const suffix = (BigInt(now) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffix}`, namespace: namespace ?? 'default' },
    involvedObject: involved(note),
    reason: note.reason,
    message: note.message.slice(0, 1024),
    type: note.type,
    source: { component: options.component, ...(options.host === undefined ? {} : { host: options.host }) },
    reportingComponent: options.component,
    reportingInstance: options.host ?? '',
    firstTimestamp: timestampOf(now),
    lastTimestamp: timestampOf(now),
    count: 1,
  }
}

export const createEventRecorder = (options: EventRecorderOptions, signal: AbortSignal): EventRecorder => {
  const { port, clock, random, log } = options
  const known = new Map<string, { readonly metadata: Event['metadata']; readonly count: number }>()
  let queue: Promise<void> = Promise.resolve()
  // Another recorder may write about the same object in the same millisecond.
  let serial = Math.floor(random() * 1e6)

  const write = async (note: EventNote, moment: Moment): Promise<void> => {
    const { object, type, reason, message, fieldPath } = note
    const key = JSON.stringify([object.metadata.uid, object.metadata.name, fieldPath, type, reason, message])
    const before = known.get(key)
    known.delete(key)
    if (before !== undefined) {
      const body = { count: before.count + 1, lastTimestamp: timestampOf(moment.now) }
      try {
        await port.patch<Event>(events, before.metadata, { kind: 'merge', body }, { signal })
        known.set(key, { metadata: before.metadata, count: body.count })
        return
      } catch (error) {
        if (!isApiError(error, 404)) throw error
      }
    }
    const { metadata } = await port.create(events, newEvent(note, moment, options), signal)
    known.set(key, { metadata, count: 1 })
    const oldest = known.keys().next()
    if (known.size > remembered && oldest.done !== true) known.delete(oldest.value)
  }

  return {
    record: (note) => {
      serial += 1
      const moment = { now: clock.now(), serial }
      queue = queue
        .then(() => write(note, moment))
        .catch((error: unknown) => {
          // A namespace that goes away refuses new events: nothing is wrong.
          if (signal.aborted || isApiError(error, 403) || isApiError(error, 404)) return
          log('event not recorded', { reason: note.reason, error: messageOf(error) })
        })
    },
    flush: () => queue,
  }
}
