/** Per-route settings of HTTP filters (fault injection, CORS) and header changes in Envoy's words. */
import type { Any } from '@bufbuild/protobuf/wkt'
import type { CorsPolicy, Fault, HeaderEdit, HeaderEdits, RouteRule } from '../../mesh/model/route-table.ts'
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOptionSchema,
  type RuntimeFractionalPercentSchema,
} from '../proto/generated/envoy/config/core/v3/base_pb.js'
import { CorsPolicySchema } from '../proto/generated/envoy/extensions/filters/http/cors/v3/cors_pb.js'
import { HTTPFaultSchema } from '../proto/generated/envoy/extensions/filters/http/fault/v3/fault_pb.js'
import {
  FractionalPercent_DenominatorType as Denominator,
  type FractionalPercentSchema,
} from '../proto/generated/envoy/type/v3/percent_pb.js'
import { duration, pack, type Plain } from './encoded-resource.ts'
import { stringMatch } from './route-match.ts'

type HeaderOption = Plain<typeof HeaderValueOptionSchema>

export const fraction = (percent: number): Plain<typeof FractionalPercentSchema> => ({
  numerator: Math.round(percent * 10_000),
  denominator: Denominator.MILLION,
})

export const runtimeFraction = (percent: number): Plain<typeof RuntimeFractionalPercentSchema> => ({
  defaultValue: fraction(percent),
})

export const perFilterConfig = (rule: RouteRule): { readonly typedPerFilterConfig?: Record<string, Any> } => {
  const { fault, cors } = rule
  if (fault === undefined && cors === undefined) return {}
  return {
    typedPerFilterConfig: {
      ...(fault === undefined ? {} : { 'envoy.filters.http.fault': faultConfig(fault) }),
      ...(cors === undefined ? {} : { 'envoy.filters.http.cors': corsConfig(cors) }),
    },
  }
}

const faultConfig = ({ delay, abort }: Fault): Any =>
  pack(HTTPFaultSchema, {
    ...(delay === undefined
      ? {}
      : {
          delay: {
            faultDelaySecifier: { case: 'fixedDelay', value: duration(delay.milliseconds) },
            percentage: fraction(delay.percent),
          },
        }),
    ...(abort === undefined
      ? {}
      : {
          abort: {
            errorType: {
              case: abort.status.kind === 'http' ? 'httpStatus' : 'grpcStatus',
              value: abort.status.code,
            },
            percentage: fraction(abort.percent),
          },
        }),
  })

const corsConfig = (cors: CorsPolicy): Any =>
  pack(CorsPolicySchema, {
    allowOriginStringMatch: cors.origins.flatMap((origin) =>
      origin.kind === 'present' ? [] : [stringMatch(origin)],
    ),
    allowMethods: cors.methods.join(','),
    allowHeaders: cors.headers.join(','),
    exposeHeaders: cors.exposeHeaders.join(','),
    ...(cors.maxAgeSeconds === undefined ? {} : { maxAge: String(cors.maxAgeSeconds) }),
    ...(cors.allowCredentials === undefined ? {} : { allowCredentials: cors.allowCredentials }),
    filterEnabled: runtimeFraction(100),
    forwardNotMatchingPreflights: cors.forwardUnmatchedPreflights,
  })

export interface HeaderFields {
  readonly requestHeadersToAdd: HeaderOption[]
  readonly requestHeadersToRemove: string[]
  readonly responseHeadersToAdd: HeaderOption[]
  readonly responseHeadersToRemove: string[]
}

export const NO_HEADERS: HeaderFields = {
  requestHeadersToAdd: [],
  requestHeadersToRemove: [],
  responseHeadersToAdd: [],
  responseHeadersToRemove: [],
}

export const headerFields = (edits: HeaderEdits | undefined): HeaderFields =>
  edits === undefined
    ? NO_HEADERS
    : {
        requestHeadersToAdd: [
          ...options(edits.request.set, AppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
          ...options(edits.request.add, AppendAction.APPEND_IF_EXISTS_OR_ADD),
        ],
        requestHeadersToRemove: edits.request.remove.filter((name) => !isInternal(name)),
        responseHeadersToAdd: [
          ...options(edits.response.set, AppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
          ...options(edits.response.add, AppendAction.APPEND_IF_EXISTS_OR_ADD),
        ],
        responseHeadersToRemove: edits.response.remove.filter((name) => !isInternal(name)),
      }

export const joinHeaderFields = (left: HeaderFields, right: HeaderFields): HeaderFields => ({
  requestHeadersToAdd: [...left.requestHeadersToAdd, ...right.requestHeadersToAdd],
  requestHeadersToRemove: [...left.requestHeadersToRemove, ...right.requestHeadersToRemove],
  responseHeadersToAdd: [...left.responseHeadersToAdd, ...right.responseHeadersToAdd],
  responseHeadersToRemove: [...left.responseHeadersToRemove, ...right.responseHeadersToRemove],
})

/** Envoy cannot add or remove these as headers; the authority is rewritten instead. */
const isInternal = (name: string): boolean => name.startsWith(':') || name.toLowerCase() === 'host'

const options = (
  headers: Readonly<Record<string, string>>,
  appendAction: AppendAction,
): readonly HeaderOption[] =>
  Object.keys(headers)
    .filter((name) => !isInternal(name))
    .toSorted()
    .map((name) => ({ header: { key: name, value: headers[name] ?? '' }, appendAction }))

/** The authority that `set` (or else `add`) of `host` or `:authority` asks for. */
export const authorityOf = (edits: HeaderEdits | undefined): string | undefined =>
  edits === undefined ? undefined : (authorityIn(edits.request.set) ?? authorityIn(edits.request.add))

const authorityIn = (headers: HeaderEdit['set']): string | undefined =>
  Object.entries(headers).find(([name]) => /^(:authority|host)$/i.test(name))?.[1]
