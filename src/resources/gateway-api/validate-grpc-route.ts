/** The CEL rules of GRPCRoute. */
import { invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { GrpcMethodMatch, GrpcRoute, GrpcRouteRule } from './http-route.ts'
import { validateFilters } from './validate-filters.ts'
import { validateMatchCount } from './validate-http-route.ts'
import { validateBackend, validateParentRefs, validateRuleNames } from './validate-references.ts'
import { validateSessionPersistence } from './validate-session-persistence.ts'

const SERVICE = /^\.?[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*$/i
const METHOD = /^[A-Za-z_][A-Za-z_0-9]*$/

const validateMethod = (path: string, { type = 'Exact', service, method }: GrpcMethodMatch): Findings => {
  if (service === undefined && method === undefined) {
    return [required(path, "One or both of 'service' or 'method' must be specified")]
  }
  if (type !== 'Exact') return []
  return [
    ...when(
      service !== undefined && !SERVICE.test(service),
      invalid(
        child(path, 'service'),
        service ?? '',
        String.raw`service must only contain valid characters (matching ^(?i)\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$)`,
      ),
    ),
    ...when(
      method !== undefined && !METHOD.test(method),
      invalid(
        child(path, 'method'),
        method ?? '',
        'method must only contain valid characters (matching ^[A-Za-z_][A-Za-z_0-9]*$)',
      ),
    ),
  ]
}

const validateRule = (path: string, rule: GrpcRouteRule): Findings => [
  ...itemsAt(child(path, 'matches'), rule.matches).flatMap(({ path: at, value }) =>
    present(value.method, (method) => validateMethod(child(at, 'method'), method)),
  ),
  ...validateFilters(child(path, 'filters'), rule.filters ?? []),
  ...itemsAt(child(path, 'backendRefs'), rule.backendRefs).flatMap(({ path: at, value }) => [
    ...validateBackend(at, value),
    ...validateFilters(child(at, 'filters'), value.filters ?? []),
  ]),
  ...present(rule.sessionPersistence, (persistence) =>
    validateSessionPersistence(child(path, 'sessionPersistence'), persistence),
  ),
]

export const validateGrpcRoute = (route: GrpcRoute): Findings => {
  const { parentRefs, rules = [] } = route.spec
  return [
    ...validateMetadata(route),
    ...validateParentRefs(parentRefs),
    ...validateRuleNames(rules),
    ...validateMatchCount(rules),
    ...itemsAt('spec.rules', rules).flatMap(({ path, value }) => validateRule(path, value)),
  ]
}
