/** Which route of a virtual host a request takes: the first whose conditions hold. */
import type {
  HeaderMatcher,
  QueryParameterMatcher,
  Route,
  RouteMatch,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import type { StringMatcher } from '../proto/generated/envoy/type/matcher/v3/string_pb.js'
import type { CallRequest } from './call.ts'

export const findRoute = (routes: readonly Route[], request: CallRequest): Route | undefined =>
  routes.find(({ match }) => match !== undefined && matches(match, request))

const matches = (match: RouteMatch, request: CallRequest): boolean =>
  pathMatches(match, request.path) &&
  match.headers.every((header) => headerMatches(header, request)) &&
  match.queryParameters.every((parameter) => queryMatches(parameter, request.path))

/** The query does not count; case does unless the route says so. */
const pathMatches = ({ pathSpecifier, caseSensitive }: RouteMatch, whole: string): boolean => {
  const fold = (text: string): string => (caseSensitive === false ? text.toLowerCase() : text)
  const path = fold(pathOf(whole))
  switch (pathSpecifier.case) {
    case 'prefix':
      return path.startsWith(fold(pathSpecifier.value))
    case 'path':
      return path === fold(pathSpecifier.value)
    case 'pathSeparatedPrefix': {
      const prefix = fold(pathSpecifier.value)
      return path === prefix || path.startsWith(`${prefix}/`)
    }
    case 'safeRegex':
      return regexMatches(pathSpecifier.value.regex, pathOf(whole))
    default:
      return false
  }
}

const pathOf = (whole: string): string => whole.split(/[?#]/, 1)[0] ?? ''

const headerMatches = (matcher: HeaderMatcher, request: CallRequest): boolean => {
  const value = headerOf(matcher.name, request)
  const specifier = matcher.headerMatchSpecifier
  if (specifier.case === 'presentMatch') {
    return ((value !== undefined) === specifier.value) !== matcher.invertMatch
  }
  // Envoy: what is absent fails, and inverting does not change that, unless absence counts as ''.
  if (value === undefined && !matcher.treatMissingHeaderAsEmpty) return false
  const holds = specifier.case === 'stringMatch' && textMatches(specifier.value, value ?? '')
  return holds !== matcher.invertMatch
}

const headerOf = (name: string, request: CallRequest): string | undefined => {
  switch (name.toLowerCase()) {
    case ':method':
      return request.method
    case ':authority':
    case 'host':
      return request.authority
    case ':scheme':
      return request.scheme
    case ':path':
      return request.path
    default:
      return request.headers[name.toLowerCase()]
  }
}

const queryMatches = (
  { name, queryParameterMatchSpecifier }: QueryParameterMatcher,
  path: string,
): boolean => {
  const value = new URLSearchParams(path.slice(pathOf(path).length).replace(/#.*$/, '')).get(name)
  switch (queryParameterMatchSpecifier.case) {
    case 'presentMatch':
      return (value !== null) === queryParameterMatchSpecifier.value
    case 'stringMatch':
      return value !== null && textMatches(queryParameterMatchSpecifier.value, value)
    case undefined:
      return value !== null
  }
}

const textMatches = ({ matchPattern, ignoreCase }: StringMatcher, text: string): boolean => {
  const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value)
  switch (matchPattern.case) {
    case 'exact':
      return fold(text) === fold(matchPattern.value)
    case 'prefix':
      return fold(text).startsWith(fold(matchPattern.value))
    case 'suffix':
      return fold(text).endsWith(fold(matchPattern.value))
    case 'contains':
      return fold(text).includes(fold(matchPattern.value))
    case 'safeRegex':
      return regexMatches(matchPattern.value.regex, text)
    default:
      return false
  }
}

/** RE2 over the whole value. Its syntax is JavaScript's but for leading flags, and named groups written `(?P<name>`. */
const regexMatches = (pattern: string, text: string): boolean => {
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  const body = pattern.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<')
  return new RegExp(`^(?:${body})$`, flags?.[1] ?? '').test(text)
}
