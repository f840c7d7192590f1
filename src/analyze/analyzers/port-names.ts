/** Ports of Services whose names do not say a protocol. */
import { numberAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { isKnownProtocol } from '../../resources/istio/protocol.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { isControlPlane } from '../mesh-membership.ts'
import type { AnalysisObject } from '../object-set.ts'

/** SMTP, DNS, MySQL and MongoDB: never sniffed, TCP without being told. */
const PLAIN_TCP_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27_017])
const STANDARD_APP_PROTOCOLS: ReadonlySet<string> = new Set([
  'kubernetes.io/h2c',
  'kubernetes.io/ws',
  'kubernetes.io/wss',
])
const MANAGED: ReadonlySet<string> = new Set([
  'istio.io-gateway-controller',
  'istio.io-mesh-controller',
  'istio.io-eastwest-controller',
])

/** The part before the first hyphen; `grpc-web` keeps its own. */
const saysProtocol = (port: JsonObject): boolean => {
  const number = numberAt(port, 'port') ?? 0
  const appProtocol = textAt(port, 'appProtocol')
  const name = appProtocol ?? textAt(port, 'name') ?? ''
  if (textAt(port, 'protocol') === 'UDP' || STANDARD_APP_PROTOCOLS.has(appProtocol ?? '')) return true
  if (name.toLowerCase().startsWith('grpc-web')) return true
  return isKnownProtocol(name.split('-')[0]) || PLAIN_TCP_PORTS.has(number)
}

const analyzeService = (subject: AnalysisObject): readonly Finding[] => {
  if (isControlPlane(subject) || MANAGED.has(subject.labels['gateway.istio.io/managed'] ?? '')) return []
  const isExternal = textAt(subject.spec, 'type') === 'ExternalName'
  return objectsAt(subject.spec, 'ports').flatMap((port, index) => {
    const name = textAt(port, 'name') ?? ''
    if (saysProtocol(port) && !(isExternal && name === 'tcp')) return []
    const field = `spec.ports[${index}].port`
    if (isExternal) return [finding('IST0150', subject, [], { field })]
    const target = String(numberAt(port, 'targetPort') ?? textAt(port, 'targetPort') ?? 0)
    return [finding('IST0118', subject, [name, numberAt(port, 'port') ?? 0, target], { field })]
  })
}

export const portNames: Analyzer = {
  name: 'service.PortNameAnalyzer',
  description: "Checks the names of Services' ports",
  codes: ['IST0118', 'IST0150'],
  analyze: (set) => set.of(kinds.service).flatMap(analyzeService),
}
