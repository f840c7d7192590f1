/** The conditions of `retryOn`: Envoy's x-envoy-retry-on and x-envoy-retry-grpc-on, and HTTP status codes. */
const POLICIES: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
])

/** First and last registered code of each run (IANA's HTTP status code registry). */
const STATUS_RUNS = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
] as const

const isStatus = (text: string): boolean =>
  /^\d{3}$/.test(text) && STATUS_RUNS.some(([first, last]) => Number(text) >= first && Number(text) <= last)

/** What is wrong with a list of conditions separated by commas. */
export const retryOnProblem = (retryOn: string): string | undefined => {
  const wrong = retryOn.split(',').find((condition) => !POLICIES.has(condition) && !isStatus(condition))
  return wrong === undefined || retryOn === ''
    ? undefined
    : `${JSON.stringify(wrong)} is no retry condition; write e.g. 5xx,reset,connect-failure,503`
}
