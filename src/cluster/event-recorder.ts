import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import { isApiError } from '../machinery/api-error.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** Something that happened to an object, for `kubectl describe` and `kubectl get events`. */
export interface EventNote {
  readonly object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>
  readonly type: 'Normal' | 'Warning'
  /** One word in CamelCase, e.g. `ScalingReplicaSet`. */
  readonly reason: string
  readonly message: string
  /** e.g. `spec.containers{app}`. */
  readonly fieldPath?: string
}

/** Event (core/v1), as far as the recorder writes it. */
export interface EventObject extends KubeObject {
  readonly involvedObject: Readonly<Record<string, string>>
  readonly reason: string
  readonly message: string
  readonly type: string
  readonly source: { readonly component: string; readonly host?: string }
  readonly reportingComponent: string
  readonly reportingInstance: string
  readonly firstTimestamp: string
  readonly lastTimestamp: string
  readonly count: number
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
  readonly log: (message: string, fields?: Record<string, unknown>) => void
  /** e.g. `deployment-controller`. */
  readonly component: string
  readonly host?: string
}

const events: ResourceRef = { group: '', version: 'v1', plural: 'events' }

/** Kubernetes' correlator remembers 4096 events; a repeat of an older one becomes a new object. */
const remembered = 4096

const involved = ({ object, fieldPath }: EventNote): Record<string, string> => {
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

const newEvent = (note: EventNote, options: EventRecorderOptions): EventObject => {
  const now = options.clock.now()
  const { name, namespace } = note.object.metadata
  const suffix = Math.floor(now * 1e6 + options.random() * 1e6).toString(16)
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
  const { port, clock, log } = options
  const known = new Map<string, EventObject>()
  let queue: Promise<void> = Promise.resolve()

  const write = async (note: EventNote): Promise<void> => {
    const { object, type, reason, message, fieldPath } = note
    const key = JSON.stringify([object.metadata.uid, object.metadata.name, fieldPath, type, reason, message])
    const before = known.get(key)
    known.delete(key)
    if (before !== undefined) {
      const body = { count: before.count + 1, lastTimestamp: timestampOf(clock.now()) }
      try {
        await port.patch<EventObject>(events, before.metadata, { kind: 'merge', body }, { signal })
        known.set(key, { ...before, ...body })
        return
      } catch (error) {
        if (!isApiError(error, 404)) throw error
      }
    }
    known.set(key, await port.create(events, newEvent(note, options), signal))
    const oldest = known.keys().next()
    if (known.size > remembered && oldest.done !== true) known.delete(oldest.value)
  }

  return {
    record: (note) => {
      queue = queue
        .then(() => write(note))
        .catch((error: unknown) => {
          // A namespace that goes away refuses new events: nothing is wrong.
          if (signal.aborted || isApiError(error, 403) || isApiError(error, 404)) return
          log('event not recorded', { reason: note.reason, error: messageOf(error) })
        })
    },
    flush: () => queue,
  }
}
