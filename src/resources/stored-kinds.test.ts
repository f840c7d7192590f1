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

const webhook = {
  name: 'check.example.com',
  clientConfig: { url: 'https://example.com/check' },
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
}
const webhooks = (more: JsonObject): JsonObject => ({ webhooks: [{ ...webhook, ...more }] })
const webhookRule = (more: JsonObject): JsonObject => webhooks({ rules: [{ ...webhook.rules[0], ...more }] })
const wrongWebhooks: readonly (readonly [JsonObject, string])[] = [
  [
    webhooks({ name: 'short' }),
    'webhooks[0].name: Invalid value: "short": should be a domain with at least three',
  ],
  [webhooks({ name: '' }), 'webhooks[0].name: Required value'],
  [{ webhooks: [webhook, webhook] }, 'webhooks[1].name: Duplicate value: "check.example.com"'],
  [webhooks({ clientConfig: {} }), 'webhooks[0].clientConfig: Required value: exactly one of url or service'],
  [webhooks({ clientConfig: { url: 'http://a.com' } }), "'https' is the only allowed URL scheme"],
  [webhooks({ clientConfig: { url: 'https://u:p@a.com' } }), 'user information is not permitted in the URL'],
  [webhooks({ clientConfig: { url: 'https://a.com/?q#f' } }), 'fragments are not permitted in the URL'],
  [
    webhooks({ clientConfig: { service: { name: 'a', namespace: 'b', path: '/x//y' } } }),
    'webhooks[0].clientConfig.service.path: Invalid value: "/x//y": segment[1] may not be empty',
  ],
  [webhooks({ clientConfig: { service: { name: 'a' } } }), 'clientConfig.service.namespace: Required value'],
  [webhooks({ sideEffects: 'Some' }), 'webhooks[0].sideEffects: Unsupported value: "Some"'],
  [webhooks({ timeoutSeconds: 31 }), 'the timeout value must be between 1 and 30 seconds'],
  [webhooks({ failurePolicy: 'Maybe' }), 'supported values: "Fail", "Ignore"'],
  [
    webhooks({ admissionReviewVersions: [] }),
    'admissionReviewVersions: Required value: must specify one of v1, v1beta1',
  ],
  [
    webhooks({ admissionReviewVersions: ['v1', 'v1'] }),
    'admissionReviewVersions[1]: Invalid value: "v1": duplicate',
  ],
  [webhooks({ admissionReviewVersions: ['v2'] }), 'must include at least one of v1, v1beta1'],
  [webhooks({ objectSelector: { matchLabels: { '-': 'x' } } }), 'webhooks[0].objectSelector.matchLabels'],
  [webhookRule({ operations: [] }), 'webhooks[0].rules[0].operations: Required value'],
  [webhookRule({ operations: ['*', 'CREATE'] }), "if '*' is present, must not specify other operations"],
  [webhookRule({ operations: ['LOOK'] }), 'operations[0]: Unsupported value: "LOOK"'],
  [webhookRule({ apiGroups: ['*', 'apps'] }), "if '*' is present, must not specify other API groups"],
  [webhookRule({ apiVersions: [''] }), 'apiVersions[0]: Required value'],
  [webhookRule({ resources: ['pods/*', 'pods/log'] }), "if 'pods/*' is present, must not specify pods/log"],
  [webhookRule({ resources: ['*/scale', 'a/scale'] }), "if '*/scale' is present, must not specify a/scale"],
  [webhookRule({ resources: ['*', 'pods'] }), 'must not specify other resources without subresources'],
  [webhookRule({ resources: ['*/*', 'pods'] }), "if '*/*' is present, must not specify other resources"],
  [webhookRule({ scope: 'All' }), 'supported values: "*", "Cluster", "Namespaced"'],
]

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

  test.each(['mutating', 'validating'])(
    '%s webhook configurations: what is refused, and what is not',
    (sort) => {
      const resource = `${sort}webhookconfigurations.admissionregistration.k8s.io`
      for (const [fields, said] of wrongWebhooks)
        expect(errorsOf(resource, fields).join('; ')).toContain(said)
      expect(errorsOf(resource, webhooks({}))).toEqual([])
      expect(
        errorsOf(
          resource,
          webhooks({ clientConfig: { service: { name: 'a', namespace: 'b', path: '/x/y/' } } }),
        ),
      ).toEqual([])
      expect(errorsOf(resource, webhookRule({ resources: ['pods', 'pods/log', '*/scale'] }))).toEqual([])
    },
  )

  test('webhook configurations have the defaults of Kubernetes', () => {
    const kind = kindOf('mutatingwebhookconfigurations.admissionregistration.k8s.io')
    const service = { clientConfig: { service: { name: 'a', namespace: 'b' } } }
    expect(kind.applyDefaults(objectOf(kind, webhooks(service), 'x'))).toMatchObject({
      webhooks: [
        {
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          reinvocationPolicy: 'Never',
          timeoutSeconds: 10,
          namespaceSelector: {},
          clientConfig: { service: { port: 443 } },
          rules: [{ scope: '*' }],
        },
      ],
    })
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
        'MutatingWebhookConfiguration',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'ResourceQuota',
        'ValidatingWebhookConfiguration',
      ]),
    )
  })
})
