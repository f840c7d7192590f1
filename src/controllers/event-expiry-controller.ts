import { objectKey } from '../cluster/object-change.ts'
import { isApiError } from '../machinery/api-error.ts'
import type { Event } from '../resources/core/event.ts'
import { type Controller, type ControllerContext, resources } from './controller-context.ts'
import { createReconciler } from './reconciler.ts'
import { timeOf } from '../primitives/timestamp.ts'

/** Kubernetes' --event-ttl. */
export const eventLifetimeMs = 3_600_000

/** At least so long between two looks, so that a stream of events is cleared in batches. */
const shortestPauseMs = 60_000

/** When an event last happened, in milliseconds. */
export const lastHappened = (event: Event): number =>
  Math.max(
    timeOf(event.lastTimestamp),
    timeOf(event.series?.lastObservedTime),
    timeOf(event.eventTime),
    timeOf(event.metadata.creationTimestamp),
  )

/** Deletes events an hour after they last happened. Lists when the oldest is due; keeps none in memory. */
export const createEventExpiryController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, clock } = context
  const name = 'event-expiry'
  const everything = 'all'

  const remove = async (event: Event): Promise<void> => {
    try {
      await cluster.delete(resources.events, event.metadata, { signal })
    } catch (error) {
      if (!isApiError(error, 404)) {
        context.log('event not deleted', { event: objectKey(event.metadata) })
        throw error
      }
    }
  }

  const reconcile = async (): Promise<void> => {
    const { items } = await cluster.list<Event>(resources.events, {}, signal)
    const now = clock.now()
    let oldest = now
    for (const event of items) {
      const happened = lastHappened(event)
      if (happened + eventLifetimeMs <= now) await remove(event)
      else oldest = Math.min(oldest, happened)
    }
    reconciler.enqueueAfter(everything, Math.max(oldest + eventLifetimeMs - now, shortestPauseMs))
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  reconciler.enqueue(everything)
  return { name, run: reconciler.run }
}
