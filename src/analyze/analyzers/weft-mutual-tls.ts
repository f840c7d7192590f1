/** DestinationRules whose TLS mode the PeerAuthentication of the service refuses. */
import { numberAt, objectAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { fullHost, serviceOfHost } from '../host-names.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { effectiveMode, PEER_AUTHENTICATION } from '../peer-authentication.ts'
import type { EffectiveMode } from '../peer-authentication.ts'
import { policyScopes } from '../policy-scopes.ts'
import type { PolicyScope } from '../policy-scopes.ts'
import { isEmptySelector } from '../selector.ts'
import { podSources, sourcesOfService } from '../workloads.ts'
import type { PodSource } from '../workloads.ts'

/** What goes wrong between a client's mode and a server's; undefined: nothing, or nothing that is certain. */
const contradiction = (client: string, server: string): string | undefined => {
  if (server === 'STRICT' && client === 'DISABLE') return 'clients send plain text, which the servers refuse'
  if (server === 'STRICT' && client === 'SIMPLE') {
    return 'clients send no certificate, which the servers ask for'
  }
  if (server === 'DISABLE' && client === 'ISTIO_MUTUAL') {
    return 'clients send TLS, which the servers do not speak'
  }
  return undefined
}

/** The port of the pods behind a port of the service. */
const targetPort = (service: AnalysisObject | undefined, port: number): string => {
  const found = objectsAt(service?.spec, 'ports').find((one) => numberAt(one, 'port') === port)
  return String(numberAt(found, 'targetPort') ?? port)
}

/** Without a port: the mode that no port-level mode changes, else undefined. */
const modeAt = (
  { mode, ports }: EffectiveMode,
  { port }: PolicyScope,
  service: AnalysisObject | undefined,
): string | undefined => {
  if (port !== undefined) return ports[targetPort(service, port)] ?? mode
  return Object.values(ports).every((one) => one === mode) ? mode : undefined
}

/** Pods without sidecars speak plain text whatever a policy says: a mesh-wide one alone does not prove that they have any. */
const mayHaveSidecars = (
  set: ObjectSet,
  service: AnalysisObject | undefined,
  sources: readonly PodSource[],
  { scope }: EffectiveMode,
): boolean => {
  if (service !== undefined && isEmptySelector(textMapAt(service.spec, 'selector'))) return false
  const pods = sourcesOfService(sources, service)
  const isProven = pods.some(({ membership }) => membership === 'in')
  if (isProven) return true
  if (set.isComplete || (scope === 'mesh' && pods.length === 0)) return false
  return pods.every(({ membership }) => membership === 'unknown')
}

const analyzeRule = (
  set: ObjectSet,
  subject: AnalysisObject,
  sources: readonly PodSource[],
): readonly Finding[] => {
  const host = fullHost(subject.namespace, textAt(subject.spec, 'host') ?? '')
  const [namespace = ''] = serviceOfHost(subject.namespace, host).split('/')
  // Other hosts are outside the mesh, or many services at once.
  if (!host.endsWith('.svc.cluster.local') || host.startsWith('*')) return []
  const service = set.findReference(kinds.service, '', serviceOfHost(subject.namespace, host))
  if (service === undefined && set.isComplete) return []
  const labels = service === undefined ? undefined : textMapAt(service.spec, 'selector')
  const effective = effectiveMode(set, namespace, labels)
  if (effective === undefined || !mayHaveSidecars(set, service, sources, effective)) return []
  const found = policyScopes(subject).flatMap((scope) => {
    const client = textAt(objectAt(scope.policy, 'tls'), 'mode') ?? ''
    const server = modeAt(effective, scope, service)
    const effect = server === undefined ? undefined : contradiction(client, server)
    if (server === undefined || effect === undefined) return []
    const parameters = [client, scope.title, effective.policy.fullName, server, effect]
    return [finding('WFT0112', subject, parameters, { field: `${scope.path}.tls.mode` })]
  })
  // Subsets mostly repeat the host's mode.
  const ofHost = found.filter(({ field }) => field?.startsWith('spec.trafficPolicy') === true)
  return ofHost.length > 0 ? ofHost : found
}

export const weftMutualTls: Analyzer = {
  name: 'weft.MutualTlsAnalyzer',
  description: 'Checks that the TLS modes of clients and servers fit together',
  codes: ['WFT0112'],
  analyze: (set) => {
    if (set.of(PEER_AUTHENTICATION).length === 0) return []
    const sources = podSources(set)
    return set.of(kinds.destinationRule).flatMap((subject) => analyzeRule(set, subject, sources))
  },
}
