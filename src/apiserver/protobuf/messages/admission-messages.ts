/** Messages of admissionregistration.k8s.io/v1. */
import type { Messages } from './message.ts'

const webhook = {
  name: '1 string',
  clientConfig: '2 WebhookClientConfig',
  rules: '3 []RuleWithOperations',
  failurePolicy: '4 !string',
  namespaceSelector: '5 LabelSelector',
  sideEffects: '6 !string',
  timeoutSeconds: '7 !int',
  admissionReviewVersions: '8 []string',
  matchPolicy: '9 !string',
} as const

export const admissionMessages = {
  MutatingWebhookConfiguration: { metadata: '1 ObjectMeta', webhooks: '2 []MutatingWebhook' },
  MutatingWebhook: {
    ...webhook,
    reinvocationPolicy: '10 !string',
    objectSelector: '11 LabelSelector',
    matchConditions: '12 []MatchCondition',
  },
  ValidatingWebhookConfiguration: { metadata: '1 ObjectMeta', webhooks: '2 []ValidatingWebhook' },
  ValidatingWebhook: {
    ...webhook,
    objectSelector: '10 LabelSelector',
    matchConditions: '11 []MatchCondition',
  },
  MatchCondition: { name: '1 !string', expression: '2 !string' },
  RuleWithOperations: { operations: '1 []string', rule: '2 ...Rule' },
  Rule: {
    apiGroups: '1 []string',
    apiVersions: '2 []string',
    resources: '3 []string',
    scope: '4 !string',
  },
  WebhookClientConfig: { service: '1 ServiceReference', caBundle: '2 bytes', url: '3 !string' },
  ServiceReference: { namespace: '1 !string', name: '2 !string', path: '3 !string', port: '4 !int' },
} as const satisfies Messages
