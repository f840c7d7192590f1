import { setMaxListeners } from 'node:events'
import { isApiError } from '../machinery/api-error.ts'
import type { ListOptions, ReadPort, ResourceRef } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { backOffDelay, type BackOffPolicy, watchBackOff } from './back-off.ts'
import { createObjectCache, type ObjectCache, type WritableObjectCache } from './object-cache.ts'
import { changesBetween, changesToList, type ObjectChange, objectKey } from './object-change.ts'

export type ChangeHandler<T extends KubeObject> = (change: ObjectChange<T>) => void

/** What an informer takes from outside. */
export interface InformerSurroundings {
  readonly port: ReadPort
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** Between tries to reach a server that does not answer; absent: `watchBackOff`. */
  readonly backOff?: BackOffPolicy
}

export interface InformerRequest extends InformerSurroundings {
  readonly resource: ResourceRef
  /** Which objects; absent: all of all namespaces. */
  readonly options?: ListOptions
}

/** A cache that follows one resource. Handlers run after the cache holds the change, in the order of the changes. */
export interface Informer<T extends KubeObject> {
  readonly cache: ObjectCache<T>
  /** Resolves when the first list is in the cache and every handler heard it; rejects when aborted before. */
  readonly synced: Promise<void>
  readonly hasSynced: () => boolean
  /** Hears every change from now on, and what the cache holds already as `added`. Returns the way out. */
  readonly subscribe: (handler: ChangeHandler<T>) => () => void
  /** Resolves when the informer ended after its signal. Never rejects. */
  readonly done: Promise<void>
}

const resourceName = (resource: ResourceRef): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`

interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

const deferred = (): Deferred => {
  let settle: Pick<Deferred, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  // Nobody need wait for it: an informer that is aborted before it synced is no unhandled rejection.
  promise.catch(() => {})
  return { promise, ...settle }
}

interface Follower<T extends KubeObject> {
  readonly cache: WritableObjectCache<T>
  readonly emit: (change: ObjectChange<T>) => void
  readonly onListed: () => void
  /** Called for every sign of life of the server. */
  readonly onProgress: () => void
}

/** Lists; brings the cache to the list; gives the revision to watch from. */
const relist = async <T extends KubeObject>(
  { port, resource, options }: InformerRequest,
  follower: Follower<T>,
  signal: AbortSignal,
): Promise<string> => {
  const list = await port.list<T>(resource, options ?? {}, signal)
  for (const change of changesToList(follower.cache.objects, list.items)) follower.emit(change)
  follower.onListed()
  follower.onProgress()
  return list.resourceVersion
}

/** Follows one watch until the server ends it; `onRevision` hears how far it came, also when it then fails. */
const follow = async <T extends KubeObject>(
  { port, resource, options }: InformerRequest,
  follower: Follower<T>,
  from: { readonly revision: string; readonly onRevision: (revision: string) => void },
  signal: AbortSignal,
): Promise<void> => {
  const watch = port.watch<T>(resource, { ...options, resourceVersion: from.revision }, signal)
  for await (const event of watch) {
    follower.onProgress()
    if (event.type === 'BOOKMARK') {
      from.onRevision(event.resourceVersion)
      continue
    }
    const known = follower.cache.get(objectKey(event.object.metadata))
    const next = event.type === 'DELETED' ? undefined : event.object
    for (const change of changesBetween(known, next)) {
      // The deletion carries the object's last state, newer than the cache's.
      follower.emit(event.type === 'DELETED' ? { type: 'deleted', object: event.object } : change)
    }
    from.onRevision(event.object.metadata.resourceVersion ?? from.revision)
  }
}

/** List, watch, resume; a revision that is gone (410) means list again. Ends when aborted; never throws. */
const run = async <T extends KubeObject>(
  request: InformerRequest,
  follower: Follower<T>,
  signal: AbortSignal,
): Promise<void> => {
  const { clock, random, log, resource, backOff = watchBackOff } = request
  let revision: string | undefined
  let failures = 0
  const counted = { ...follower, onProgress: () => (failures = 0) }
  while (!signal.aborted) {
    try {
      if (revision === undefined) revision = await relist(request, counted, signal)
      const from = { revision, onRevision: (reached: string) => (revision = reached) }
      await follow(request, counted, from, signal)
      // A server that ends watches without a word must not be asked in a tight loop.
      failures += 1
    } catch (error) {
      if (signal.aborted) return
      if (isApiError(error, 410)) revision = undefined
      failures += 1
      if (!isApiError(error, 410) || failures > 1) {
        log('watch failed', { resource: resourceName(resource), failures, error: messageOf(error) })
      }
    }
    const delay = failures === 1 && revision === undefined ? 0 : backOffDelay(backOff, failures, random())
    await clock.sleep(delay, signal).catch(() => {})
  }
}

/**
 * Starts to follow a resource: a list, then a watch that is resumed where it broke. No change is lost or merged
 * while the watch can be resumed; after a compacted revision (410) the difference to a fresh list is told, with the
 * deletions in between.
 */
export const startInformer = <T extends KubeObject>(
  request: InformerRequest,
  signal: AbortSignal,
): Informer<T> => {
  const cache = createObjectCache<T>()
  const handlers = new Set<ChangeHandler<T>>()
  const synced = deferred()
  let listed = false
  const tell = (handler: ChangeHandler<T>, change: ObjectChange<T>): void => {
    try {
      handler(change)
    } catch (error) {
      // A handler's bug must not keep the change from the others.
      request.log('change handler failed', {
        resource: resourceName(request.resource),
        object: objectKey(change.object.metadata),
        error: messageOf(error),
      })
    }
  }
  const follower: Follower<T> = {
    cache,
    emit: (change) => {
      cache.apply(change)
      for (const handler of Array.from(handlers)) tell(handler, change)
    },
    onListed: () => {
      listed = true
      synced.resolve()
    },
    onProgress: () => {},
  }
  // One signal ends many informers: more than ten listeners are no leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', () => synced.reject(signal.reason), { once: true })
  return {
    cache,
    synced: synced.promise,
    hasSynced: () => listed,
    subscribe: (handler) => {
      for (const object of cache.list()) tell(handler, { type: 'added', object })
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    done: run(request, follower, signal),
  }
}
