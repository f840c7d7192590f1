/** Kubernetes' times as text and as milliseconds since the epoch. Pure folders have no Date: it reads the clock. */

/** metav1.Time: RFC 3339 in UTC and whole seconds, from milliseconds since the epoch. */
export const timestampOf = (milliseconds: number): string => {
  const days = Math.floor(milliseconds / 86_400_000)
  const second = Math.floor((milliseconds - days * 86_400_000) / 1000)
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
    two(part),
  )
  return `${dateOf(days)}T${clock.join(':')}Z`
}

const two = (part: number): string => String(part).padStart(2, '0')

/** The Gregorian date of a day since the epoch (400-year cycles of 146,097 days, years beginning in March). */
const dateOf = (days: number): string => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
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

/** Milliseconds since the epoch of RFC 3339 text; undefined when it is none. */
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
  return (minutes * 60 + Number(second)) * 1000 + Math.floor(Number(fraction ?? 0) * 1000)
}

/** The same, and 0 for an absent or unreadable time: Go's zero Time is as old. */
export const timeOf = (timestamp: string | null | undefined): number => parseTimestamp(timestamp ?? '') ?? 0
