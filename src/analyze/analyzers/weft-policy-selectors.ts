/** Policies whose selector no workload has, where Istio does not look. */
import { objectAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { arePodsRunning } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isEmptySelector, selectorField, selectorText, selects } from '../selector.ts'
import { suggestLabels } from '../suggestions.ts'
import { podSources } from '../workloads.ts'
import type { PodSource } from '../workloads.ts'
import { authorizationPolicies } from './authorization-policies.ts'

const SELECTING: readonly (readonly [key: string, field: string, labels: string])[] = [
  ['security.istio.io/PeerAuthentication', 'selector', 'matchLabels'],
  [kinds.requestAuthentication, 'selector', 'matchLabels'],
  [kinds.authorizationPolicy, 'selector', 'matchLabels'],
  [kinds.envoyFilter, 'workloadSelector', 'labels'],
  [kinds.destinationRule, 'workloadSelector', 'matchLabels'],
  [kinds.proxyConfig, 'selector', 'matchLabels'],
]

/** On pods that a Gateway of the Gateway API gets; nobody writes them. */
const GENERATED = 'gateway.networking.k8s.io/gateway-name'

/** Policies of the root namespace hold everywhere. Without workloads where a policy looks nothing can be said. */
const analyzePolicy = (
  set: ObjectSet,
  subject: AnalysisObject,
  [, field, labelsField]: (typeof SELECTING)[number],
  sources: readonly PodSource[],
): readonly Finding[] => {
  const selector = textMapAt(objectAt(subject.spec, field), labelsField)
  const isMeshWide = subject.namespace === set.rootNamespace
  const near = sources.filter(({ namespace }) => isMeshWide || namespace === subject.namespace)
  if (isEmptySelector(selector) || near.some(({ labels }) => selects(selector, labels))) return []
  // Gateways and other parts of the mesh are seldom among the files of an application.
  const isKnown = isMeshWide
    ? arePodsRunning(set)
    : set.isComplete || sources.some(({ namespace }) => namespace === subject.namespace)
  if (!isKnown || GENERATED in selector) return []
  const where = isMeshWide ? 'the mesh' : `namespace ${subject.namespace}`
  return [
    finding('WFT0110', subject, [subject.kind, where, selectorText(selector)], {
      field: selectorField(`spec.${field}.${labelsField}`, selector),
      ...suggestLabels(
        selector,
        near.map(({ labels }) => labels),
      ),
    }),
  ]
}

export const weftPolicySelectors: Analyzer = {
  name: 'weft.PolicySelectorAnalyzer',
  description: 'Checks that policies select workloads',
  codes: ['WFT0110'],
  analyze: (set) => {
    const sources = podSources(set)
    const found = SELECTING.flatMap((kind) =>
      set.of(kind[0]).flatMap((subject) => analyzePolicy(set, subject, kind, sources)),
    )
    if (found.length === 0) return []
    const said = new Set(
      authorizationPolicies
        .analyze(set)
        .filter(({ code }) => code === 'IST0127')
        .map(({ subject }) => subject),
    )
    return found.filter(({ subject }) => !said.has(subject))
  },
}
