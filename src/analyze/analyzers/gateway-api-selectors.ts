/** Policies that select the workload of a Gateway API Gateway by labels, which has no effect. */
import { objectAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { selectorField, selects } from '../selector.ts'

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name'

export const gatewayApiSelectors: Analyzer = {
  name: 'k8sgateway.SelectorAnalyzer',
  description: 'Checks that policies for Gateway API Gateways use targetRefs',
  codes: ['IST0166'],
  analyze: (set) => {
    const pods = set.of(kinds.pod).filter(({ labels }) => labels[GATEWAY_NAME] !== undefined)
    const policies = [
      kinds.authorizationPolicy,
      kinds.requestAuthentication,
      kinds.telemetry,
      kinds.wasmPlugin,
    ].flatMap((kind) => set.of(kind))
    return policies.flatMap((subject) => {
      const selector = objectAt(subject.spec, 'selector')
      if (selector === undefined || objectAt(subject.spec, 'targetRef') !== undefined) return []
      const labels = textMapAt(selector, 'matchLabels')
      const field = selectorField('spec.selector.matchLabels', labels)
      return pods
        .filter((pod) => pod.namespace === subject.namespace && selects(labels, pod.labels))
        .map((pod) => {
          const gateway = pod.labels[GATEWAY_NAME] ?? ''
          const fix = `targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: ${gateway}}]`
          return finding('IST0166', subject, [gateway], { field, fix })
        })
    })
  },
}
