/** What Istio asks of the durations in its objects. */
import { parseDuration } from '../../primitives/duration.ts'

const FORM = 'must be a duration such as 1h, 1m, 1s or 1ms'

/** Of a duration that may be anything. */
export const durationFormProblem = (text: string): string | undefined =>
  parseDuration(text) === undefined ? FORM : undefined

/** Of a duration that may have fractions of a millisecond, but not be shorter than one. */
export const leastDurationProblem = (text: string): string | undefined => {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined) return FORM
  return milliseconds < 1 ? 'must be a valid duration greater than 1ms' : undefined
}

/** What Istio refuses in a duration: less than 1ms, or a fraction of a millisecond. */
export const durationProblem = (text: string): string | undefined =>
  leastDurationProblem(text) ??
  (Number.isInteger(parseDuration(text)) ? undefined : 'must be whole milliseconds, e.g. 1500ms')

/** Of a duration whose absence of milliseconds means never. */
export const durationOrNeverProblem = (text: string): string | undefined => {
  const milliseconds = parseDuration(text)
  return milliseconds !== undefined && Math.trunc(milliseconds) === 0 ? undefined : durationProblem(text)
}
