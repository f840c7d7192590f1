/** Status writes that are better made later, or not at all: what follows within moments would overwrite them. */
import type { Clock } from '../primitives/clock.ts'

/**
 * `now`: news for the user. `pending`: a change on its way. `resuming`: what was in force is on its way to a proxy that
 * has just come. `count`: nothing but the number of proxies changed.
 */
export type Urgency = 'now' | 'pending' | 'resuming' | 'count'

/** Milliseconds; an acknowledgement usually follows within a few, and a proxy that starts has all within seconds. */
const patience: Readonly<Record<Urgency, number>> = { now: 0, pending: 500, resuming: 5000, count: 500 }

export const RETRY_AFTER_MILLISECONDS = 250
/** When a proxy comes, the counts of every object change: so many are written at each retry time. */
const COUNTS_PER_ROUND = 20

export interface PostponedWrites {
  /** True while a write of this urgency is to wait; false: write now, it waits no longer. */
  readonly isEarly: (key: string, urgency: Urgency) => boolean
  /** The write failed: due again after the retry time. */
  readonly again: (key: string) => void
  readonly forget: (key: string) => void
  /** What has waited long enough; stays until `isEarly` or `forget` is called for it. */
  readonly due: () => readonly string[]
  readonly size: () => number
}

export const createPostponedWrites = (clock: Clock): PostponedWrites => {
  const waiting = new Map<string, { readonly due: number; readonly urgency: Urgency }>()
  return {
    isEarly: (key, urgency) => {
      const known = waiting.get(key)
      const due = known?.urgency === urgency ? known.due : clock.now() + patience[urgency]
      const early = due > clock.now()
      if (early) waiting.set(key, { due, urgency })
      else waiting.delete(key)
      return early
    },
    again: (key) => void waiting.set(key, { due: clock.now() + RETRY_AFTER_MILLISECONDS, urgency: 'now' }),
    forget: (key) => void waiting.delete(key),
    due: () => {
      const now = clock.now()
      const due = [...waiting].filter((entry) => entry[1].due <= now)
      const counts = due.filter(([, { urgency }]) => urgency === 'count')
      const others = due.filter(([, { urgency }]) => urgency !== 'count')
      return [...others, ...counts.slice(0, COUNTS_PER_ROUND)].map(([key]) => key)
    },
    size: () => waiting.size,
  }
}
