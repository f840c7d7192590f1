/** App Mesh's schemas by kind. */
import type { Schema } from '../schema.ts'
import { gatewayRouteSchema, virtualGatewaySchema } from './gateway-schemas.ts'
import { backendGroupSchema, meshSchema, virtualServiceSchema } from './service-schemas.ts'
import { virtualNodeSchema } from './virtual-node-schema.ts'
import { virtualRouterSchema } from './virtual-router-schema.ts'

export const appMeshSchemas: Readonly<Record<string, Schema>> = {
  BackendGroup: backendGroupSchema,
  GatewayRoute: gatewayRouteSchema,
  Mesh: meshSchema,
  VirtualGateway: virtualGatewaySchema,
  VirtualNode: virtualNodeSchema,
  VirtualRouter: virtualRouterSchema,
  VirtualService: virtualServiceSchema,
}
