/** What a rule of a Role allows, and whom a binding names (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac). */
import { rbacGroup, type PolicyRule, type Subject } from '../resources/rbac/policy-rule.ts'

/** What somebody wants to do: a verb on a resource, or on a path such as /healthz. */
export type AccessAttributes =
  | {
      readonly type: 'resource'
      readonly verb: string
      readonly group: string
      readonly resource: string
      /** Empty: the resource itself. */
      readonly subresource: string
      /** Empty: none in particular, as for a list. */
      readonly name: string
      /** Empty: the whole cluster. */
      readonly namespace: string
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string }

/** A user as rules see one. */
export interface AccessUser {
  readonly name: string
  readonly groups: readonly string[]
}

const includes = (list: readonly string[] | undefined, wanted: string): boolean =>
  (list ?? []).some((item) => item === '*' || item === wanted)

const pathMatches = (pattern: string, path: string): boolean =>
  pattern === '*' ||
  pattern === path ||
  (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1).replace(/\*+$/, '')))

const resourceMatches = (rule: PolicyRule, resource: string, subresource: string): boolean => {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`
  return (
    includes(rule.resources, combined) ||
    (subresource !== '' && (rule.resources ?? []).includes(`*/${subresource}`))
  )
}

/** True when the rule allows it, wherever the rule's role is bound. */
export const ruleAllows = (rule: PolicyRule, wanted: AccessAttributes): boolean => {
  if (!includes(rule.verbs, wanted.verb)) return false
  if (wanted.type === 'path') {
    return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, wanted.path))
  }
  const names = rule.resourceNames ?? []
  return (
    includes(rule.apiGroups, wanted.group) &&
    resourceMatches(rule, wanted.resource, wanted.subresource) &&
    (names.length === 0 || names.includes(wanted.name))
  )
}

/** The user name of a service account. */
export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`

/** True when the subject of a binding is the user; `namespace`: the binding's own, if it has one. */
export const subjectNames = (subject: Subject, user: AccessUser, namespace: string | undefined): boolean => {
  switch (subject.kind) {
    case 'User':
      return (subject.apiGroup ?? rbacGroup) === rbacGroup && subject.name === user.name
    case 'Group':
      return (subject.apiGroup ?? rbacGroup) === rbacGroup && user.groups.includes(subject.name)
    case 'ServiceAccount': {
      const home = subject.namespace ?? namespace
      return home !== undefined && serviceAccountUser(home, subject.name) === user.name
    }
    default:
      return false
  }
}

/** The refusal in Kubernetes' words: `User "x" cannot list resource "pods" in API group "" in the namespace "a"`. */
export const refusalWords = (user: AccessUser, wanted: AccessAttributes): string => {
  const who = `User ${JSON.stringify(user.name)} cannot ${wanted.verb}`
  if (wanted.type === 'path') return `${who} path ${JSON.stringify(wanted.path)}`
  const { resource, subresource, group, namespace } = wanted
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`
}
