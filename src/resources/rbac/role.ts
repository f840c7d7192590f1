/** Role, ClusterRole and their bindings (rbac.authorization.k8s.io/v1). */
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import type { PolicyRule, RoleRef, Subject } from './policy-rule.ts'

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[]
}

export interface ClusterRole extends Role {
  /** The rules are those of all cluster roles that one of the selectors selects. */
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] }
}

/** RoleBinding and ClusterRoleBinding. */
export interface RoleBinding extends KubeObject {
  readonly subjects?: readonly Subject[]
  readonly roleRef: RoleRef
}
