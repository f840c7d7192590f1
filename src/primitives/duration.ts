/** Durations as users write them (Go and protobuf), in milliseconds. */

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  // Micro sign and Greek letter.
  ['\u00B5s', 1e-3],
  ['\u03BCs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

const form = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00B5s|\u03BCs|ms|s|m|h))+$/
/** Go counts nanoseconds in 64 bits. */
const LARGEST_MILLISECONDS = 9_223_372_036_854.775
const term = /(\d+\.?\d*|\.\d+)([a-z\u00B5\u03BC]+)/g

/**
 * Go's `time.ParseDuration`, of which protobuf's JSON durations (`1.5s`) are a part: `300ms`, `1h30m`, `-1.5h`, `0`.
 * The value is in milliseconds with fractions; undefined for text of another form.
 */
export const parseDuration = (text: string): number | undefined => {
  if (/^[+-]?0$/.test(text)) return 0
  if (!form.test(text)) return undefined
  const total = [...text.matchAll(term)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitMilliseconds.get(unit ?? '') ?? 0),
    0,
  )
  // Seconds such as 0.1 are no exact binary numbers: round to nanoseconds, the smallest unit.
  const rounded = Math.round(total * 1e6) / 1e6
  if (rounded > LARGEST_MILLISECONDS) return undefined
  return text.startsWith('-') && rounded > 0 ? -rounded : rounded
}
