/** DestinationRules for hosts that do not exist, and subsets that select no pod. */
import { objectsAt, textAt, textMapAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { arePodsRunning, podTemplateOf } from '../mesh-membership.ts'
import { isEmptySelector, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'
import { createServiceRegistry, mayBeElsewhere } from '../service-registry.ts'
import type { RegisteredService, ServiceRegistry } from '../service-registry.ts'
import { meantHost, suggest, suggestLabels } from '../suggestions.ts'

const REGION = 'topology.kubernetes.io/region'
const ZONE = 'topology.kubernetes.io/zone'
const SUBZONE = 'topology.istio.io/subzone'
const HOSTNAME = 'kubernetes.io/hostname'

/** A locality ends at its first empty part: a zone without a region is none. */
const localityLabels = (node: Labels): readonly (readonly [string, string])[] => {
  const places = [REGION, ZONE, SUBZONE].map((label): [string, string] => [label, node[label] ?? ''])
  const end = places.findIndex(([, value]) => value === '')
  return end === -1 ? places : places.slice(0, end)
}

/** A pod's labels with those that Istio adds from its node. */
const augmentedLabels = (set: ObjectSet, pod: AnalysisObject): Labels => {
  const nodeName = textAt(pod.spec, 'nodeName') ?? ''
  if (nodeName === '') return pod.labels
  const node = set.find(kinds.node, '', nodeName)?.labels ?? {}
  return { ...pod.labels, [HOSTNAME]: nodeName, ...Object.fromEntries(localityLabels(node)) }
}

const unknownHost = (subject: AnalysisObject, host: string, registry: ServiceRegistry): Finding => {
  const meant = suggest(meantHost(host, subject.namespace, registry.hosts))
  return finding('IST0174', subject, [host], { field: 'spec.host', ...meant })
}

interface Workloads {
  /** Labels of pods, and of those that Deployments will make. */
  readonly labels: readonly Labels[]
  readonly isComplete: boolean
}

/** False where the workloads of the service may simply not be among the objects, or are endpoints that it names. */
const knowsWorkloads = (
  { podSelector = {}, workloadLabels }: RegisteredService,
  { labels, isComplete }: Workloads,
): boolean => {
  const selector = { ...podSelector, ...workloadLabels }
  return isComplete || (!isEmptySelector(selector) && labels.some((pod) => selects(selector, pod)))
}

const analyzeRule = (
  set: ObjectSet,
  subject: AnalysisObject,
  registry: ServiceRegistry,
  workloads: Workloads,
): readonly Finding[] => {
  const { spec, namespace } = subject
  const host = textAt(spec, 'host') ?? ''
  const service = registry.find(namespace, textsAt(spec, 'exportTo'), host)
  if (service === undefined) {
    return mayBeElsewhere(set, registry, subject, host) ? [] : [unknownHost(subject, host, registry)]
  }
  if (!knowsWorkloads(service, workloads)) return []
  return objectsAt(spec, 'subsets').flatMap((subset, index) => {
    const selector = { ...service.workloadLabels, ...textMapAt(subset, 'labels') }
    if (workloads.labels.some((labels) => selects(selector, labels))) return []
    const field = `spec.subsets[${index}].labels`
    const own = workloads.labels.filter((labels) => selects(service.podSelector ?? {}, labels))
    const { fix } = suggestLabels(textMapAt(subset, 'labels'), own)
    const place = { field, ...(fix === undefined ? {} : { fix }) }
    return [finding('IST0173', subject, [textAt(subset, 'name') ?? ''], place)]
  })
}

export const subsetPods: Analyzer = {
  name: 'destinationrule.SubsetSelectPodAnalyzer',
  description: 'Checks that hosts of DestinationRules exist and that their subsets select pods',
  codes: ['IST0173', 'IST0174'],
  analyze: (set) => {
    if (!set.knows(kinds.service)) return []
    const registry = createServiceRegistry(set)
    const labels = [
      ...set.of(kinds.pod).map((pod) => augmentedLabels(set, pod)),
      ...set.of(kinds.deployment).map((deployment) => podTemplateOf(deployment).labels),
    ]
    const workloads = { labels, isComplete: arePodsRunning(set) }
    return set.of(kinds.destinationRule).flatMap((subject) => analyzeRule(set, subject, registry, workloads))
  },
}
