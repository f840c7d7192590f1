/** Durations as users write them (Go and protobuf) to milliseconds and back. */
import { fail, ok, type Result } from './result.ts'

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

const term = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/**
 * Go's `time.ParseDuration`, of which protobuf's JSON durations (`1.5s`) are a part: `300ms`, `1h30m`, `-1.5h`, `0`.
 * The value is in milliseconds (fractions below); the error says what to write.
 */
export const parseDuration = (text: string): Result<number, string> => {
  const signed = /^[+-]/.test(text)
  const body = signed ? text.slice(1) : text
  const sign = text.startsWith('-') ? -1 : 1
  if (body === '0') return ok(0)
  const total = sumOfTerms(body)
  if (total === undefined) return fail(explain(text, body))
  return ok(total === 0 ? 0 : sign * total)
}

const sumOfTerms = (body: string): number | undefined => {
  let total = 0
  term.lastIndex = 0
  let end = 0
  while (end < body.length) {
    term.lastIndex = end
    const match = term.exec(body)
    if (match === null) return undefined
    total += Number(match[1]) * (unitMilliseconds.get(match[2] ?? '') ?? Number.NaN)
    end = term.lastIndex
  }
  return end === 0 ? undefined : total
}

const explain = (text: string, body: string): string => {
  if (/^\d+(\.\d+)?$/.test(body)) {
    return `missing unit in duration ${JSON.stringify(text)}: write a number with a unit, such as "${body}s"`
  }
  return `invalid duration ${JSON.stringify(text)}: write numbers with the units h, m, s, ms, us or ns, such as "10s", "1.5s" or "1h30m"`
}

/** Go's `Duration.String()`: `1h30m0s`, `1.5s`, `300ms`, `0s`. Takes milliseconds; precise to the nanosecond. */
export const formatDuration = (milliseconds: number): string => {
  const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6)
  const sign = milliseconds < 0 && nanoseconds > 0 ? '-' : ''
  if (nanoseconds === 0) return '0s'
  if (nanoseconds < 1e3) return `${sign}${nanoseconds}ns`
  if (nanoseconds < 1e6) return `${sign}${nanoseconds / 1e3}µs`
  if (nanoseconds < 1e9) return `${sign}${nanoseconds / 1e6}ms`
  const hours = Math.floor(nanoseconds / 3.6e12)
  const minutes = Math.floor((nanoseconds % 3.6e12) / 6e10)
  const seconds = `${(nanoseconds % 6e10) / 1e9}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

/** A protobuf Duration message's parts (seconds, nanos of the same sign) from milliseconds. */
export const durationParts = (milliseconds: number): { readonly seconds: bigint; readonly nanos: number } => {
  const whole = Math.trunc(milliseconds / 1000)
  const nanos = Math.round((milliseconds - whole * 1000) * 1e6)
  if (Math.abs(nanos) === 1e9) return { seconds: BigInt(whole + Math.sign(nanos)), nanos: 0 }
  return { seconds: BigInt(whole), nanos: nanos === 0 ? 0 : nanos }
}
