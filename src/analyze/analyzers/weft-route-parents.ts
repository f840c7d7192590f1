/** Routes of the Gateway API that no listener takes: the parent, the listener, the host or the permission is missing. */
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { exclusion, listenersOf, servesHostnames } from '../gateway-listeners.ts'
import type { Listener } from '../gateway-listeners.ts'
import {
  GATEWAY_API,
  gatewayRoutes,
  hasBackends,
  parentReferences,
  routeHostnames,
} from '../gateway-routes.ts'
import type { ParentReference } from '../gateway-routes.ts'
import { kinds } from '../kind-keys.ts'
import { lookUp } from '../object-lookup.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import { suggest } from '../suggestions.ts'

const HOSTED: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute'])

const isChosen = ({ sectionName, port }: ParentReference, listener: Listener): boolean =>
  (sectionName === undefined || listener.name === sectionName) &&
  (port === undefined || listener.port === port)

const withoutListener = (
  route: AnalysisObject,
  gateway: AnalysisObject,
  parent: ParentReference,
  listeners: readonly Listener[],
): Finding => {
  const names = listeners.map(({ name }) => name)
  const { sectionName, port } = parent
  const isNameWrong = sectionName !== undefined && !names.includes(sectionName)
  const wanted = [
    ...(sectionName === undefined ? [] : [`named ${sectionName}`]),
    ...(port === undefined ? [] : [`on port ${port}`]),
  ].join(' ')
  const known = listeners.map((listener) => `${listener.name} (port ${listener.port ?? '?'})`).join(', ')
  const meant = isNameWrong ? suggest(didYouMean(sectionName, names)) : {}
  return finding('WFT0202', route, [gateway.fullName, wanted], {
    field: `${parent.path}.${isNameWrong ? 'sectionName' : 'port'}`,
    fix: `the Gateway has ${known}`,
    ...meant,
  })
}

const atGateway = (
  set: ObjectSet,
  route: AnalysisObject,
  gateway: AnalysisObject,
  parent: ParentReference,
): readonly Finding[] => {
  const listeners = listenersOf(gateway)
  const chosen = listeners.filter((listener) => isChosen(parent, listener))
  if (chosen.length === 0) {
    return listeners.length === 0 ? [] : [withoutListener(route, gateway, parent, listeners)]
  }
  const reasons = chosen.map((listener) => ({ listener, reason: exclusion(set, gateway, listener, route) }))
  const admitting = reasons.filter(({ reason }) => reason === undefined).map(({ listener }) => listener)
  if (admitting.length === 0) {
    const said = reasons.map(({ listener, reason }) => `listener ${listener.name} ${reason ?? ''}`).join('; ')
    return [finding('WFT0204', route, [gateway.fullName, route.kind, said], { field: parent.path })]
  }
  const hostnames = routeHostnames(route)
  if (!HOSTED.has(route.kind) || admitting.some((one) => servesHostnames(one, hostnames))) return []
  const served = admitting.map(({ name, hostname }) => `${hostname ?? '*'} (listener ${name})`).join(', ')
  return [
    finding('WFT0203', route, [hostnames.join(', '), gateway.fullName, served], { field: 'spec.hostnames' }),
  ]
}

const analyzeParent = (
  set: ObjectSet,
  route: AnalysisObject,
  parent: ParentReference,
): readonly Finding[] => {
  const { group, kind, namespace, name, path } = parent
  const isGateway = group === GATEWAY_API && kind === 'Gateway'
  if (!isGateway && !(group === '' && kind === 'Service')) return []
  const key = isGateway ? kinds.kubernetesGateway : kinds.service
  // With its application its Gateway may be here too.
  const found = lookUp(set, { key, namespace, name }, hasBackends(set, route))
  switch (found.state) {
    case 'unknown':
      return []
    case 'found':
      return isGateway ? atGateway(set, route, found.object, parent) : []
    case 'missing':
      return [
        finding('WFT0201', route, [kind, `${namespace}/${name}`], {
          field: `${path}.name`,
          ...(isGateway && set.find(kinds.service, namespace, name) !== undefined
            ? {
                fix: 'there is a Service of this name: for a route of the mesh write group: "" and kind: Service',
              }
            : found.suggestion),
        }),
      ]
  }
}

export const weftRouteParents: Analyzer = {
  name: 'weft.RouteParentAnalyzer',
  description: 'Checks that routes of the Gateway API are taken by a listener of their parents',
  codes: ['WFT0201', 'WFT0202', 'WFT0203', 'WFT0204'],
  analyze: (set) =>
    gatewayRoutes(set).flatMap((route) =>
      parentReferences(route).flatMap((parent) => analyzeParent(set, route, parent)),
    ),
}
