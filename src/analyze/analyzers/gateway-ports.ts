/** Gateways that select no workload, or listen on ports that no Service of the workload has. */
import { numberAt, objectAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { meansInstalledGateway } from '../installed-gateway.ts'
import { kinds } from '../kind-keys.ts'
import { selectableWorkloads } from '../mesh-membership.ts'
import type { SelectableWorkload } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { selectorField, selectorText, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'
import { suggestLabels } from '../suggestions.ts'

/** The finding about a Gateway (or its like) whose selector selects no pod. */
export const selectorNotFound = (
  subject: AnalysisObject,
  selector: Labels,
  path: string,
  workloads: readonly SelectableWorkload[],
): Finding =>
  finding('IST0101', subject, ['selector', selectorText(selector)], {
    field: selectorField(path, selector),
    ...suggestLabels(
      selector,
      workloads.map(({ labels }) => labels),
    ),
  })

/** Ports that the Services of a pod lead to, and those that they have themselves where the target is a number. */
const reachablePorts = (set: ObjectSet, pod: AnalysisObject): readonly number[] =>
  set
    .of(kinds.service)
    .filter(
      ({ namespace, spec }) =>
        namespace === pod.namespace && selects(textMapAt(spec, 'selector'), pod.labels),
    )
    .flatMap(({ spec }) =>
      objectsAt(spec, 'ports')
        .filter((port) => (textAt(port, 'protocol') ?? 'TCP') === 'TCP')
        .flatMap((port) => [numberAt(port, 'targetPort') ?? 0, numberAt(port, 'port') ?? 0]),
    )

const analyzeGateway = (set: ObjectSet, subject: AnalysisObject): readonly Finding[] => {
  const selector = textMapAt(subject.spec, 'selector')
  const pods = set.of(kinds.pod).filter(({ labels }) => selects(selector, labels))
  if (pods.length === 0) {
    if (meansInstalledGateway(set, selector)) return []
    const workloads = selectableWorkloads(set)
    const isDeployed = workloads.some(({ labels }) => selects(selector, labels))
    return isDeployed ? [] : [selectorNotFound(subject, selector, 'spec.selector', workloads)]
  }
  if (!set.knows(kinds.service)) return []
  const reachable = new Set(pods.flatMap((pod) => reachablePorts(set, pod)))
  return objectsAt(subject.spec, 'servers').flatMap((server, index) => {
    const written = objectAt(server, 'port')
    const port = numberAt(written, 'number') ?? 0
    if (written === undefined || reachable.has(port)) return []
    const field = `spec.servers[${index}].port.number`
    return [finding('IST0162', subject, [port, selectorText(selector)], { field })]
  })
}

export const gatewayPorts: Analyzer = {
  name: 'gateway.IngressGatewayPortAnalyzer',
  description: "Checks a Gateway's ports against the Services of its workload",
  codes: ['IST0101', 'IST0162'],
  analyze: (set) =>
    set.knows(kinds.pod) ? set.of(kinds.gateway).flatMap((subject) => analyzeGateway(set, subject)) : [],
}
