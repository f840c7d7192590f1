/** Ages as kubectl prints them: k8s.io/apimachinery/pkg/util/duration HumanDuration. */
import { parseTimestamp } from '../../primitives/timestamp.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const twoUnits = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
  minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`

/** A length of time with two or three digits of precision, e.g. `119s`, `9m30s`, `7h5m`, `3d4h`, `2y`. */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.trunc(milliseconds / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(milliseconds / MINUTE)
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(milliseconds / HOUR)
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 24 * 8) return twoUnits(days, 'd', hours % 24, 'h')
  if (days < 365 * 2) return `${days}d`
  const years = Math.floor(days / 365)
  return days < 365 * 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`
}

/** How long ago, as kubectl prints it; `<unknown>` for no time. */
export const ageSince = (timestamp: string | null | undefined, now: number): string => {
  const time = timestamp === null || timestamp === undefined ? undefined : parseTimestamp(timestamp)
  return time === undefined ? '<unknown>' : humanDuration(now - time)
}
