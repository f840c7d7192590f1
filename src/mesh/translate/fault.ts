/** Istio's HTTPFaultInjection and CorsPolicy. */
import type { CorsPolicy, Fault } from '../model/route-table.ts'
import { grpcStatusCode } from '../../resources/istio/grpc-status.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import {
  booleanAt,
  durationAt,
  numberAt,
  objectAt,
  objectsAt,
  optional,
  textAt,
  textsAt,
} from './json-reader.ts'
import { translateTextMatch } from './request-match.ts'

/** Without a percentage a fault strikes every request. */
const percentOf = (fault: JsonObject): number =>
  objectAt(fault, 'percentage') === undefined
    ? (numberAt(fault, 'percent') ?? 100)
    : (numberAt(objectAt(fault, 'percentage'), 'value') ?? 0)

export const translateFault = (fault: JsonObject | undefined): Fault | undefined => {
  if (fault === undefined) return undefined
  const delay = objectAt(fault, 'delay')
  const abort = objectAt(fault, 'abort')
  const milliseconds = durationAt(delay, 'fixedDelay')
  return {
    ...(delay === undefined || milliseconds === undefined
      ? {}
      : { delay: { milliseconds, percent: percentOf(delay) } }),
    ...optional('abort', abort === undefined ? undefined : translateAbort(abort)),
  }
}

const translateAbort = (abort: JsonObject): Fault['abort'] => {
  const http = numberAt(abort, 'httpStatus')
  if (http !== undefined) return { percent: percentOf(abort), status: { kind: 'http', code: http } }
  const grpc = grpcStatusCode(textAt(abort, 'grpcStatus') ?? '')
  return grpc === undefined ? undefined : { percent: percentOf(abort), status: { kind: 'grpc', code: grpc } }
}

export const translateCors = (cors: JsonObject | undefined): CorsPolicy | undefined => {
  if (cors === undefined) return undefined
  const maxAge = durationAt(cors, 'maxAge')
  const origins = objectsAt(cors, 'allowOrigins').map(translateTextMatch)
  return {
    origins:
      origins.length > 0
        ? origins
        : textsAt(cors, 'allowOrigin').map((value) => ({ kind: 'exact' as const, value })),
    methods: textsAt(cors, 'allowMethods'),
    headers: textsAt(cors, 'allowHeaders'),
    exposeHeaders: textsAt(cors, 'exposeHeaders'),
    ...optional('maxAgeSeconds', maxAge === undefined ? undefined : Math.floor(maxAge / 1000)),
    ...optional('allowCredentials', booleanAt(cors, 'allowCredentials')),
    forwardUnmatchedPreflights: textAt(cors, 'unmatchedPreflights') !== 'IGNORE',
  }
}
