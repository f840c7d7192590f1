/** The values in rules of an AuthorizationPolicy: addresses, ports, paths, names and attributes. */
import { isNetAddressOrBlock } from './net-address.ts'

/** What is wrong with one value of a list; undefined when nothing is. */
export type ValueCheck = (value: string) => string | undefined

export const emptyProblem: ValueCheck = (value) =>
  value === '' ? 'empty value not allowed; remove it' : undefined

export const addressProblem: ValueCheck = (value) =>
  isNetAddressOrBlock(value) ? undefined : 'is neither an IP address nor a CIDR block such as 10.0.0.0/8'

export const portTextProblem: ValueCheck = (value) =>
  /^\d+$/.test(value) && Number(value) <= 65_535 ? undefined : 'must be a port from 0 to 65535, in quotes'

const LONGEST_ACCOUNT = 320

export const serviceAccountProblem: ValueCheck = (value) => {
  if (value === '') return 'empty value not allowed; remove it'
  if (value.includes('*')) return 'wildcard not allowed in a service account'
  if (value.length > LONGEST_ACCOUNT) return `value cannot exceed ${LONGEST_ACCOUNT} characters`
  const parts = value.split('/')
  return parts.length > 2 || parts.includes('')
    ? "must have the form 'serviceAccount' or 'namespace/serviceAccount'"
    : undefined
}

const wildcardProblem: ValueCheck = (value) => {
  if (value === '') return 'empty value not allowed; remove it'
  const stars = value.split('*').length - 1
  if (stars > 1) return 'at most one wildcard is allowed'
  return stars === 1 && !value.startsWith('*') && !value.endsWith('*')
    ? 'wildcard is only allowed at the start or end'
    : undefined
}

export const trustDomainProblem: ValueCheck = (value) =>
  wildcardProblem(value) ?? (value.includes('/') ? "a trust domain must not contain '/'" : undefined)

/** The characters of a path segment (RFC 3986, pchar). */
const LITERAL = /^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/
const ANY = '{**}'
const ONE = '{*}'

/** `{*}` is one segment, `{**}` all that follow. */
export const pathProblem: ValueCheck = (value) => {
  if (value === '') return 'empty value not allowed; remove it'
  const segments = value.replaceAll(/^\/+|\/+$/g, '').split('/')
  const isTemplate = value.includes(ONE) || value.includes(ANY)
  const anyAt = segments.indexOf(ANY)
  if (anyAt !== -1 && segments.slice(anyAt + 1).some((segment) => segment === ANY || segment === ONE)) {
    return '{**} is not the last operator'
  }
  const literals = segments.filter((segment) => segment !== ANY && segment !== ONE)
  if (literals.some((segment) => /[{}]/.test(segment))) {
    return "contains '{' or '}' beyond a supported path template; write {*} or {**} as a whole segment"
  }
  return isTemplate && literals.some((segment) => !LITERAL.test(segment))
    ? 'contains a segment that is no valid literal'
    : undefined
}

const mapKeyProblem: ValueCheck = (key) =>
  /^[^[]+\[[^]+\]$/.test(key) ? undefined : 'should have the form a[b]'

const REPLACED: ReadonlyMap<string, string> = new Map([
  ['destination.namespace', 'it is replaced by metadata.namespace'],
  ['destination.name', 'it is only supported in v1alpha1'],
  ['destination.user', 'it is only supported in v1alpha1'],
])

const VALUE_CHECKS: ReadonlyMap<string, ValueCheck> = new Map([
  ['source.ip', addressProblem],
  ['remote.ip', addressProblem],
  ['destination.ip', addressProblem],
  ['destination.port', portTextProblem],
  ['source.namespace', emptyProblem],
  ['source.serviceAccount', serviceAccountProblem],
  ['source.principal', emptyProblem],
  ['source.trustDomain', wildcardProblem],
  ['request.auth.principal', emptyProblem],
  ['request.auth.audiences', emptyProblem],
  ['request.auth.presenter', emptyProblem],
  ['connection.sni', emptyProblem],
])

const MAPS = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.']

/** What is wrong with the key of a condition. */
export const attributeProblem: ValueCheck = (key) => {
  if (MAPS.some((prefix) => key.startsWith(prefix))) return mapKeyProblem(key)
  if (VALUE_CHECKS.has(key)) return undefined
  if (key.startsWith('destination.labels')) return 'it is replaced by the workload selector'
  return REPLACED.get(key) ?? `unknown attribute; write one of ${[...VALUE_CHECKS.keys()].join(', ')}`
}

/** The check for the values of a condition with this key. */
export const attributeValueCheck = (key: string): ValueCheck => VALUE_CHECKS.get(key) ?? emptyProblem
