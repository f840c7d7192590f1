/** Namespaces without injection or with contradicting labels, and pods that missed their sidecar. */
import { booleanAt, objectAt, textAt, textMapAt, wholeOf } from '../../mesh/translate/json-reader.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { INJECT, PROXY_CONTAINER, arePodsRunning, containersOf } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'

const INJECTION = 'istio-injection'
const REVISION = 'istio.io/rev'
const DATAPLANE_MODE = 'istio.io/dataplane-mode'

/** The values of an injector's ConfigMap; `{}` when they are no JSON. */
export const injectorValues = (configMap: AnalysisObject): JsonObject => {
  try {
    const values: unknown = JSON.parse(textMapAt(wholeOf(configMap.object), 'data')['values'] ?? '{}')
    return isJsonObject(values) ? values : {}
  } catch {
    return {}
  }
}

/** The name of the injector's ConfigMap of a revision. */
export const injectorName = (revision: string): string =>
  revision === '' || revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`

const injectsByDefault = (set: ObjectSet, revision: string): boolean => {
  const configMap = set.of(kinds.configMap).find(({ name }) => name === injectorName(revision))
  if (configMap === undefined) return false
  return (
    booleanAt(objectAt(injectorValues(configMap), 'sidecarInjectorWebhook'), 'enableNamespacesByDefault') ===
    true
  )
}

const multipleLabels = (subject: AnalysisObject): readonly Finding[] => {
  const injection = subject.labels[INJECTION]
  const others = [REVISION, DATAPLANE_MODE].filter(
    (label) => subject.labels[label] !== undefined && (injection === undefined || injection === 'enabled'),
  )
  const present = [...(injection === undefined ? [] : [INJECTION]), ...others]
  if (present.length < 2) return []
  const shown = present.map((label) => `${label}=${subject.labels[label] ?? ''}`)
  return [finding('IST0123', subject, [shown], { field: `metadata.labels[${present[1] ?? ''}]` })]
}

const analyzeNamespace = (set: ObjectSet, subject: AnalysisObject): readonly Finding[] => {
  if (subject.name === set.rootNamespace) return []
  const found = multipleLabels(subject)
  const isLabelled =
    (subject.labels[INJECTION] ?? '') !== '' ||
    subject.labels[REVISION] !== undefined ||
    subject.labels[DATAPLANE_MODE] === 'ambient'
  if (isLabelled) return found
  return [
    ...found,
    injectsByDefault(set, '')
      ? finding('IST0148', subject, [])
      : finding('IST0102', subject, [subject.name, subject.name], { field: 'metadata.name' }),
  ]
}

const missesProxy = (set: ObjectSet, pod: AnalysisObject): boolean => {
  const namespace = set.find(kinds.namespace, '', pod.namespace)
  const isInjected =
    namespace?.labels[INJECTION] === 'enabled' &&
    namespace.labels[DATAPLANE_MODE] !== 'ambient' &&
    namespace.name !== set.rootNamespace
  const inject = pod.labels[INJECT] ?? pod.annotations[INJECT] ?? ''
  if (!isInjected || inject.toLowerCase() === 'false' || booleanAt(pod.spec, 'hostNetwork') === true)
    return false
  return !hasProxy(pod)
}

const hasProxy = (pod: AnalysisObject): boolean =>
  containersOf(pod.spec).some(
    (container) => textAt(container, 'name') === PROXY_CONTAINER && (textAt(container, 'image') ?? '') !== '',
  )

export const injection: Analyzer = {
  name: 'injection.Analyzer',
  description: 'Checks conditions of sidecar injection',
  codes: ['IST0102', 'IST0103', 'IST0123', 'IST0148'],
  analyze: (set) => [
    ...set.of(kinds.namespace).flatMap((subject) => analyzeNamespace(set, subject)),
    ...(arePodsRunning(set) ? set.of(kinds.pod) : [])
      .filter((pod) => missesProxy(set, pod))
      .map((pod) => finding('IST0103', pod, [pod.fullName], { field: 'spec.containers' })),
  ],
}
