/** Rows of the two webhook configurations in the table of kinds: stored for whoever reads them, such as istioctl. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { defineKind, type KindDefinition } from '../define-kind.ts'
import { fill, mapField } from '../fill-defaults.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateWebhookConfiguration } from './validate-webhook-configuration.ts'
import type { Webhook, WebhookClient, WebhookConfiguration } from './webhook-configuration.ts'

const withClientDefaults = (client: WebhookClient): WebhookClient =>
  mapField(client, 'service', (service) => fill(service, { port: 443 }))

const withDefaults = (webhook: Webhook, more: Partial<Webhook>): Webhook => {
  const filled = fill(webhook, {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    ...more,
  })
  const withRules = mapField(filled, 'rules', (rules) => rules.map((rule) => fill(rule, { scope: '*' })))
  return mapField(withRules, 'clientConfig', withClientDefaults)
}

const shared = {
  group: 'admissionregistration.k8s.io',
  namespaced: false,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<WebhookConfiguration>(
      'Webhooks',
      'Webhooks indicates the number of webhooks registered in this configuration',
      ({ webhooks }) => String(webhooks?.length ?? 0),
    ),
    ageColumn,
  ],
  validate: validateWebhookConfiguration,
  generationChanges: ({ webhooks = [] }, old) => !jsonEqual(webhooks, old.webhooks ?? []),
} as const satisfies Partial<KindDefinition<WebhookConfiguration>>

const warning = (kind: string): (() => readonly string[]) => {
  const text = `${kind} is stored but its webhooks are not called by this cluster`
  return () => [text]
}

export const mutatingWebhookConfigurationKind = defineKind<WebhookConfiguration>({
  ...shared,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  applyDefaults: (object) =>
    mapField(object, 'webhooks', (webhooks) =>
      webhooks.map((webhook) => withDefaults(webhook, { reinvocationPolicy: 'Never' })),
    ),
  warnings: warning('MutatingWebhookConfiguration'),
})

export const validatingWebhookConfigurationKind = defineKind<WebhookConfiguration>({
  ...shared,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  applyDefaults: (object) =>
    mapField(object, 'webhooks', (webhooks) => webhooks.map((webhook) => withDefaults(webhook, {}))),
  warnings: warning('ValidatingWebhookConfiguration'),
})
