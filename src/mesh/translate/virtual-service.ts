/** Istio VirtualServices to route tables of the model: `spec.http[i].route[j].weight` becomes a destination's weight here. */
import { atField, type Origin } from '../model/origin.ts'
import { MESH_GATEWAY, type RouteRule, type RouteTable } from '../model/route-table.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { translateConnections } from './connection-rule.ts'
import { translateCors, translateFault } from './fault.ts'
import { objectAt, objectsAt, optional, specOf, textAt, textsAt } from './json-reader.ts'
import { DEFAULT_DOMAIN, exportToOf, fullGateway, fullHost, originOf } from './object-names.ts'
import { translateRequestMatch } from './request-match.ts'
import { translateHeaderEdits, translateRouteAction, type Naming } from './route-action.ts'

/** One VirtualService (networking.istio.io). */
export const translateVirtualService = (object: KubeObject, domain: string = DEFAULT_DOMAIN): RouteTable => {
  const spec = specOf(object)
  const namespace = object.metadata.namespace ?? ''
  const origin = originOf(object)
  const gateways = textsAt(spec, 'gateways')
  const connections = translateConnections(spec, { namespace, domain }, origin)
  return {
    name: object.metadata.name,
    namespace,
    hosts: textsAt(spec, 'hosts').map((host) => fullHost(host, namespace, domain)),
    gateways: (gateways.length === 0 ? [MESH_GATEWAY] : gateways).map((gateway) =>
      fullGateway(gateway, namespace),
    ),
    exportTo: exportToOf(textsAt(spec, 'exportTo')),
    rules: objectsAt(spec, 'http').map((route, index) =>
      translateRule(route, { namespace, domain }, atField(origin, `spec.http[${index}]`)),
    ),
    ...optional('connections', connections.length === 0 ? undefined : connections),
    createdAt: object.metadata.creationTimestamp ?? '',
    origin,
  }
}

const translateRule = (route: JsonObject, naming: Naming, origin: Origin): RouteRule => ({
  ...optional('name', textAt(route, 'name')),
  matches: objectsAt(route, 'match').map((match, index) =>
    translateRequestMatch(match, naming.namespace, atField(origin, `${origin.field}.match[${index}]`)),
  ),
  action: translateRouteAction(route, naming, origin),
  ...optional('headers', translateHeaderEdits(objectAt(route, 'headers'))),
  ...optional('fault', translateFault(objectAt(route, 'fault'))),
  ...optional('cors', translateCors(objectAt(route, 'corsPolicy'))),
  origin,
})
