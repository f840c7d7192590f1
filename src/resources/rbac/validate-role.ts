/** What Kubernetes refuses in Roles and ClusterRoles beyond their schema (pkg/apis/rbac/validation). */
import { invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { pathSegmentProblem } from '../meta/name-syntax.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { PolicyRule } from './policy-rule.ts'
import type { ClusterRole, Role } from './role.ts'

type Errors = readonly FieldError[]

const isEmpty = (list: readonly string[] | undefined): boolean => (list ?? []).length === 0

const validateTargets = (path: string, rule: PolicyRule, namespaced: boolean): Errors => {
  const urls = rule.nonResourceURLs ?? []
  if (urls.length > 0) {
    const field = child(path, 'nonResourceURLs')
    if (namespaced) return [invalid(field, urls, 'namespaced rules cannot apply to non-resource URLs')]
    return isEmpty(rule.apiGroups) && isEmpty(rule.resources) && isEmpty(rule.resourceNames)
      ? []
      : [invalid(field, urls, 'rules cannot apply to both regular resources and non-resource URLs')]
  }
  return [
    ...(isEmpty(rule.apiGroups)
      ? [required(child(path, 'apiGroups'), 'resource rules must supply at least one api group')]
      : []),
    ...(isEmpty(rule.resources)
      ? [required(child(path, 'resources'), 'resource rules must supply at least one resource')]
      : []),
  ]
}

const validateRules = (rules: readonly PolicyRule[] | undefined, namespaced: boolean): Errors =>
  itemsAt('rules', rules).flatMap(({ path, value }) => [
    ...(isEmpty(value.verbs)
      ? [required(child(path, 'verbs'), 'verbs must contain at least one value')]
      : validateTargets(path, value, namespaced)),
  ])

export const validateRole = (role: Role): Errors => [
  ...validateMetadata(role, pathSegmentProblem),
  ...validateRules(role.rules, true),
]

const validateAggregation = ({ aggregationRule }: ClusterRole): Errors => {
  if (aggregationRule === undefined) return []
  const field = 'aggregationRule.clusterRoleSelectors'
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  return selectors.length === 0
    ? [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
    : itemsAt(field, selectors).flatMap(({ path, value }) => validateLabelSelector(path, value))
}

export const validateClusterRole = (role: ClusterRole): Errors => [
  ...validateMetadata(role, pathSegmentProblem),
  ...validateRules(role.rules, false),
  ...validateAggregation(role),
]
