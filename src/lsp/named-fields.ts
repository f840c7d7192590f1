/** Fields that hold the name of another object, of which kind. */
import { appMeshKey } from '../analyze/app-mesh-references.ts'
import { gatewayRouteKinds } from '../analyze/gateway-routes.ts'
import { kinds } from '../analyze/kind-keys.ts'

export interface NamedField {
  /** The kind that has the field. */
  readonly owner: string
  /** The path of the field without indexes. */
  readonly path: RegExp
  /** The kind that is named. */
  readonly target: string
}

/** Owners and the references that they have, by the kind that these name. */
const APP_MESH: readonly (readonly [owner: string, target: string])[] = [
  ['VirtualService', 'VirtualNode'],
  ['VirtualService', 'VirtualRouter'],
  ['VirtualRouter', 'VirtualNode'],
  ['VirtualNode', 'VirtualService'],
  ['GatewayRoute', 'VirtualService'],
]

export const NAMED_FIELDS: readonly NamedField[] = [
  ...gatewayRouteKinds.flatMap((owner) => [
    { owner, path: /backendRefs?\.name$/, target: kinds.service },
    { owner, path: /parentRefs\.name$/, target: kinds.kubernetesGateway },
  ]),
  { owner: kinds.kubernetesGateway, path: /certificateRefs\.name$/, target: kinds.secret },
  { owner: kinds.kubernetesGateway, path: /^spec\.gatewayClassName$/, target: kinds.gatewayClass },
  ...APP_MESH.map(([owner, target]) => ({
    owner: appMeshKey(owner),
    path: new RegExp(`virtual${target.slice('Virtual'.length)}Ref\\.name$`),
    target: appMeshKey(target),
  })),
]
