/** Certificates that Gateways name: whether the Secret is there and holds a usable certificate. */
import { objectAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { meansInstalledGateway } from '../installed-gateway.ts'
import { kinds } from '../kind-keys.ts'
import { selectableWorkloads } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { secretProblem } from '../secret-problem.ts'
import { selects } from '../selector.ts'
import { selectorNotFound } from './gateway-ports.ts'

const analyzeGateway = (set: ObjectSet, subject: AnalysisObject): readonly Finding[] => {
  const selector = textMapAt(subject.spec, 'selector')
  const workloads = selectableWorkloads(set)
  const pod = workloads.find(({ labels }) => selects(selector, labels))
  const namespace = pod?.namespace ?? (meansInstalledGateway(set, selector) ? set.rootNamespace : undefined)
  if (namespace === undefined) {
    return set.knows(kinds.pod) ? [selectorNotFound(subject, selector, 'spec.selector', workloads)] : []
  }
  if (!set.knows(kinds.secret)) return []
  return objectsAt(subject.spec, 'servers').flatMap((server, index) => {
    const name = textAt(objectAt(server, 'tls'), 'credentialName') ?? ''
    if (name === '') return []
    const field = `spec.servers[${index}].tls.credentialName`
    const secret = set.findReference(kinds.secret, namespace, name)
    if (secret === undefined) {
      // The Secrets of the installed gateway may be where it is: not among these files.
      const isTold = (one: AnalysisObject): boolean => one.namespace === namespace || one.name === name
      if (pod === undefined && !set.of(kinds.secret).some(isTold)) return []
      const fix = `the Secret must be in the namespace of the gateway's pods, ${namespace}`
      return [finding('IST0101', subject, ['credentialName', name], { field, fix })]
    }
    const problem = secretProblem(secret, set.now)
    return problem === undefined
      ? []
      : [finding('IST0161', subject, [subject.name, namespace], { field, fix: problem })]
  })
}

export const gatewaySecrets: Analyzer = {
  name: 'gateway.SecretAnalyzer',
  description: 'Checks the Secrets that Gateways name',
  codes: ['IST0101', 'IST0161'],
  analyze: (set) => set.of(kinds.gateway).flatMap((subject) => analyzeGateway(set, subject)),
}
