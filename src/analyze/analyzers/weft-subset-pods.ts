/** Subsets whose labels only pods of other services have: Istio looks at the pods of the whole mesh. */
import { objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { serviceOfHost } from '../host-names.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { selectorField, selectorText, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'
import { suggestLabels } from '../suggestions.ts'
import { podSources, sourcesOfService } from '../workloads.ts'
import type { PodSource } from '../workloads.ts'
import { subsetPods } from './subset-pods.ts'

/** Labels that Istio adds to endpoints from their nodes. */
const isFromNode = (label: string): boolean =>
  label.startsWith('topology.') || label === 'kubernetes.io/hostname' || label.startsWith('istio.io/')

/** What the pods of the service have for the labels of the subset. */
const found = (pods: readonly PodSource[], wanted: Labels): string => {
  const values = Object.keys(wanted)
    .sort()
    .flatMap((key) =>
      pods.flatMap(({ labels }) => (labels[key] === undefined ? [] : [`${key}=${labels[key]}`])),
    )
  return values.length === 0 ? 'no pod with such a label' : `pods with ${[...new Set(values)].join(', ')}`
}

const analyzeRule = (
  set: ObjectSet,
  subject: AnalysisObject,
  sources: readonly PodSource[],
): readonly Finding[] => {
  const host = textAt(subject.spec, 'host') ?? ''
  const service = set.findReference(kinds.service, '', serviceOfHost(subject.namespace, host))
  const pods = sourcesOfService(sources, service)
  if (service === undefined || pods.length === 0) return []
  return objectsAt(subject.spec, 'subsets').flatMap((subset, index) => {
    const wanted = textMapAt(subset, 'labels')
    if (Object.keys(wanted).some(isFromNode) || pods.some(({ labels }) => selects(wanted, labels))) return []
    const parameters = [
      textAt(subset, 'name') ?? '',
      selectorText(wanted),
      `${service.namespace}/${service.name}`,
      found(pods, wanted),
    ]
    const field = selectorField(`spec.subsets[${index}].labels`, wanted)
    const meant = suggestLabels(
      wanted,
      pods.map(({ labels }) => labels),
    )
    return [finding('WFT0108', subject, parameters, { field, ...meant })]
  })
}

export const weftSubsetPods: Analyzer = {
  name: 'weft.SubsetPodAnalyzer',
  description: 'Checks that subsets match pods of their own service',
  codes: ['WFT0108'],
  analyze: (set) => {
    const sources = podSources(set)
    const found = set.of(kinds.destinationRule).flatMap((subject) => analyzeRule(set, subject, sources))
    if (found.length === 0) return []
    const said = subsetPods.analyze(set).filter(({ code }) => code === 'IST0173')
    return found.filter(
      ({ subject, field = '' }) =>
        !said.some((one) => one.subject === subject && field.startsWith(one.field ?? ' ')),
    )
  },
}
