/** Durations as Istio's objects write them: Go's form, such as `1.5s`, `300ms` or `1h30m`. */
const UNITS = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ns', 1e-6],
])

const FORM =
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))*$/
const PART = /(?<amount>\d+(?:\.\d*)?|\.\d+)(?<unit>h|ms|m|s|us|µs|ns)/g

/** Milliseconds, with fractions; undefined for text of another form. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  if (!FORM.test(text)) return undefined
  const total = [...text.matchAll(PART)].reduce(
    (sum, { groups }) => sum + Number(groups?.['amount']) * (UNITS.get(groups?.['unit'] ?? '') ?? 0),
    0,
  )
  // Seconds such as 0.1 are no exact binary numbers: round to nanoseconds, the smallest unit.
  const rounded = Math.round(total * 1e6) / 1e6
  return text.startsWith('-') ? -rounded : rounded
}

/** What Istio refuses in a duration: less than 1ms, or a fraction of a millisecond. */
export const durationProblem = (text: string): string | undefined => {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined) return 'must be a duration such as 1h, 1m, 1s or 1ms'
  if (milliseconds < 1) return 'must be a valid duration greater than 1ms'
  return Number.isInteger(milliseconds) ? undefined : 'must be whole milliseconds, e.g. 1500ms'
}
