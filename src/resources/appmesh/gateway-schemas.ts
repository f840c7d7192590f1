/** The schemas of VirtualGateway and GatewayRoute: how traffic enters the mesh. */
import type { Schema } from '../schema.ts'
import { described, integer, list, object, oneOf, text } from './schema-builder.ts'
import {
  awsName,
  clientPolicy,
  connectionPool,
  healthCheck,
  kindSchema,
  labelSelector,
  listenerTls,
  logging,
  meshRef,
  method,
  namedMatches,
  pathMatch,
  portMapping,
  PROTOCOLS,
  queryMatches,
  reference,
} from './schema-parts.ts'

export const virtualGatewaySchema: Schema = kindSchema(
  'VirtualGateway stands for the pods through which traffic enters the mesh.',
  object({
    awsName,
    backendDefaults: object({ clientPolicy }),
    gatewayRouteSelector: described('The GatewayRoutes that apply, by their labels.', labelSelector),
    listeners: list(
      object({
        connectionPool: connectionPool(false),
        healthCheck: healthCheck(PROTOCOLS, false),
        'portMapping!': portMapping(...PROTOCOLS),
        tls: listenerTls(true),
      }),
      { minItems: 0 },
    ),
    logging,
    meshRef,
    namespaceSelector: described('The namespaces whose GatewayRoutes apply.', labelSelector),
    podSelector: labelSelector,
  }),
  { virtualGatewayARN: text() },
)

const target: Schema = object({
  port: integer(0),
  'virtualService!': object({ virtualServiceARN: text(), virtualServiceRef: reference }),
})

const hostnameRewrite = object({ defaultTargetHostname: oneOf('ENABLED', 'DISABLED') })
const hostname = object({ exact: text(1, 253), suffix: text(1, 253) })

const httpRoute: Schema = object({
  'action!': object({
    rewrite: object({
      hostname: hostnameRewrite,
      path: object({ exact: text(1, 255) }),
      prefix: object({ defaultPrefix: oneOf('ENABLED', 'DISABLED'), value: text(1, 255) }),
    }),
    'target!': target,
  }),
  'match!': object({
    headers: namedMatches,
    hostname,
    method,
    path: pathMatch,
    port: integer(0),
    prefix: text(),
    queryParameters: queryMatches,
  }),
})

export const gatewayRouteSchema: Schema = kindSchema(
  'GatewayRoute routes traffic of a VirtualGateway to a VirtualService.',
  object({
    awsName,
    grpcRoute: object({
      'action!': object({ rewrite: object({ hostname: hostnameRewrite }), 'target!': target }),
      'match!': object({ hostname, metadata: namedMatches, port: integer(0), serviceName: text() }),
    }),
    http2Route: httpRoute,
    httpRoute,
    meshRef,
    priority: described('0 is tried first; routes without a priority are tried last.', integer(0, 1000)),
    virtualGatewayRef: object({ 'name!': text(), namespace: text(), 'uid!': text() }),
  }),
  { gatewayRouteARN: text() },
)
