/** Who may do what: the roles and bindings in the store, evaluated as Kubernetes' RBAC authorizer does it. */
import {
  ruleAllows,
  subjectNames,
  type AccessAttributes,
  type AccessUser,
} from '../../machinery/access-rules.ts'
import type { Kind } from '../../resources/kind.ts'
import { isEmptySelector, selectsLabels } from '../../resources/meta/label-selector.ts'
import { rbacGroup, type PolicyRule, type Subject } from '../../resources/rbac/policy-rule.ts'
import type { ClusterRole, RoleBinding } from '../../resources/rbac/role.ts'
import type { Store } from '../../store/store.ts'
import type { KindIndex } from '../kind-index.ts'
import { decodeStored, keyPrefix, objectKey } from '../stored-object.ts'

export interface Decision {
  readonly allowed: boolean
  /** Which binding allows it; empty when none does, or when the user may do everything. */
  readonly reason: string
}

export interface Authorizer {
  readonly decide: (user: AccessUser, wanted: AccessAttributes) => Decision
  /** All rules for a user in a namespace, those of the whole cluster first. */
  readonly rulesOf: (user: AccessUser, namespace: string) => readonly PolicyRule[]
}

interface Grant {
  readonly rule: PolicyRule
  readonly reason: string
}

/** Their members may do everything, whatever the bindings say. */
const mastersGroup = 'system:masters'
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const subjectWords = ({ kind, name, namespace }: Subject): string =>
  kind === 'ServiceAccount'
    ? `ServiceAccount ${JSON.stringify(`${name}/${namespace ?? ''}`)}`
    : `${kind} ${JSON.stringify(name)}`

const grantReason = (binding: RoleBinding, subject: Subject): string => {
  const { name, namespace } = binding.metadata
  const full = namespace === undefined ? name : `${name}/${namespace}`
  const { kind, name: role } = binding.roleRef
  return `RBAC: allowed by ${binding.kind} ${JSON.stringify(full)} of ${kind} ${JSON.stringify(role)} to ${subjectWords(subject)}`
}

export const createAuthorizer = (store: Pick<Store, 'get' | 'range'>, index: KindIndex): Authorizer => {
  const kindOf = (name: string): Kind | undefined => index.byKind(rbacGroup, name)
  // The schema of each kind has accepted what is stored of it.
  const listed = <T>(name: string, namespace?: string): readonly T[] => {
    const kind = kindOf(name)
    if (kind === undefined) return []
    const { items } = store.range(keyPrefix(kind, namespace))
    return items.map((stored) => decodeStored(kind, `${rbacGroup}/v1`, stored) as unknown as T)
  }
  const aggregated = (role: ClusterRole): readonly PolicyRule[] => {
    const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []).filter(
      (selector) => !isEmptySelector(selector),
    )
    if (selectors.length === 0) return role.rules ?? []
    return listed<ClusterRole>('ClusterRole')
      .filter(({ metadata }) => selectors.some((selector) => selectsLabels(selector, metadata.labels)))
      .flatMap(({ rules = [] }) => rules)
  }
  const rulesOfRole = (binding: RoleBinding): readonly PolicyRule[] => {
    const kind = kindOf(binding.roleRef.kind)
    if (kind === undefined) return []
    const stored = store.get(objectKey(kind, binding.metadata.namespace, binding.roleRef.name))
    return stored === undefined
      ? []
      : aggregated(decodeStored(kind, `${rbacGroup}/v1`, stored) as unknown as ClusterRole)
  }
  const grants = function* (user: AccessUser, namespace: string): Generator<Grant> {
    const bindings = [
      ...listed<RoleBinding>('ClusterRoleBinding'),
      ...(namespace === '' ? [] : listed<RoleBinding>('RoleBinding', namespace)),
    ]
    for (const binding of bindings) {
      const subject = (binding.subjects ?? []).find((each) =>
        subjectNames(each, user, binding.metadata.namespace),
      )
      if (subject === undefined) continue
      for (const rule of rulesOfRole(binding)) yield { rule, reason: grantReason(binding, subject) }
    }
  }
  return {
    decide: (user, wanted) => {
      if (user.groups.includes(mastersGroup)) return { allowed: true, reason: '' }
      for (const { rule, reason } of grants(user, wanted.type === 'path' ? '' : wanted.namespace)) {
        if (ruleAllows(rule, wanted)) return { allowed: true, reason }
      }
      return { allowed: false, reason: '' }
    },
    rulesOf: (user, namespace) => [
      ...(user.groups.includes(mastersGroup) ? everything : []),
      ...[...grants(user, namespace)].map(({ rule }) => rule),
    ],
  }
}
