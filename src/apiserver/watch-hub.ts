/** One watch on the store for all watchers of the API: every event is decoded and encoded once, however many watch. */
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Store, StoreEvent } from '../store/store.ts'
import { storedApiVersion } from './kind-index.ts'
import { decodeStored } from './stored-object.ts'

/** A store event with what was already made of it: the objects, and the bytes per representation. */
export interface ServedEvent {
  readonly event: StoreEvent
  /** The object after the event (before it, for a delete), in the stored version, with the event's revision. */
  readonly object: (kind: Kind) => KubeObject & JsonObject
  /** The object before a put; undefined when there was none. */
  readonly previous: (kind: Kind) => KubeObject | undefined
  /** Made once per key, e.g. `v1|Table|Metadata|ADDED`. */
  readonly encoded: (key: string, make: () => string) => string
}

export interface WatchSubscription {
  /** The events since the last call, in order, without gap; empty when there are none. */
  readonly drain: () => readonly ServedEvent[]
  /** The revision up to which everything was drained, once `drain` gave nothing. */
  readonly progress: () => number
  /** Resolves when `drain` has something, the hub closes, or somebody calls `wake`. */
  readonly wait: () => Promise<void>
  readonly wake: () => void
  readonly closed: () => boolean
  readonly end: () => void
}

export interface WatchHub {
  /**
   * Events of keys with the prefix after `fromRevision`. Throws CodedError `store-revision-compacted` when they are
   * no longer all known. The caller ends the subscription.
   */
  readonly subscribe: (
    prefix: string,
    fromRevision: number,
    signal: AbortSignal,
  ) => Promise<WatchSubscription>
  readonly close: () => Promise<void>
}

/** How many recent events stay decoded and encoded; a watcher that resumes within them costs no read. */
const recentLimit = 512
/** A watcher that falls this many events behind is ended; it resumes from its last resourceVersion. */
const backlogLimit = 100_000

const servedEvent = (event: StoreEvent): ServedEvent => {
  // By kind: each version of a custom resource has a shape of its own.
  const objects = new Map<Kind, KubeObject & JsonObject>()
  const previous = new Map<Kind, KubeObject>()
  const encodings = new Map<string, string>()
  const decode = (kind: Kind, value: string): KubeObject & JsonObject =>
    decodeStored(kind, storedApiVersion(kind), { value, revision: event.revision })
  const once = <T>(known: Map<Kind, T>, kind: Kind, make: () => T): T => {
    const made = known.get(kind) ?? make()
    known.set(kind, made)
    return made
  }
  return {
    event,
    object: (kind) =>
      once(objects, kind, () => decode(kind, event.type === 'put' ? event.value : event.previous)),
    previous: (kind) => {
      const value = event.type === 'put' ? event.previous : undefined
      return value === undefined ? undefined : once(previous, kind, () => decode(kind, value))
    },
    encoded: (key, make) => {
      const known = encodings.get(key)
      if (known !== undefined) return known
      const made = make()
      encodings.set(key, made)
      return made
    },
  }
}

interface Subscriber {
  readonly prefix: string
  readonly after: number
  queue: ServedEvent[]
  wake: () => void
  ended: boolean
}

class Hub implements WatchHub {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #subscribers = new Set<Subscriber>()
  readonly #stop = new AbortController()
  #recent: ServedEvent[] = []
  /** All events after this revision, up to `#seen`, are in `#recent`. */
  #recentAfter: number
  #seen: number
  readonly #running: Promise<void>

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#log = log
    this.#seen = store.revision()
    this.#recentAfter = this.#seen
    this.#running = this.#run()
  }

  readonly subscribe = async (
    prefix: string,
    fromRevision: number,
    signal: AbortSignal,
  ): Promise<WatchSubscription> => {
    const subscriber: Subscriber = { prefix, after: fromRevision, queue: [], wake: () => {}, ended: false }
    // Live events queue up from here on, while older ones are read below: no gap between the two.
    const seen = this.#seen
    this.#subscribers.add(subscriber)
    try {
      const older = fromRevision >= seen ? [] : await this.#history(prefix, fromRevision, seen, signal)
      subscriber.queue.unshift(...older)
    } catch (error) {
      this.#subscribers.delete(subscriber)
      throw error
    }
    return this.#subscription(subscriber)
  }

  readonly close = async (): Promise<void> => {
    this.#stop.abort()
    for (const subscriber of this.#subscribers) subscriber.ended = true
    for (const subscriber of this.#subscribers) subscriber.wake()
    this.#subscribers.clear()
    await this.#running
  }

  async #history(prefix: string, after: number, until: number, signal: AbortSignal): Promise<ServedEvent[]> {
    const belongs = ({ event }: ServedEvent): boolean =>
      event.revision > after && event.revision <= until && event.key.startsWith(prefix)
    if (after >= this.#recentAfter) return this.#recent.filter(belongs)
    const events: ServedEvent[] = []
    const done = new AbortController()
    const stop = (): void => done.abort()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const event of this.#store.watch('', after, done.signal)) {
        const served = servedEvent(event)
        if (belongs(served)) events.push(served)
        // Every revision is one event, so the last one that belongs to the past tells its end.
        if (event.revision >= until) break
      }
    } finally {
      signal.removeEventListener('abort', stop)
      done.abort()
    }
    return events
  }

  #subscription(subscriber: Subscriber): WatchSubscription {
    let waiting: Promise<void> | undefined
    return {
      drain: () => {
        const events = subscriber.queue
        subscriber.queue = []
        return events
      },
      progress: () => Math.max(this.#seen, subscriber.after),
      wait: () => {
        if (subscriber.queue.length > 0 || subscriber.ended) return Promise.resolve()
        waiting ??= new Promise((resolve) => {
          subscriber.wake = () => {
            waiting = undefined
            resolve()
          }
        })
        return waiting
      },
      wake: () => subscriber.wake(),
      closed: () => subscriber.ended,
      end: () => {
        subscriber.ended = true
        this.#subscribers.delete(subscriber)
        subscriber.wake()
      },
    }
  }

  #publish(event: StoreEvent): void {
    const served = servedEvent(event)
    this.#seen = event.revision
    this.#recent.push(served)
    if (this.#recent.length > 2 * recentLimit) {
      this.#recent = this.#recent.slice(-recentLimit)
      this.#recentAfter = (this.#recent[0]?.event.revision ?? this.#seen + 1) - 1
    }
    for (const subscriber of this.#subscribers) {
      if (event.revision <= subscriber.after || !event.key.startsWith(subscriber.prefix)) continue
      subscriber.queue.push(served)
      if (subscriber.queue.length > backlogLimit) subscriber.ended = true
      subscriber.wake()
    }
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        for await (const event of this.#store.watch('', this.#seen, this.#stop.signal)) this.#publish(event)
        return
      } catch (error) {
        if (this.#stop.signal.aborted) return
        this.#log('the watch on the store broke; it starts again', { error: messageOf(error) })
        if (error instanceof CodedError && error.code === 'store-revision-compacted') this.#restart()
        await this.#clock.sleep(1000, this.#stop.signal).catch(() => {})
      }
    }
  }

  // Events were lost: no watcher may go on as if none were.
  #restart(): void {
    for (const subscriber of this.#subscribers) subscriber.ended = true
    for (const subscriber of this.#subscribers) subscriber.wake()
    this.#subscribers.clear()
    this.#recent = []
    this.#seen = this.#store.revision()
    this.#recentAfter = this.#seen
  }
}

/** Starts watching the store at its current revision. */
export const createWatchHub = (store: Store, clock: Clock, log: Log): WatchHub => new Hub(store, clock, log)
