/** AuthorizationPolicies that select nothing, or name namespaces that do not exist. */
import { objectAt, objectsAt, textMapAt, textsAt } from '../../mesh/translate/json-reader.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import { isAmbientPod } from '../ambient.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { isDeploymentInMesh, isPodInMesh, podTemplateOf } from '../mesh-membership.ts'
import type { SelectableWorkload } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { selectorField, selectorText, selects } from '../selector.ts'
import { suggest, suggestLabels } from '../suggestions.ts'

const workloads = (set: ObjectSet): readonly SelectableWorkload[] => [
  ...set.of(kinds.pod).filter((pod) => isPodInMesh(set, pod) || isAmbientPod(pod)),
  ...set
    .of(kinds.deployment)
    .filter((deployment) => isDeploymentInMesh(set, deployment))
    .map((deployment) => ({ namespace: deployment.namespace, labels: podTemplateOf(deployment).labels })),
]

const selectsNothing = (
  set: ObjectSet,
  subject: AnalysisObject,
  pods: readonly SelectableWorkload[],
): readonly Finding[] => {
  const selector = objectAt(subject.spec, 'selector')
  const isMeshWide = subject.namespace === set.rootNamespace
  if (selector === undefined && isMeshWide) return []
  const labels = textMapAt(selector, 'matchLabels')
  const isSelected = pods.some(
    (pod) => (isMeshWide || pod.namespace === subject.namespace) && selects(labels, pod.labels),
  )
  if (isSelected) return []
  const field =
    selector === undefined ? 'metadata.namespace' : selectorField('spec.selector.matchLabels', labels)
  const near = pods.filter((pod) => isMeshWide || pod.namespace === subject.namespace)
  const meant = suggestLabels(
    labels,
    near.map((pod) => pod.labels),
  )
  return [finding('IST0127', subject, [selectorText(labels)], { field, ...meant })]
}

/** `*`, `*suffix`, `prefix*` or a name. */
const namespaceMatches = (name: string, pattern: string): boolean => {
  if (pattern === '*') return true
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1))
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1))
  return name.toLowerCase() === pattern.toLowerCase()
}

const unknownNamespaces = (subject: AnalysisObject, known: readonly string[]): readonly Finding[] =>
  objectsAt(subject.spec, 'rules').flatMap((rule, ruleIndex) =>
    objectsAt(rule, 'from').flatMap((from, fromIndex) =>
      ['namespaces', 'notNamespaces'].flatMap((list) =>
        textsAt(objectAt(from, 'source'), list).flatMap((pattern, index) => {
          if (known.some((name) => namespaceMatches(name, pattern))) return []
          const meant = suggest(didYouMean(pattern, known))
          return [
            finding('IST0101', subject, ['namespace', pattern], {
              field: `spec.rules[${ruleIndex}].from[${fromIndex}].source.${list}[${index}]`,
              ...meant,
            }),
          ]
        }),
      ),
    ),
  )

export const authorizationPolicies: Analyzer = {
  name: 'auth.AuthorizationPoliciesAnalyzer',
  description: 'Checks what AuthorizationPolicies select and name',
  codes: ['IST0101', 'IST0127'],
  analyze: (set) => {
    const pods = workloads(set)
    const namespaces = set.of(kinds.namespace).map(({ name }) => name)
    return set
      .of(kinds.authorizationPolicy)
      .flatMap((subject) => [
        ...(set.knows(kinds.pod) ? selectsNothing(set, subject, pods) : []),
        ...(set.knows(kinds.namespace) ? unknownNamespaces(subject, namespaces) : []),
      ])
  },
}
