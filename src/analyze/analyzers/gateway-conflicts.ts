/** Gateways of one workload that define the same port and host. */
import {
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  textMapAt,
  textsAt,
} from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { selectorText, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'

interface Server {
  readonly gateway: AnalysisObject
  readonly selector: Labels
  readonly selectorText: string
  readonly port: number
  readonly bind: string
  readonly hosts: readonly string[]
  readonly path: string
}

const readServer = (gateway: AnalysisObject, server: JsonObject, index: number): Server => {
  const selector = textMapAt(gateway.spec, 'selector')
  return {
    gateway,
    selector,
    selectorText: selectorText(selector),
    port: numberAt(objectAt(server, 'port'), 'number') ?? 0,
    bind: textAt(server, 'bind') ?? '',
    hosts: textsAt(server, 'hosts'),
    path: `spec.servers[${index}]`,
  }
}

/** One selector, or one within the other and a pod that both select. */
const shareWorkload = (set: ObjectSet, left: Server, right: Server): boolean => {
  if (left.selectorText === right.selectorText) return true
  const isNested =
    left.selectorText.includes(right.selectorText) || right.selectorText.includes(left.selectorText)
  return (
    isNested &&
    set.of(kinds.pod).some(({ labels }) => selects(left.selector, labels) && selects(right.selector, labels))
  )
}

const sharesHost = (left: Server, right: Server): boolean =>
  left.bind === right.bind && left.hosts.some((host) => right.hosts.includes(host))

export const gatewayConflicts: Analyzer = {
  name: 'gateway.ConflictingGatewayAnalyzer',
  description: 'Checks that no two Gateways of a workload define the same port and host',
  codes: ['IST0145'],
  analyze: (set) => {
    const servers = set
      .of(kinds.gateway)
      .flatMap((gateway) =>
        objectsAt(gateway.spec, 'servers').map((server, index) => readServer(gateway, server, index)),
      )
    const byPort = groupBy(servers, ({ port }) => String(port))
    return servers.flatMap((server) => {
      const rivals = (byPort.get(String(server.port)) ?? []).filter(
        (other) =>
          other.gateway !== server.gateway && sharesHost(server, other) && shareWorkload(set, server, other),
      )
      if (rivals.length === 0) return []
      const names = [...new Set(rivals.map(({ gateway }) => gateway.fullName))].sort().join(',')
      const parameters = [names, server.selectorText, String(server.port), server.hosts.join(',')]
      return [finding('IST0145', server.gateway, parameters, { field: `${server.path}.hosts` })]
    })
  },
}
