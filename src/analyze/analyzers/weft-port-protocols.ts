/** Ports of Services whose name says another protocol than the field that counts. */
import { numberAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import { protocolOfPort } from '../../mesh/translate/port-protocol.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { isHttpProtocol, isKnownProtocol, isTlsProtocol } from '../../resources/istio/protocol.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

/** What the name says; undefined where it says nothing. */
const namedProtocol = (name: string): string | undefined => {
  const lower = name.toLowerCase()
  const prefix = lower.startsWith('grpc-web') ? 'grpc-web' : (lower.split('-', 1)[0] ?? '')
  return isKnownProtocol(prefix) ? prefix : undefined
}

/** `http` leaves the version open, and `tcp` what is carried by it; gRPC is HTTP/2. */
const agrees = (named: string, meant: string): boolean => {
  if (named === meant || meant === 'auto') return true
  if (named === 'http') return isHttpProtocol(meant)
  if (named === 'http2') return meant === 'grpc'
  if (named === 'grpc') return meant === 'http2'
  if (named === 'tcp') return !isHttpProtocol(meant) && meant !== 'udp'
  return isTlsProtocol(named) && isTlsProtocol(meant)
}

const analyzePort = (subject: AnalysisObject, port: JsonObject, path: string): readonly Finding[] => {
  const name = textAt(port, 'name') ?? ''
  const named = namedProtocol(name)
  if (named === undefined) return []
  const transport = textAt(port, 'protocol') ?? 'TCP'
  const appProtocol = textAt(port, 'appProtocol')
  const say = (meant: string, by: string, text: string): readonly Finding[] => [
    finding('WFT0109', subject, [JSON.stringify(name), named, meant, by, text], { field: `${path}.${by}` }),
  ]
  if (transport === 'UDP' || named === 'udp') {
    const isQuic = transport === 'UDP' && isTlsProtocol(named)
    return (transport === 'UDP') === (named === 'udp') || isQuic ? [] : say(transport, 'protocol', transport)
  }
  if (appProtocol === undefined) return []
  const meant = protocolOfPort({ number: numberAt(port, 'port') ?? 0, name, transport, appProtocol })
  return agrees(named, meant) ? [] : say(meant, 'appProtocol', meant)
}

export const weftPortProtocols: Analyzer = {
  name: 'weft.PortProtocolAnalyzer',
  description: "Checks that the names of Services' ports agree with their protocols",
  codes: ['WFT0109'],
  analyze: (set) =>
    set
      .of(kinds.service)
      .flatMap((subject) =>
        objectsAt(subject.spec, 'ports').flatMap((port, index) =>
          analyzePort(subject, port, `spec.ports[${index}]`),
        ),
      ),
}
