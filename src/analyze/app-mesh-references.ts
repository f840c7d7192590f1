/** Which objects of App Mesh name which others. */
import { numberAt, objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { AnalysisObject } from './object-set.ts'

const GROUP = 'appmesh.k8s.aws'

export const appMeshKey = (kind: string): string => `${GROUP}/${kind}`

export interface AppMeshReference {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** A path such as `spec.provider.virtualNode.virtualNodeRef`. */
  readonly path: string
}

const PROTOCOLS = ['grpcRoute', 'http2Route', 'httpRoute', 'tcpRoute'] as const

interface Part {
  readonly value: JsonObject | undefined
  readonly path: string
}

const within = ({ value, path }: Part, ...fields: readonly string[]): Part => ({
  value: fields.reduce<JsonObject | undefined>((inner, field) => objectAt(inner, field), value),
  path: [path, ...fields].join('.'),
})

const each = ({ value, path }: Part, field: string): readonly Part[] =>
  objectsAt(value, field).map((item, index) => ({ value: item, path: `${path}.${field}[${index}]` }))

const reference = (owner: AnalysisObject, kind: string, part: Part): readonly AppMeshReference[] => {
  const name = textAt(part.value, 'name') ?? ''
  if (name === '') return []
  const namespace = textAt(part.value, 'namespace') ?? owner.namespace
  return [{ kind, namespace, name, path: part.path }]
}

export interface WeightedTarget {
  readonly weight: number
  readonly port: number | undefined
  readonly reference: AppMeshReference | undefined
  readonly path: string
}

export interface AppMeshRoute {
  readonly name: string
  readonly targets: readonly WeightedTarget[]
  /** The path of the list of targets. */
  readonly path: string
}

const specOf = ({ spec }: AnalysisObject): Part => ({ value: spec, path: 'spec' })

/** The routes of a VirtualRouter, one entry for each protocol that one has. */
export const appMeshRoutes = (router: AnalysisObject): readonly AppMeshRoute[] =>
  each(specOf(router), 'routes').flatMap((route) =>
    PROTOCOLS.flatMap((protocol) => {
      const action = within(route, protocol, 'action')
      if (action.value === undefined) return []
      const targets = each(action, 'weightedTargets').map((target) => ({
        weight: numberAt(target.value, 'weight') ?? 0,
        port: numberAt(target.value, 'port'),
        reference: reference(router, 'VirtualNode', within(target, 'virtualNodeRef'))[0],
        path: target.path,
      }))
      return [{ name: textAt(route.value, 'name') ?? '', targets, path: `${action.path}.weightedTargets` }]
    }),
  )

/** Every reference by name; ARNs name objects that no cluster has. */
export const appMeshReferences = (owner: AnalysisObject): readonly AppMeshReference[] => {
  const spec = specOf(owner)
  switch (owner.kind) {
    case 'VirtualService':
      return [
        ...reference(owner, 'VirtualNode', within(spec, 'provider', 'virtualNode', 'virtualNodeRef')),
        ...reference(owner, 'VirtualRouter', within(spec, 'provider', 'virtualRouter', 'virtualRouterRef')),
      ]
    case 'VirtualRouter':
      return appMeshRoutes(owner).flatMap(({ targets }) =>
        targets.flatMap((target) => (target.reference === undefined ? [] : [target.reference])),
      )
    case 'VirtualNode':
      return [
        ...each(spec, 'backends').flatMap((backend) =>
          reference(owner, 'VirtualService', within(backend, 'virtualService', 'virtualServiceRef')),
        ),
        ...each(spec, 'backendGroups').flatMap((group) => reference(owner, 'BackendGroup', group)),
      ]
    case 'BackendGroup':
      return each(spec, 'virtualservices').flatMap((service) => reference(owner, 'VirtualService', service))
    case 'GatewayRoute':
      return PROTOCOLS.flatMap((protocol) =>
        reference(
          owner,
          'VirtualService',
          within(spec, protocol, 'action', 'target', 'virtualService', 'virtualServiceRef'),
        ),
      )
    default:
      return []
  }
}
