/** Names and values of HTTP headers in Istio's objects. */
/** A token of RFC 9110. */
const NAME = /^[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/
const PSEUDO_HEADERS: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':status'])
const CLAIM = /^@request\.auth\.claims(?:\.[^]+|\[[^]+\])$/i
const DELETE = 0x7f
const TAB = 0x09
const SPACE = 0x20

const isControl = (character: string): boolean => {
  const code = character.charCodeAt(0)
  return code === DELETE || (code < SPACE && code !== TAB)
}

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

/** The index after a variable `NAME(arguments):length%` that starts at `start`; -1 when it does not end. */
const endOfVariable = (value: string, start: number): number => {
  let index = start
  while (index < value.length && value[index] !== '%' && value[index] !== '(') index += 1
  if (value[index] === '(') {
    const close = value.indexOf(')', index)
    if (close === -1) return -1
    index = value.indexOf('%', close)
    return index === -1 ? -1 : index + 1
  }
  return index < value.length && index > start ? index + 1 : -1
}

/** Envoy's format strings: `%VARIABLE%`, and `%%` for a percent sign. */
export const headerValueProblem = (value: string): string | undefined => {
  if (value.split('').some(isControl)) return 'a header value has no control characters'
  let index = value.indexOf('%')
  while (index !== -1) {
    const end = value[index + 1] === '%' ? index + 2 : endOfVariable(value, index + 1)
    if (end === -1) {
      return 'an Envoy variable is not terminated; write %NAME% for a variable, %% for a percent sign'
    }
    index = value.indexOf('%', end)
  }
  return undefined
}
