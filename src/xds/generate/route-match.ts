/** Conditions on requests in Envoy's words. */
import type { NamedMatch, RequestMatch, TextMatch } from '../../mesh/model/route-table.ts'
import type {
  HeaderMatcherSchema,
  QueryParameterMatcherSchema,
  RouteMatchSchema,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import type { StringMatcherSchema } from '../proto/generated/envoy/type/matcher/v3/string_pb.js'
import type { Plain } from './encoded-resource.ts'

type RouteMatchInit = Plain<typeof RouteMatchSchema>
type HeaderInit = Plain<typeof HeaderMatcherSchema>

/** A request that meets `match`; without one, every request. */
export const routeMatch = (match: RequestMatch | undefined): RouteMatchInit => {
  if (match === undefined) return { pathSpecifier: { case: 'prefix', value: '/' } }
  return {
    pathSpecifier: pathSpecifier(match.path),
    caseSensitive: !match.ignorePathCase,
    headers: [
      ...match.headers.map(headerMatch),
      ...pseudoHeader(':method', match.method),
      ...pseudoHeader(':authority', match.authority),
      ...pseudoHeader(':scheme', match.scheme),
    ],
    queryParameters: match.queryParameters.map(queryMatch),
  }
}

const pathSpecifier = (path: TextMatch | undefined): NonNullable<RouteMatchInit['pathSpecifier']> => {
  switch (path?.kind) {
    case 'exact':
      return { case: 'path', value: path.value }
    case 'prefix':
      return { case: 'prefix', value: path.value }
    case 'regex':
      return { case: 'safeRegex', value: { regex: path.value } }
    case 'present':
    case undefined:
      return { case: 'prefix', value: '/' }
  }
}

const pseudoHeader = (name: string, match: TextMatch | undefined): readonly HeaderInit[] =>
  match === undefined ? [] : [headerMatch({ name, match, invert: false })]

const headerMatch = ({ name, match, invert }: NamedMatch): HeaderInit => {
  if (match.kind === 'present') {
    return { name, invertMatch: invert, headerMatchSpecifier: { case: 'presentMatch', value: true } }
  }
  return {
    name,
    invertMatch: invert,
    // Istio: "without the value" holds for requests that lack the header altogether.
    treatMissingHeaderAsEmpty: invert,
    headerMatchSpecifier: { case: 'stringMatch', value: stringMatch(match) },
  }
}

const queryMatch = ({ name, match }: NamedMatch): Plain<typeof QueryParameterMatcherSchema> => ({
  name,
  queryParameterMatchSpecifier:
    match.kind === 'present'
      ? { case: 'presentMatch', value: true }
      : { case: 'stringMatch', value: stringMatch(match) },
})

export const stringMatch = (
  match: Exclude<TextMatch, { readonly kind: 'present' }>,
): Plain<typeof StringMatcherSchema> => {
  switch (match.kind) {
    case 'exact':
      return { matchPattern: { case: 'exact', value: match.value } }
    case 'prefix':
      return { matchPattern: { case: 'prefix', value: match.value } }
    case 'regex':
      return { matchPattern: { case: 'safeRegex', value: { regex: match.value } } }
  }
}

/** Istio: matches every request, so that rules after it can never be reached. */
export const isCatchAll = (match: RequestMatch | undefined): boolean => {
  if (match === undefined) return true
  const everyPath =
    match.path === undefined ||
    match.path.kind === 'present' ||
    (match.path.kind === 'prefix' && match.path.value === '/') ||
    (match.path.kind === 'regex' && match.path.value === '.*')
  return (
    everyPath &&
    match.headers.length === 0 &&
    match.queryParameters.length === 0 &&
    match.method === undefined &&
    match.authority === undefined &&
    match.scheme === undefined
  )
}
