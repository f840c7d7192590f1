/** Messages of rbac.authorization.k8s.io/v1. */
import type { Messages } from './message.ts'

export const rbacMessages = {
  Role: { metadata: '1 ObjectMeta', rules: '2 []PolicyRule' },
  ClusterRole: { metadata: '1 ObjectMeta', rules: '2 []PolicyRule', aggregationRule: '3 AggregationRule' },
  RoleBinding: { metadata: '1 ObjectMeta', subjects: '2 []Subject', roleRef: '3 RoleRef' },
  ClusterRoleBinding: { metadata: '1 ObjectMeta', subjects: '2 []Subject', roleRef: '3 RoleRef' },
  AggregationRule: { clusterRoleSelectors: '1 []LabelSelector' },
  PolicyRule: {
    verbs: '1 []string',
    apiGroups: '2 []string',
    resources: '3 []string',
    resourceNames: '4 []string',
    nonResourceURLs: '5 []string',
  },
  RoleRef: { apiGroup: '1 !string', kind: '2 !string', name: '3 !string' },
  Subject: { kind: '1 !string', apiGroup: '2 string', name: '3 !string', namespace: '4 string' },
} as const satisfies Messages
