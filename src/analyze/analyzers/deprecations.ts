/** Fields and kinds that were replaced. */
import { numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'

const REMOVED_GROUP = 'rbac.istio.io'
const REMOVED_KINDS: ReadonlySet<string> = new Set([
  'ClusterRbacConfig',
  'RbacConfig',
  'ServiceRole',
  'ServiceRoleBinding',
])

export const deprecations: Analyzer = {
  name: 'deprecation.DeprecationAnalyzer',
  description: 'Checks for deprecated kinds and fields',
  codes: ['IST0002'],
  analyze: (set) => [
    ...set.of(kinds.virtualService).flatMap((subject) =>
      objectsAt(subject.spec, 'http').flatMap((rule, index) => {
        if ((numberAt(objectAt(objectAt(rule, 'fault'), 'delay'), 'percent') ?? 0) <= 0) return []
        const text = 'HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage'
        return [finding('IST0002', subject, [text], { field: `spec.http[${index}].fault.delay.percent` })]
      }),
    ),
    ...set.of(kinds.sidecar).flatMap((subject) => {
      if (objectAt(objectAt(subject.spec, 'outboundTrafficPolicy'), 'egressProxy') === undefined) return []
      const field = 'spec.outboundTrafficPolicy.egressProxy'
      return [finding('IST0002', subject, ['OutboundTrafficPolicy.EgressProxy ignored'], { field })]
    }),
    ...set.of(kinds.customResourceDefinition).flatMap((subject) => {
      const group = textAt(subject.spec, 'group') ?? ''
      const kind = textAt(objectAt(subject.spec, 'names'), 'kind') ?? ''
      if (group !== REMOVED_GROUP || !REMOVED_KINDS.has(kind)) return []
      return [finding('IST0002', subject, [`Custom resource type ${group} ${kind} is removed`])]
    }),
  ],
}
