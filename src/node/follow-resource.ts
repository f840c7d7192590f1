/** Keeps a reader up to date with one kind of the API: lists, watches from the list, and lists again when it must. */
import { isApiError } from '../machinery/api-error.ts'
import type { ListOptions, ReadPort, ResourceRef, WatchEvent } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export type Log = (message: string, fields?: Record<string, unknown>) => void

export interface ResourceFollower<T extends KubeObject> {
  /** The whole state, at first and after a gap. */
  readonly replace: (objects: readonly T[]) => void
  readonly put: (object: T) => void
  readonly remove: (object: T) => void
}

export interface FollowOptions extends ListOptions {
  readonly read: ReadPort
  readonly clock: Clock
  readonly log: Log
}

const firstDelay = 50
const longestDelay = 5000

/** Gives the revision up to which the follower now knows everything. */
const applyEvent = <T extends KubeObject>(
  event: WatchEvent<T>,
  follower: ResourceFollower<T>,
): string | undefined => {
  if (event.type === 'BOOKMARK') return event.resourceVersion
  if (event.type === 'DELETED') follower.remove(event.object)
  else follower.put(event.object)
  return event.object.metadata.resourceVersion
}

/** Resolves when `signal` aborts. Failures of the API are logged and tried again after 50 ms to 5 s. */
export const followResource = async <T extends KubeObject>(
  resource: ResourceRef,
  options: FollowOptions,
  follower: ResourceFollower<T>,
  signal: AbortSignal,
): Promise<void> => {
  const { read, clock, log, ...selection } = options
  let delay = firstDelay
  let resourceVersion: string | undefined
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const list = await read.list<T>(resource, selection, signal)
        follower.replace(list.items)
        resourceVersion = list.resourceVersion
      }
      for await (const event of read.watch<T>(resource, { ...selection, resourceVersion }, signal)) {
        delay = firstDelay
        resourceVersion = applyEvent(event, follower) ?? resourceVersion
      }
    } catch (error) {
      if (signal.aborted) return
      if (isApiError(error, 410)) resourceVersion = undefined
      else log('watch failed, trying again', { resource: resource.plural, error: messageOf(error), delay })
    }
    await clock.sleep(delay, signal).catch(() => undefined)
    delay = Math.min(delay * 2, longestDelay)
  }
}
