/** Injection webhooks that overlap, or that refer to services which do not exist. */
import { objectAt, objectsAt, textAt, textMapAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import type { Labels } from '../selector.ts'
import { webhookSelects, webhooksOf } from '../webhooks.ts'

const REVISION = 'istio.io/rev'

interface Webhook {
  readonly owner: AnalysisObject
  readonly id: string
  readonly webhook: JsonObject
  readonly field: string
}

const selectorRevisions = (selector: JsonObject | undefined): readonly string[] => [
  ...[textMapAt(selector, 'matchLabels')[REVISION] ?? []].flat(),
  ...objectsAt(selector, 'matchExpressions')
    .filter((expression) => textAt(expression, 'key') === REVISION)
    .flatMap((expression) => textsAt(expression, 'values')),
]

const revisionsOf = (owner: AnalysisObject): readonly string[] => [
  ...[owner.labels[REVISION] ?? []].flat(),
  ...webhooksOf(owner).flatMap((webhook) => [
    ...selectorRevisions(objectAt(webhook, 'namespaceSelector')),
    ...selectorRevisions(objectAt(webhook, 'objectSelector')),
  ]),
]

const isIstios = (owner: AnalysisObject): boolean =>
  revisionsOf(owner).length > 0 ||
  webhooksOf(owner).some((webhook) => (textAt(webhook, 'name') ?? '').endsWith('istio.io'))

/** Labels that decide about injection, alone and with each revision. */
const combinations = (
  label: string,
  values: readonly string[],
  revisions: readonly string[],
): readonly Labels[] => {
  const base: readonly Labels[] = [{}, ...values.map((value) => ({ [label]: value }))]
  return [...base, ...revisions.flatMap((revision) => base.map((one) => ({ ...one, [REVISION]: revision })))]
}

const overlaps = (webhooks: readonly Webhook[], revisions: readonly string[]): readonly Finding[] => {
  const namespaces = combinations('istio-injection', ['enabled', 'disabled'], revisions)
  const pods = combinations('sidecar.istio.io/inject', ['true', 'false'], revisions)
  return namespaces.flatMap((namespace) =>
    pods.flatMap((pod) => {
      const matching = webhooks.filter(
        ({ webhook }) =>
          webhookSelects(objectAt(webhook, 'namespaceSelector'), namespace) &&
          webhookSelects(objectAt(webhook, 'objectSelector'), pod),
      )
      if (matching.length < 2) return []
      return matching.map(({ owner, id, field }) => {
        const others = matching.map((one) => one.id).filter((other) => other !== id)
        const text = `Webhook overlaps with others: [${others.sort().join(' ')}]. This may cause injection to occur twice.`
        return finding('IST0139', owner, [text], { field })
      })
    }),
  )
}

const missingServices = (set: ObjectSet, webhooks: readonly Webhook[]): readonly Finding[] =>
  webhooks.flatMap(({ owner, webhook, field }) => {
    const service = objectAt(objectAt(webhook, 'clientConfig'), 'service')
    const namespace = textAt(service, 'namespace') ?? ''
    const name = textAt(service, 'name') ?? ''
    if (service === undefined || set.find(kinds.service, namespace, name) !== undefined) return []
    const text = `Injector refers to a control plane service that does not exist: ${namespace}/${name}.`
    return [finding('IST0139', owner, [text], { field: `${field}.clientConfig.service` })]
  })

export const webhookOverlaps: Analyzer = {
  name: 'webhook.Analyzer',
  description: 'Checks the webhooks of injection',
  codes: ['IST0139'],
  analyze: (set) => {
    const owners = set.of(kinds.mutatingWebhook).filter(isIstios)
    const webhooks = owners.flatMap((owner) =>
      webhooksOf(owner).map((webhook, index) => ({
        owner,
        id: `${owner.fullName}/${textAt(webhook, 'name') ?? ''}`,
        webhook,
        field: `webhooks[${index}]`,
      })),
    )
    const revisions = [...new Set(owners.flatMap(revisionsOf))]
    return [
      ...overlaps(webhooks, revisions),
      ...(set.knows(kinds.service) ? missingServices(set, webhooks) : []),
    ]
  },
}
