/** Workloads that leave the proxy's image to injection, but are not injected. */
import { objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { PROXY_CONTAINER, podTemplateOf } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { webhookSelects, webhooksOf } from '../webhooks.ts'

const autoImageField = (path: string, containers: readonly JsonObject[]): string | undefined => {
  const index = containers.findIndex(
    (container) => textAt(container, 'name') === PROXY_CONTAINER && textAt(container, 'image') === 'auto',
  )
  return index === -1 ? undefined : `${path}.containers[${index}].image`
}

const isInjected = (set: ObjectSet, deployment: AnalysisObject): boolean => {
  const namespace = set.find(kinds.namespace, '', deployment.namespace || 'default')?.labels ?? {}
  const { labels } = podTemplateOf(deployment)
  return set
    .of(kinds.mutatingWebhook)
    .flatMap(webhooksOf)
    .some(
      (webhook) =>
        (textAt(webhook, 'name') ?? '').endsWith('istio.io') &&
        webhookSelects(objectAt(webhook, 'namespaceSelector'), namespace) &&
        webhookSelects(objectAt(webhook, 'objectSelector'), labels),
    )
}

export const imageAuto: Analyzer = {
  name: 'injection.ImageAutoAnalyzer',
  description: 'Checks that pods whose proxy image is `auto` will be injected',
  codes: ['IST0146', 'IST0147'],
  analyze: (set) => [
    ...set.of(kinds.pod).flatMap((pod) => {
      const field = autoImageField('spec', objectsAt(pod.spec, 'containers'))
      return field === undefined ? [] : [finding('IST0147', pod, ['Pod', pod.name], { field })]
    }),
    // Without any webhook nothing is known about injection: Weft's own cluster injects in its API server.
    ...(set.of(kinds.mutatingWebhook).length > 0 ? set.of(kinds.deployment) : []).flatMap((deployment) => {
      const field = autoImageField('spec.template.spec', podTemplateOf(deployment).containers)
      if (field === undefined || isInjected(set, deployment)) return []
      return [finding('IST0146', deployment, ['Deployment', deployment.name], { field })]
    }),
  ],
}
