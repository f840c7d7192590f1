/** What Kubernetes refuses in RoleBindings and ClusterRoleBindings beyond their schema (pkg/apis/rbac/validation). */
import { jsonEqual } from '../../primitives/json-value.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { dnsSubdomainProblem, pathSegmentProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { rbacGroup, type RoleRef, type Subject } from './policy-rule.ts'
import type { RoleBinding } from './role.ts'

type Errors = readonly FieldError[]

const apiGroupErrors = (path: string, group: string | undefined, wanted: string): Errors =>
  (group ?? '') === wanted ? [] : [notSupported(child(path, 'apiGroup'), group ?? '', [wanted])]

const serviceAccountErrors = (path: string, subject: Subject): Errors => {
  const problem = subject.name === '' ? undefined : dnsSubdomainProblem(subject.name)
  return [
    ...(problem === undefined ? [] : [invalid(child(path, 'name'), subject.name, problem)]),
    ...apiGroupErrors(path, subject.apiGroup, ''),
    ...((subject.namespace ?? '') === '' ? [required(child(path, 'namespace'))] : []),
  ]
}

const subjectErrors = (path: string, subject: Subject): Errors => {
  const unnamed = subject.name === '' ? [required(child(path, 'name'))] : []
  switch (subject.kind) {
    case 'ServiceAccount':
      return [...unnamed, ...serviceAccountErrors(path, subject)]
    case 'User':
    case 'Group':
      return [...unnamed, ...apiGroupErrors(path, subject.apiGroup, rbacGroup)]
    default:
      return [
        ...unnamed,
        notSupported(child(path, 'kind'), subject.kind, ['Group', 'ServiceAccount', 'User']),
      ]
  }
}

const roleRefErrors = ({ apiGroup, kind, name }: RoleRef, kinds: readonly string[]): Errors => {
  const problem = name === '' ? undefined : pathSegmentProblem(name)
  return [
    ...apiGroupErrors('roleRef', apiGroup, rbacGroup),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [required('roleRef.name')] : []),
    ...(problem === undefined ? [] : [invalid('roleRef.name', name, problem)]),
  ]
}

const validateBinding = (
  binding: RoleBinding,
  old: RoleBinding | undefined,
  kinds: readonly string[],
): Errors => [
  ...validateMetadata(binding, pathSegmentProblem),
  ...roleRefErrors(binding.roleRef, kinds),
  ...itemsAt('subjects', binding.subjects).flatMap(({ path, value }) => subjectErrors(path, value)),
  ...(old === undefined || jsonEqual(old.roleRef, binding.roleRef)
    ? []
    : [invalid('roleRef', { ...binding.roleRef }, 'cannot change roleRef')]),
]

export const validateRoleBinding = (binding: RoleBinding, old?: RoleBinding): Errors =>
  validateBinding(binding, old, ['ClusterRole', 'Role'])

export const validateClusterRoleBinding = (binding: RoleBinding, old?: RoleBinding): Errors =>
  validateBinding(binding, old, ['ClusterRole'])
