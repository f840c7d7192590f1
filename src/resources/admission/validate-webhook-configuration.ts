/** What Kubernetes refuses in a webhook configuration beyond its schema (pkg/apis/admissionregistration/validation). */
import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { dns1035LabelProblem, dnsSubdomainProblem, portNumberProblem } from '../meta/name-syntax.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Webhook, WebhookClient, WebhookConfiguration, WebhookService } from './webhook-configuration.ts'
import { validateWebhookRule } from './validate-webhook-rule.ts'

type Errors = readonly FieldError[]

const REVIEW_VERSIONS = ['v1', 'v1beta1']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const URL_FORM = 'desired format: https://host[/path]'

/** Allowed texts of a field that has a default. */
const CHOICES = {
  failurePolicy: ['Fail', 'Ignore'],
  matchPolicy: ['Equivalent', 'Exact'],
  reinvocationPolicy: ['IfNeeded', 'Never'],
} as const

const nameErrors = (path: string, name: string): Errors => {
  if (name === '') return [required(path)]
  const problem = dnsSubdomainProblem(name)
  if (problem !== undefined) return [invalid(path, name, problem)]
  if (name.split('.').length >= 3) return []
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')]
}

const urlErrors = (path: string, text: string): Errors => {
  if (!URL.canParse(text)) return [required(path, `url must be a valid URL; ${URL_FORM}`)]
  const { protocol, username, password, hash, search } = new URL(text)
  const user = [username, password].filter((part) => part !== '').join(':')
  return [
    ...(protocol === 'https:'
      ? []
      : [invalid(path, protocol.slice(0, -1), `'https' is the only allowed URL scheme; ${URL_FORM}`)]),
    ...(user === '' ? [] : [invalid(path, user, 'user information is not permitted in the URL')]),
    ...(hash === '' ? [] : [invalid(path, hash.slice(1), 'fragments are not permitted in the URL')]),
    ...(search === ''
      ? []
      : [invalid(path, search.slice(1), 'query parameters are not permitted in the URL')]),
  ]
}

const segmentErrors = (path: string, text: string): Errors => {
  if (text === '' || text === '/') return []
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')]
  const segments = text.slice(1).replace(/\/$/, '').split('/')
  return [
    ...(text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")]),
    ...segments.flatMap((segment, index) => {
      if (segment === '') return [invalid(path, text, `segment[${index}] may not be empty`)]
      const problem = dnsSubdomainProblem(segment)
      return problem === undefined ? [] : [invalid(path, text, `segment[${index}]: ${problem}`)]
    }),
  ]
}

const serviceErrors = (path: string, service: WebhookService): Errors => {
  const port = service.port ?? 0
  const problem = portNumberProblem(port)
  return [
    ...((service.name ?? '') === '' ? [required(child(path, 'name'))] : []),
    ...((service.namespace ?? '') === '' ? [required(child(path, 'namespace'))] : []),
    ...(problem === undefined ? [] : [invalid(child(path, 'port'), port, `port is not valid: ${problem}`)]),
    ...segmentErrors(child(path, 'path'), service.path ?? ''),
  ]
}

const clientErrors = (path: string, { url, service }: WebhookClient): Errors => {
  if (url !== undefined && service === undefined) return urlErrors(child(path, 'url'), url)
  if (service !== undefined && url === undefined) return serviceErrors(child(path, 'service'), service)
  return [required(path, 'exactly one of url or service is required')]
}

const versionErrors = (path: string, versions: readonly string[]): Errors => {
  const known = REVIEW_VERSIONS.join(', ')
  if (versions.length === 0) return [required(path, `must specify one of ${known}`)]
  return [
    ...versions.flatMap((version, index) => {
      const place = `${path}[${index}]`
      if (versions.indexOf(version) < index) return [invalid(place, version, 'duplicate version')]
      const problem = dns1035LabelProblem(version)
      return problem === undefined ? [] : [invalid(place, version, problem)]
    }),
    ...(versions.some((version) => REVIEW_VERSIONS.includes(version))
      ? []
      : [invalid(path, [...versions], `must include at least one of ${known}`)]),
  ]
}

const sideEffectErrors = (path: string, sideEffects: string | undefined): Errors => {
  if (sideEffects === undefined) return [required(path, `must specify one of ${SIDE_EFFECTS.join(', ')}`)]
  return SIDE_EFFECTS.includes(sideEffects) ? [] : [notSupported(path, sideEffects, SIDE_EFFECTS)]
}

const choiceErrors = (path: string, webhook: Webhook): Errors =>
  (Object.keys(CHOICES) as (keyof typeof CHOICES)[]).flatMap((field) => {
    const [value, allowed] = [webhook[field], CHOICES[field]]
    if (value === undefined || allowed.some((text) => text === value)) return []
    return [notSupported(child(path, field), value, allowed)]
  })

const webhookErrors = (path: string, webhook: Webhook): Errors => {
  const { timeoutSeconds = 10, namespaceSelector = {}, objectSelector = {} } = webhook
  return [
    ...nameErrors(child(path, 'name'), webhook.name),
    ...itemsAt(child(path, 'rules'), webhook.rules).flatMap((rule) =>
      validateWebhookRule(rule.path, rule.value),
    ),
    ...choiceErrors(path, webhook),
    ...sideEffectErrors(child(path, 'sideEffects'), webhook.sideEffects),
    ...(timeoutSeconds >= 1 && timeoutSeconds <= 30
      ? []
      : [
          invalid(
            child(path, 'timeoutSeconds'),
            timeoutSeconds,
            'the timeout value must be between 1 and 30 seconds',
          ),
        ]),
    ...validateLabelSelector(child(path, 'namespaceSelector'), namespaceSelector),
    ...validateLabelSelector(child(path, 'objectSelector'), objectSelector),
    ...clientErrors(child(path, 'clientConfig'), webhook.clientConfig ?? {}),
    ...versionErrors(child(path, 'admissionReviewVersions'), webhook.admissionReviewVersions ?? []),
  ]
}

export const validateWebhookConfiguration = (object: WebhookConfiguration): Errors => {
  const names = (object.webhooks ?? []).map(({ name }) => name)
  return [
    ...validateMetadata(object),
    ...itemsAt('webhooks', object.webhooks).flatMap(({ path, value, index }) => [
      ...webhookErrors(path, value),
      ...(value.name !== '' && names.indexOf(value.name) < index
        ? [duplicate(child(path, 'name'), value.name)]
        : []),
    ]),
  ]
}
