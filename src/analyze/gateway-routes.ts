/** The routes of the Gateway API: what they attach to and where they send requests. */
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'

export const GATEWAY_API = 'gateway.networking.k8s.io'

export const gatewayRouteKinds = [
  kinds.httpRoute,
  kinds.grpcRoute,
  kinds.tlsRoute,
  kinds.tcpRoute,
  kinds.udpRoute,
] as const

export const gatewayRoutes = (set: ObjectSet): readonly AnalysisObject[] =>
  gatewayRouteKinds.flatMap((kind) => set.of(kind))

export interface ObjectReference {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly port: number | undefined
  /** The path of the reference itself. */
  readonly path: string
}

export interface ParentReference extends ObjectReference {
  readonly sectionName: string | undefined
}

interface Defaults {
  readonly group: string
  readonly kind: string
  readonly namespace: string
}

export const readReference = (
  reference: JsonObject | undefined,
  path: string,
  defaults: Defaults,
): ObjectReference => ({
  group: textAt(reference, 'group') ?? defaults.group,
  kind: textAt(reference, 'kind') ?? defaults.kind,
  namespace: textAt(reference, 'namespace') ?? defaults.namespace,
  name: textAt(reference, 'name') ?? '',
  port: numberAt(reference, 'port'),
  path,
})

export const parentReferences = ({ spec, namespace }: AnalysisObject): readonly ParentReference[] =>
  objectsAt(spec, 'parentRefs').map((reference, index) => ({
    ...readReference(reference, `spec.parentRefs[${index}]`, {
      group: GATEWAY_API,
      kind: 'Gateway',
      namespace,
    }),
    sectionName: textAt(reference, 'sectionName'),
  }))

/** Of the rules, and of the filters that send copies elsewhere. */
export const backendReferences = ({ spec, namespace }: AnalysisObject): readonly ObjectReference[] => {
  const read = (reference: JsonObject | undefined, path: string): ObjectReference =>
    readReference(reference, path, { group: '', kind: 'Service', namespace })
  const mirrors = (holder: JsonObject, path: string): readonly ObjectReference[] =>
    objectsAt(holder, 'filters').flatMap((filter, index) => {
      const backend = objectAt(objectAt(filter, 'requestMirror'), 'backendRef')
      return backend === undefined
        ? []
        : [read(backend, `${path}.filters[${index}].requestMirror.backendRef`)]
    })
  return objectsAt(spec, 'rules').flatMap((rule, ruleIndex) => {
    const path = `spec.rules[${ruleIndex}]`
    return [
      ...mirrors(rule, path),
      ...objectsAt(rule, 'backendRefs').flatMap((reference, index) => [
        read(reference, `${path}.backendRefs[${index}]`),
        ...mirrors(reference, `${path}.backendRefs[${index}]`),
      ]),
    ]
  })
}

/** True when a Service that the route leads to is here: such a route comes with its application. */
export const hasBackends = (set: ObjectSet, route: AnalysisObject): boolean =>
  backendReferences(route).some(
    ({ namespace, name }) => set.find(kinds.service, namespace, name) !== undefined,
  )

/** Empty: every host. */
export const routeHostnames = ({ spec }: AnalysisObject): readonly string[] => textsAt(spec, 'hostnames')
