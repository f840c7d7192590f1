/** MutatingWebhookConfiguration and ValidatingWebhookConfiguration (admissionregistration.k8s.io/v1). */
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export interface WebhookRule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

export interface WebhookService {
  readonly namespace?: string
  readonly name?: string
  readonly path?: string
  readonly port?: number
}

export interface WebhookClient {
  readonly url?: string
  readonly service?: WebhookService
  /** Base64 of certificates in PEM. */
  readonly caBundle?: string
}

export interface Webhook {
  readonly name: string
  readonly clientConfig?: WebhookClient
  readonly rules?: readonly WebhookRule[]
  readonly failurePolicy?: string
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[]
  /** Of mutating webhooks alone. */
  readonly reinvocationPolicy?: string
}

export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[]
}
