/** The listeners of a Gateway of the Gateway API, and which routes they admit. */
import { numberAt, objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { GATEWAY_API } from './gateway-routes.ts'
import { hostsMatch } from './host-names.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { webhookSelects } from './webhooks.ts'

export interface Listener {
  readonly name: string
  readonly port: number | undefined
  readonly protocol: string
  /** Undefined: every host. */
  readonly hostname: string | undefined
  readonly spec: JsonObject
  readonly path: string
}

export const listenersOf = (gateway: AnalysisObject): readonly Listener[] =>
  objectsAt(gateway.spec, 'listeners').map((spec, index) => {
    const hostname = textAt(spec, 'hostname') ?? ''
    return {
      name: textAt(spec, 'name') ?? '',
      port: numberAt(spec, 'port'),
      protocol: textAt(spec, 'protocol') ?? '',
      hostname: hostname === '' ? undefined : hostname,
      spec,
      path: `spec.listeners[${index}]`,
    }
  })

/** What a protocol takes where `allowedRoutes.kinds` says nothing; undefined for protocols of implementations. */
const KINDS_OF_PROTOCOL: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
}

/** The reason why a route is kept out; undefined when it is let in, or nothing says. */
export const exclusion = (
  set: ObjectSet,
  gateway: AnalysisObject,
  { spec, protocol }: Listener,
  route: AnalysisObject,
): string | undefined => {
  const allowed = objectAt(spec, 'allowedRoutes')
  const written = objectsAt(allowed, 'kinds')
    .filter((kind) => (textAt(kind, 'group') ?? GATEWAY_API) === GATEWAY_API)
    .map((kind) => textAt(kind, 'kind') ?? '')
  const taken = objectsAt(allowed, 'kinds').length > 0 ? written : KINDS_OF_PROTOCOL[protocol]
  if (taken?.includes(route.kind) === false) return `takes ${taken.join(' and ') || 'other kinds'} alone`
  return namespaceExclusion(set, gateway, objectAt(allowed, 'namespaces'), route)
}

const namespaceExclusion = (
  set: ObjectSet,
  gateway: AnalysisObject,
  allowed: JsonObject | undefined,
  route: AnalysisObject,
): string | undefined => {
  switch (textAt(allowed, 'from') ?? 'Same') {
    case 'Same':
      return route.namespace === gateway.namespace
        ? undefined
        : `takes routes of its own namespace ${gateway.namespace} alone`
    case 'None':
      return 'takes no routes'
    case 'Selector': {
      const labels = set.find(kinds.namespace, '', route.namespace)?.labels
      if (labels === undefined) return undefined
      // The API server puts this label on every namespace.
      const whole = { 'kubernetes.io/metadata.name': route.namespace, ...labels }
      return webhookSelects(objectAt(allowed, 'selector'), whole)
        ? undefined
        : `takes routes of namespaces with certain labels, which ${route.namespace} has not`
    }
    default:
      return undefined
  }
}

/** True when a request can be meant for both; a name of one covers a wildcard of the other. */
export const servesHostnames = ({ hostname }: Listener, hostnames: readonly string[]): boolean =>
  hostname === undefined || hostnames.length === 0 || hostnames.some((one) => hostsMatch(hostname, one))
