/** Istio's TCPRoute and TLSRoute: where connections go that carry no requests, or hide them. */
import type { ConnectionMatch, ConnectionRule } from '../model/route-table.ts'
import { atField, type Origin } from '../model/origin.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { numberAt, objectsAt, optional, textAt, textMapAt, textsAt } from './json-reader.ts'
import { fullGateway } from './object-names.ts'
import { translateWeighted, type Naming } from './route-action.ts'

/** The rules of a VirtualService's `tls`, then of its `tcp`. A rule without destinations says nothing. */
export const translateConnections = (
  spec: JsonObject,
  naming: Naming,
  origin: Origin,
): readonly ConnectionRule[] =>
  (['tls', 'tcp'] as const).flatMap((kind) =>
    objectsAt(spec, kind).flatMap((rule, index) => {
      const at = atField(origin, `spec.${kind}[${index}]`)
      const destinations = objectsAt(rule, 'route').map((entry, place) =>
        translateWeighted(entry, naming, atField(at, `${at.field}.route[${place}]`)),
      )
      const matches = objectsAt(rule, 'match').map((match) => translateMatch(match, naming.namespace))
      return destinations.length === 0 ? [] : [{ kind, matches, destinations, origin: at }]
    }),
  )

const translateMatch = (match: JsonObject, namespace: string): ConnectionMatch => ({
  serverNames: textsAt(match, 'sniHosts').map((name) => name.toLowerCase()),
  ranges: textsAt(match, 'destinationSubnets'),
  ...optional('port', numberAt(match, 'port') === 0 ? undefined : numberAt(match, 'port')),
  source: {
    labels: textMapAt(match, 'sourceLabels'),
    ...optional('namespace', textAt(match, 'sourceNamespace')),
    gateways: textsAt(match, 'gateways').map((gateway) => fullGateway(gateway, namespace)),
  },
})
