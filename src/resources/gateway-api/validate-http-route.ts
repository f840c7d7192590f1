/** The CEL rules of HTTPRoute. */
import { parseDuration } from '../../primitives/duration.ts'
import { forbidden, invalid } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { HttpRoute, HttpRouteRule, RouteFilter } from './http-route.ts'
import { validateFilters } from './validate-filters.ts'
import { validatePathMatch } from './validate-path-match.ts'
import { validateBackend, validateParentRefs, validateRuleNames } from './validate-references.ts'
import { validateSessionPersistence } from './validate-session-persistence.ts'

const MOST_MATCHES = 128

type Replacing = 'requestRedirect' | 'urlRewrite'

const replacesPrefix = (filter: RouteFilter, field: Replacing): boolean =>
  filter[field]?.path?.type === 'ReplacePrefixMatch' && filter[field].path.replacePrefixMatch !== undefined

/** A filter that replaces the matched prefix needs the one match that says which. */
const validatePrefixes = (
  path: string,
  { matches = [], filters = [], backendRefs = [] }: HttpRouteRule,
): Findings => {
  const isOnePrefix = matches.length === 1 && (matches[0]?.path?.type ?? 'PathPrefix') === 'PathPrefix'
  if (isOnePrefix) return []
  const fields = [
    ['requestRedirect', 'RequestRedirect'],
    ['urlRewrite', 'URLRewrite'],
  ] as const
  return fields.flatMap(([field, type]) => {
    const message = `when using ${type} filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified`
    const inBackends = backendRefs.some((backend) =>
      (backend.filters ?? []).some((filter) => replacesPrefix(filter, field)),
    )
    return [
      ...when(
        filters.some((filter) => replacesPrefix(filter, field)),
        invalid(child(path, 'matches'), matches.length, `W${message.slice(1)}`),
      ),
      ...when(inBackends, invalid(child(path, 'matches'), matches.length, `Within backendRefs, ${message}`)),
    ]
  })
}

const validateTimeouts = (
  path: string,
  { request, backendRequest }: NonNullable<HttpRouteRule['timeouts']>,
): Findings => {
  const whole = parseDuration(request ?? '0s') ?? 0
  const part = parseDuration(backendRequest ?? '0s') ?? 0
  return when(
    whole > 0 && part > whole,
    invalid(
      child(path, 'backendRequest'),
      backendRequest ?? '',
      'backendRequest timeout cannot be longer than request timeout',
    ),
  )
}

const validateRule = (path: string, rule: HttpRouteRule): Findings => {
  const { matches = [], filters = [], backendRefs = [] } = rule
  return [
    ...when(
      backendRefs.length > 0 && filters.some(({ requestRedirect }) => requestRedirect !== undefined),
      forbidden(
        child(path, 'backendRefs'),
        'RequestRedirect filter must not be used together with backendRefs',
      ),
    ),
    ...validatePrefixes(path, rule),
    ...itemsAt(child(path, 'matches'), matches).flatMap(({ path: at, value }) =>
      present(value.path, (match) => validatePathMatch(child(at, 'path'), match)),
    ),
    ...validateFilters(child(path, 'filters'), filters),
    ...itemsAt(child(path, 'backendRefs'), backendRefs).flatMap(({ path: at, value }) => [
      ...validateBackend(at, value),
      ...validateFilters(child(at, 'filters'), value.filters ?? []),
    ]),
    ...present(rule.timeouts, (timeouts) => validateTimeouts(child(path, 'timeouts'), timeouts)),
    ...present(rule.sessionPersistence, (persistence) =>
      validateSessionPersistence(child(path, 'sessionPersistence'), persistence),
    ),
  ]
}

/** All rules of a route together may have so many matches. */
export const validateMatchCount = (rules: readonly { readonly matches?: readonly unknown[] }[]): Findings => {
  const count = rules.reduce((sum, { matches = [] }) => sum + matches.length, 0)
  return when(
    count > MOST_MATCHES,
    invalid(
      'spec.rules',
      count,
      'While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128',
    ),
  )
}

export const validateHttpRoute = (route: HttpRoute): Findings => {
  const { parentRefs, rules = [] } = route.spec
  return [
    ...validateMetadata(route),
    ...validateParentRefs(parentRefs),
    ...validateRuleNames(rules),
    ...validateMatchCount(rules),
    ...itemsAt('spec.rules', rules).flatMap(({ path, value }) => validateRule(path, value)),
  ]
}
