/** The roles and bindings that every Kubernetes cluster has (plugin/pkg/auth/authorizer/rbac/bootstrappolicy). */
import type { KubeObject } from '../resources/kube-object.ts'
import { rbacGroup, type PolicyRule } from '../resources/rbac/policy-rule.ts'
import { systemPriorities } from '../resources/scheduling/priority-class.ts'
import type { ResourceRef } from '../machinery/ports.ts'

interface AccessObject {
  readonly resource: ResourceRef
  readonly object: KubeObject
}

const read = ['get', 'list', 'watch']
const write = ['create', 'delete', 'deletecollection', 'patch', 'update']

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }

const rule = (verbs: readonly string[], group: string, ...resources: readonly string[]): PolicyRule => ({
  verbs,
  apiGroups: [group],
  resources,
})

const clusterRole = (name: string, rules: readonly PolicyRule[]): AccessObject => ({
  resource: { group: rbacGroup, version: 'v1', plural: 'clusterroles' },
  object: { apiVersion: `${rbacGroup}/v1`, kind: 'ClusterRole', metadata: { name, labels }, ...{ rules } },
})

const clusterRoleBinding = (name: string, group: string): AccessObject => ({
  resource: { group: rbacGroup, version: 'v1', plural: 'clusterrolebindings' },
  object: {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    ...{
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: rbacGroup, kind: 'Group', name: group }],
    },
  },
})

const workloads: readonly (readonly [string, readonly string[]])[] = [
  [
    'apps',
    [
      'daemonsets',
      'deployments',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
  ],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['batch', ['cronjobs', 'jobs']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  ['policy', ['poddisruptionbudgets']],
]

const coreObjects = [
  'configmaps',
  'endpoints',
  'events',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'serviceaccounts',
  'services',
]

const statuses = (resources: readonly string[]): readonly string[] =>
  resources.filter((name) => !name.includes('/')).map((name) => `${name}/status`)

const viewRules: readonly PolicyRule[] = [
  rule(
    read,
    '',
    ...coreObjects,
    'pods/log',
    'pods/status',
    'services/status',
    'limitranges',
    'namespaces',
    'resourcequotas',
  ),
  rule(read, 'discovery.k8s.io', 'endpointslices'),
  rule(read, 'events.k8s.io', 'events'),
  // What metrics-server adds to the role.
  rule(read, 'metrics.k8s.io', 'nodes', 'pods'),
  ...workloads.map(([group, resources]) => rule(read, group, ...resources, ...statuses(resources))),
]

const editRules: readonly PolicyRule[] = [
  ...viewRules,
  rule(
    write,
    '',
    ...coreObjects,
    'pods/attach',
    'pods/exec',
    'pods/portforward',
    'pods/proxy',
    'services/proxy',
  ),
  rule(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
  rule(read, '', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'),
  rule([...read, ...write], '', 'secrets'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule([...read, ...write], 'coordination.k8s.io', 'leases'),
  ...workloads.map(([group, resources]) => rule(write, group, ...resources)),
]

const adminRules: readonly PolicyRule[] = [
  ...editRules,
  rule(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule([...read, ...write], rbacGroup, 'rolebindings', 'roles'),
]

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

const discoveryPaths = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
]

const priorityClass = (name: string, value: number): AccessObject => ({
  resource: { group: 'scheduling.k8s.io', version: 'v1', plural: 'priorityclasses' },
  object: {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    ...{ value, description: 'Used for system critical pods.' },
  },
})

export const accessObjects: readonly AccessObject[] = [
  clusterRole('cluster-admin', everything),
  clusterRole('admin', adminRules),
  clusterRole('edit', editRules),
  clusterRole('view', viewRules),
  clusterRole('system:discovery', [{ verbs: ['get'], nonResourceURLs: discoveryPaths }]),
  clusterRole('system:basic-user', [
    rule(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
    rule(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  clusterRoleBinding('cluster-admin', 'system:masters'),
  clusterRoleBinding('system:discovery', 'system:authenticated'),
  clusterRoleBinding('system:basic-user', 'system:authenticated'),
  ...[...systemPriorities].map(([name, value]) => priorityClass(name, value)),
]
