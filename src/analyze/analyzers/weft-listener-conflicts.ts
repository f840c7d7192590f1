/** Listeners of one Gateway of the Gateway API that cannot share their port. */
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { listenersOf } from '../gateway-listeners.ts'
import type { Listener } from '../gateway-listeners.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

/** Protocols of one family share a port, told apart by their hosts; UDP has ports of its own. */
const FAMILIES: Readonly<Record<string, string>> = {
  HTTP: 'HTTP',
  HTTPS: 'TLS',
  TLS: 'TLS',
  TCP: 'TCP',
}

/** That two listeners of one host and protocol conflict is the API server's word already. */
const conflicts = (left: Listener, right: Listener): boolean => {
  const [one, other] = [FAMILIES[left.protocol], FAMILIES[right.protocol]]
  if (left.port === undefined || left.port !== right.port || one === undefined || other === undefined) {
    return false
  }
  return one !== other || (left.protocol !== right.protocol && left.hostname === right.hostname)
}

const analyzeGateway = (gateway: AnalysisObject): readonly Finding[] => {
  const listeners = listenersOf(gateway)
  return listeners.flatMap((listener, index) => {
    const rival = listeners.slice(0, index).find((earlier) => conflicts(earlier, listener))
    if (rival === undefined) return []
    const parameters = [listener.name, listener.protocol, rival.name, rival.protocol, listener.port ?? 0]
    return [finding('WFT0210', gateway, parameters, { field: `${listener.path}.protocol` })]
  })
}

export const weftListenerConflicts: Analyzer = {
  name: 'weft.ListenerConflictAnalyzer',
  description: 'Checks that the listeners of a Gateway can share their ports',
  codes: ['WFT0210'],
  analyze: (set) => set.of(kinds.kubernetesGateway).flatMap(analyzeGateway),
}
