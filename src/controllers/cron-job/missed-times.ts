import type { CronSchedule } from '../../resources/batch/cron-schedule.ts'

/** Which time of a schedule is due: the last one that has passed since `since`. Times are milliseconds. */
export interface MissedTimes {
  readonly latest?: number
  /** About how many times have passed. */
  readonly count: number
  /** The first time after now; undefined: the schedule has none. */
  readonly next?: number
}

/** More is said to be too many: a clock was wrong, or nobody looked for long. */
export const tooMany = 100

/** The last time after `since` that is not after `now`. */
const lastBetween = (schedule: CronSchedule, since: number, now: number): number | undefined => {
  let latest: number | undefined
  for (let time = schedule.next(since); time !== undefined && time <= now; time = schedule.next(time))
    latest = time
  return latest
}

/**
 * Kubernetes' mostRecentScheduleTime: when many times have passed it counts by the distance of the first two, and
 * asks the schedule only for the last ones. Where times are not even it looks further back until it finds one.
 */
export const missedTimes = (schedule: CronSchedule, since: number, now: number): MissedTimes => {
  const first = schedule.next(since)
  const following = schedule.next(now)
  const next = following === undefined ? {} : { next: following }
  if (first === undefined || first > now) return { count: 0, ...next }
  const second = schedule.next(first)
  if (second === undefined || second > now) return { latest: first, count: 1, ...next }
  const interval = Math.max(second - first, 1000)
  const count = Math.floor((now - first) / interval) + 1
  for (let back = 2; ; back *= 4) {
    const from = first + (count - back) * interval
    const latest = lastBetween(schedule, Math.max(from, since), now)
    if (latest !== undefined) return { latest, count, ...next }
  }
}
