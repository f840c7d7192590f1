/** What Istio asks of the durations in its objects. */
import { parseDuration } from '../../primitives/duration.ts'

/** What Istio refuses in a duration: less than 1ms, or a fraction of a millisecond. */
export const durationProblem = (text: string): string | undefined => {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined) return 'must be a duration such as 1h, 1m, 1s or 1ms'
  if (milliseconds < 1) return 'must be a valid duration greater than 1ms'
  return Number.isInteger(milliseconds) ? undefined : 'must be whole milliseconds, e.g. 1500ms'
}
