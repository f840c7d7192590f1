/** What is refused in the kinds that the cluster stores for others: roles, budgets, quotas, ingresses, network policies. */
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../primitives/json-value.ts'
import { allKinds, findKind } from './all-kinds.ts'
import { formatFieldError } from './field-error.ts'
import type { Kind } from './kind.ts'
import type { KubeObject } from './kube-object.ts'

const kindOf = (resource: string): Kind => {
  const [plural = '', ...group] = resource.split('.')
  const kind = findKind(allKinds, group.join('.'), plural)
  if (kind === undefined) throw new Error(`no kind ${resource}`)
  return kind
}

const objectOf = (kind: Kind, fields: JsonObject, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: kind.kind,
  metadata: { name },
  ...fields,
})

const errorsOf = (resource: string, fields: JsonObject, name = 'x', old?: JsonObject): readonly string[] => {
  const kind = kindOf(resource)
  const before = old === undefined ? undefined : kind.applyDefaults(objectOf(kind, old, name))
  return kind.validate(kind.applyDefaults(objectOf(kind, fields, name)), before).map(formatFieldError)
}

const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
const readPods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }
const backend = { service: { name: 'svc', port: { number: 80 } } }
const rule = (path: JsonObject): JsonObject => ({ spec: { rules: [{ http: { paths: [path] } }] } })
const ingressTo = (peer: JsonObject): JsonObject => ({
  spec: { podSelector: {}, ingress: [{ from: [peer] }] },
})

const wrong: readonly (readonly [string, JsonObject, string])[] = [
  ['roles.rbac.authorization.k8s.io', { rules: [{ verbs: [] }] }, 'rules[0].verbs: Required value'],
  ['roles.rbac.authorization.k8s.io', { rules: [{ verbs: ['get'] }] }, 'rules[0].apiGroups: Required value'],
  [
    'roles.rbac.authorization.k8s.io',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    'namespaced rules cannot apply to non-resource URLs',
  ],
  [
    'clusterroles.rbac.authorization.k8s.io',
    { rules: [{ ...readPods, nonResourceURLs: ['/x'] }] },
    'rules cannot apply to both regular resources and non-resource URLs',
  ],
  [
    'clusterroles.rbac.authorization.k8s.io',
    { aggregationRule: {} },
    'aggregationRule.clusterRoleSelectors: Required value',
  ],
  [
    'clusterrolebindings.rbac.authorization.k8s.io',
    { roleRef },
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
  ],
  [
    'rolebindings.rbac.authorization.k8s.io',
    { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'a' }] },
    'subjects[0].namespace: Required value',
  ],
  [
    'rolebindings.rbac.authorization.k8s.io',
    { roleRef, subjects: [{ kind: 'Robot', name: 'a' }] },
    'subjects[0].kind: Unsupported value: "Robot"',
  ],
  [
    'poddisruptionbudgets.policy',
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    'minAvailable and maxUnavailable cannot be both set',
  ],
  ['poddisruptionbudgets.policy', { spec: { minAvailable: 'half' } }, 'spec.minAvailable: Invalid value'],
  ['priorityclasses.scheduling.k8s.io', { value: 2_000_000_000 }, 'value: Forbidden: maximum allowed value'],
  [
    'priorityclasses.scheduling.k8s.io',
    { value: 1, preemptionPolicy: 'Maybe' },
    'preemptionPolicy: Unsupported value: "Maybe"',
  ],
  ['resourcequotas', { spec: { hard: { pods: 'many' } } }, 'spec.hard[pods]: Invalid value: "many"'],
  [
    'limitranges',
    { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    'min value 2 is greater than max value 1',
  ],
  ['ingresses.networking.k8s.io', { spec: {} }, 'either `defaultBackend` or `rules` must be specified'],
  [
    'ingresses.networking.k8s.io',
    rule({ path: 'x', pathType: 'Prefix', backend }),
    'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
  ],
  [
    'ingresses.networking.k8s.io',
    rule({ path: '/', pathType: 'Regex', backend }),
    'pathType: Unsupported value',
  ],
  [
    'ingresses.networking.k8s.io',
    rule({ path: '/', pathType: 'Exact', backend: { service: { name: 'svc' } } }),
    'backend.service.port: Required value: port name or number is required',
  ],
  ['networkpolicies.networking.k8s.io', ingressTo({}), 'spec.ingress[0].from[0]: Required value'],
  [
    'networkpolicies.networking.k8s.io',
    ingressTo({ ipBlock: { cidr: '10.0.0.1' } }),
    'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.1"',
  ],
  [
    'networkpolicies.networking.k8s.io',
    { spec: { egress: [{ ports: [{ port: 80, endPort: 70 }] }] } },
    'spec.egress[0].ports[0].endPort: Invalid value: 70',
  ],
]

const right: readonly (readonly [string, JsonObject])[] = [
  ['roles.rbac.authorization.k8s.io', { rules: [readPods] }],
  ['clusterroles.rbac.authorization.k8s.io', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }],
  [
    'rolebindings.rbac.authorization.k8s.io',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] },
  ],
  ['poddisruptionbudgets.policy', { spec: { maxUnavailable: '25%', selector: { matchLabels: { a: 'b' } } } }],
  ['priorityclasses.scheduling.k8s.io', { value: -5 }],
  ['resourcequotas', { spec: { hard: { 'limits.cpu': '2', 'count/deployments.apps': 3 } } }],
  ['ingresses.networking.k8s.io', { spec: { defaultBackend: backend } }],
  ['networkpolicies.networking.k8s.io', { spec: { podSelector: {} } }],
]

describe('kinds that are stored for others', () => {
  test.each(wrong)('%s refuses %j', (resource, fields, words) => {
    expect(errorsOf(resource, fields).join('\n')).toContain(words)
  })

  test.each(right)('%s takes %j', (resource, fields) => {
    expect(errorsOf(resource, fields)).toEqual([])
  })

  test('names of roles need only be one segment of a path', () => {
    expect(errorsOf('roles.rbac.authorization.k8s.io', { rules: [readPods] }, 'system:reader')).toEqual([])
    expect(errorsOf('roles.rbac.authorization.k8s.io', { rules: [readPods] }, 'a/b')).toEqual([
      `metadata.name: Invalid value: "a/b": may not contain '/'`,
    ])
  })

  test('what cannot change: the role of a binding, the value of a priority', () => {
    const other = { roleRef: { ...roleRef, name: 'other' } }
    expect(errorsOf('rolebindings.rbac.authorization.k8s.io', other, 'x', { roleRef }).join()).toContain(
      'cannot change roleRef',
    )
    expect(errorsOf('priorityclasses.scheduling.k8s.io', { value: 2 }, 'x', { value: 1 }).join()).toContain(
      'may not be changed in an update',
    )
  })

  test('a network policy with rules for both directions is for both', () => {
    const kind = kindOf('networkpolicies.networking.k8s.io')
    const policy = kind.applyDefaults(objectOf(kind, { spec: { egress: [{ ports: [{ port: 53 }] }] } }, 'x'))
    expect(policy).toMatchObject({
      spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] },
    })
  })

  test('whoever writes what nothing enforces is told', () => {
    const warned = allKinds
      .filter((kind) => kind.warnings?.(objectOf(kind, {}, 'x')).length === 1)
      .map(({ kind }) => kind)
    expect(warned).toEqual(
      expect.arrayContaining([
        'Ingress',
        'LimitRange',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'ResourceQuota',
      ]),
    )
  })
})
