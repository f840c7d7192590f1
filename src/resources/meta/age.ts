/** Ages as kubectl prints them: k8s.io/apimachinery/pkg/util/duration HumanDuration. */

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

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const daysBeforeYear = (year: number): number => {
  const previous = year - 1
  return previous * 365 + Math.floor(previous / 4) - Math.floor(previous / 100) + Math.floor(previous / 400)
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const DAYS_BEFORE_1970 = daysBeforeYear(1970)

const offsetMinutes = (zone: string): number => {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return zone.startsWith('-') ? -minutes : minutes
}

/** Milliseconds since the epoch of RFC 3339 text; undefined when it is none. Here because pure folders have no Date. */
export const parseTimestamp = (text: string): number | undefined => {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  const before = DAYS_BEFORE_MONTH[Number(month) - 1]
  if (before === undefined || Number(day) < 1 || Number(day) > 31) return undefined
  const leapDay = isLeap && Number(month) > 2 ? 1 : 0
  const days = daysBeforeYear(Number(year)) - DAYS_BEFORE_1970 + before + leapDay + Number(day) - 1
  const minutes = (days * 24 + Number(hour)) * 60 + Number(minute) - offsetMinutes(zone ?? 'Z')
  return (minutes * 60 + Number(second)) * SECOND + Math.floor(Number(fraction ?? 0) * SECOND)
}

/** How long ago, as kubectl prints it; `<unknown>` for no time. */
export const ageSince = (timestamp: string | null | undefined, now: number): string => {
  const time = timestamp === null || timestamp === undefined ? undefined : parseTimestamp(timestamp)
  return time === undefined ? '<unknown>' : humanDuration(now - time)
}
