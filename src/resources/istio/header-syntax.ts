/** Names and values of HTTP headers in Istio's objects. */
/** A token of RFC 9110, or several with commas. */
const NAME = /^[0-9a-zA-Z!#$%&'*+,\-.^_|~`]+$/
const PSEUDO_HEADERS: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status'])
const CLAIM = /^@request\.auth\.claims(?:\.[^]+|\[[^]+\])$/i
const EMPTY = 'header name cannot be empty'

const nameProblem = (name: string): string | undefined => {
  if (name === '') return EMPTY
  return NAME.test(name) ? undefined : "not a valid header name; write letters, digits, '-' and '_'"
}

/** `@request.auth.claims.sub`: routing by a claim of a JWT. */
export const isClaim = (name: string): boolean => CLAIM.test(name)

export const matchedHeaderProblem = (name: string): string | undefined =>
  isClaim(name) || PSEUDO_HEADERS.has(name) ? undefined : nameProblem(name)

/** Headers of CORS; `*` stands for all. */
export const corsHeaderProblem = (name: string): string | undefined =>
  name === '*' ? undefined : nameProblem(name)

export const isAuthority = (name: string): boolean => /^(?::authority|host)$/i.test(name)

/** The name of a header that is added or set on a request: the authority is allowed, other pseudo headers are not. */
export const requestHeaderProblem = (name: string): string | undefined => {
  if (name === '') return EMPTY
  return name.startsWith(':') && !isAuthority(name)
    ? 'pseudo headers such as :path cannot be set here'
    : undefined
}

export const otherHeaderProblem = (name: string): string | undefined => {
  if (name === '') return EMPTY
  if (/^host$/i.test(name)) return 'the Host header can only be set on requests'
  return name.startsWith(':') ? 'pseudo headers such as :path cannot be changed here' : undefined
}
