import { type BackOffPolicy, backOffDelay } from '../cluster/back-off.ts'
import { isApiError } from '../machinery/api-error.ts'
import type { Clock } from '../primitives/clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'

export interface ReconcilerOptions {
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Brings the object of that key to what is wanted. Throwing means: again, later. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<void>
  /** How many keys at a time; one key never runs twice at once. */
  readonly workers?: number
}

/** One work queue: a key that waits is there once, a key that comes back while it runs runs again after. */
export interface Reconciler {
  readonly enqueue: (key: string) => void
  /** After so many milliseconds; the earliest of several wins. */
  readonly enqueueAfter: (key: string, milliseconds: number) => void
  /** Works until aborted, then lets what is under way end. Never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Kubernetes' default: 5 ms, doubling; its cap of 1000 s is too patient for a laptop. */
export const retryBackOff: BackOffPolicy = { initialMs: 5, maximumMs: 30_000, jitter: 0.2 }

/** Keys that wait for a time. One sleep at a time, for the earliest of them. */
interface DelayedKeys {
  readonly add: (key: string, due: number) => void
  readonly run: (signal: AbortSignal) => Promise<void>
}

const createDelayedKeys = (clock: Clock, onDue: (key: string) => void): DelayedKeys => {
  const due = new Map<string, number>()
  let sleeping = new AbortController()
  return {
    add: (key, time) => {
      const known = due.get(key)
      if (known !== undefined && known <= time) return
      due.set(key, time)
      sleeping.abort()
    },
    run: async (signal) => {
      // One listener for all sleeps: AbortSignal.any would leave a trace on the long-lived signal for each.
      signal.addEventListener('abort', () => sleeping.abort(), { once: true })
      while (!signal.aborted) {
        sleeping = new AbortController()
        const now = clock.now()
        const ready = [...due].filter(([, time]) => time <= now).map(([key]) => key)
        for (const key of ready) {
          due.delete(key)
          onDue(key)
        }
        // Timers of Node count 31 bits of milliseconds; a wake-up too many does no harm.
        const next = Math.min(...due.values(), now + 3_600_000)
        await clock.sleep(Math.max(next - now, 0), sleeping.signal).catch(() => {})
      }
    },
  }
}

export const createReconciler = (options: ReconcilerOptions): Reconciler => {
  const { name, clock, random, log, reconcile, workers = 4 } = options
  const waiting = new Set<string>()
  const active = new Map<string, Promise<void>>()
  const failures = new Map<string, number>()
  let running: AbortSignal | undefined

  const enqueue = (key: string): void => {
    waiting.add(key)
    dispatch()
  }
  const delayed = createDelayedKeys(clock, enqueue)

  const failed = (key: string, error: unknown): void => {
    const count = (failures.get(key) ?? 0) + 1
    failures.set(key, count)
    // A conflict only says that the cache was behind: the next event or try has the newer object.
    const stale = isApiError(error, 409)
    if (!stale || count > 8)
      log('reconcile failed', { controller: name, key, count, error: messageOf(error) })
    delayed.add(key, clock.now() + backOffDelay(retryBackOff, count, random()))
  }

  const work = async (key: string, signal: AbortSignal): Promise<void> => {
    try {
      await reconcile(key, signal)
      failures.delete(key)
    } catch (error) {
      if (!signal.aborted) failed(key, error)
    }
    active.delete(key)
    dispatch()
  }

  const dispatch = (): void => {
    if (running === undefined || running.aborted) return
    for (const key of waiting) {
      if (active.size >= workers) return
      if (active.has(key)) continue
      waiting.delete(key)
      // Set before the work starts: `work` may end at once, and then takes the entry away again.
      const signal = running
      active.set(
        key,
        Promise.resolve().then(() => work(key, signal)),
      )
    }
  }

  return {
    enqueue,
    enqueueAfter: (key, milliseconds) => delayed.add(key, clock.now() + milliseconds),
    run: async (signal) => {
      running = signal
      dispatch()
      await delayed.run(signal)
      await Promise.all(active.values())
    },
  }
}
