/** The schema of VirtualRouter: routes of a VirtualService to weighted VirtualNodes. */
import type { Schema } from '../schema.ts'
import { described, integer, list, object, oneOf, text, textMap } from './schema-builder.ts'
import {
  awsName,
  duration,
  kindSchema,
  meshRef,
  method,
  namedMatches,
  pathMatch,
  portMapping,
  PROTOCOLS,
  queryMatches,
  reference,
} from './schema-parts.ts'

const action: Schema = object({
  'weightedTargets!': list(
    object({
      port: integer(0),
      virtualNodeARN: text(),
      virtualNodeRef: reference,
      'weight!': integer(0, 100),
    }),
    { minItems: 1, maxItems: 10 },
  ),
})

const httpRetryEvents = list(oneOf('server-error', 'gateway-error', 'client-error', 'stream-error'), {
  minItems: 1,
  maxItems: 25,
})

const retries = {
  httpRetryEvents,
  'maxRetries!': integer(0),
  'perRetryTimeout!': duration,
  tcpRetryEvents: list(oneOf('connection-error'), { minItems: 1, maxItems: 1 }),
} as const

const timeout = object({ idle: duration, perRequest: duration })

const httpRoute: Schema = object({
  'action!': action,
  'match!': object({
    headers: namedMatches,
    method,
    path: pathMatch,
    port: integer(0),
    prefix: text(),
    queryParameters: queryMatches,
    scheme: oneOf('http', 'https'),
  }),
  retryPolicy: object(retries),
  timeout,
})

const grpcRoute: Schema = object({
  'action!': action,
  'match!': object({
    metadata: namedMatches,
    methodName: text(1, 50),
    port: integer(0),
    serviceName: text(),
  }),
  retryPolicy: object({
    ...retries,
    grpcRetryEvents: list(
      oneOf('cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'),
      { minItems: 1, maxItems: 5 },
    ),
  }),
  timeout,
})

const route: Schema = object({
  grpcRoute,
  http2Route: httpRoute,
  httpRoute,
  'name!': text(),
  priority: described('0 is tried first; routes without a priority are tried last.', integer(0, 1000)),
  tcpRoute: object({
    'action!': action,
    match: object({ port: integer(0) }),
    timeout: object({ idle: duration }),
  }),
})

export const virtualRouterSchema: Schema = kindSchema(
  'VirtualRouter shares the traffic of a VirtualService among VirtualNodes.',
  object({
    awsName,
    listeners: list(object({ 'portMapping!': portMapping(...PROTOCOLS, 'tcp') }), { minItems: 1 }),
    meshRef,
    routes: list(route),
  }),
  { routeARNs: textMap, virtualRouterARN: text() },
)
