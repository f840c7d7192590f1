/** What an HTTP route does beside forwarding: redirect, rewrite, answer, retry, fault, mirror, CORS. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { parseDuration } from '../../primitives/duration.ts'
import { durationProblem } from './duration.ts'
import { grpcStatusProblem } from './grpc-status.ts'
import { corsHeaderProblem } from './header-syntax.ts'
import type {
  CorsPolicy,
  HttpDirectResponse,
  HttpFaultInjection,
  HttpRedirect,
  HttpRetry,
  HttpRewrite,
  HttpRoute,
  Percent,
} from './http-route.ts'
import { regexProblem } from './regex-syntax.ts'
import { retryOnProblem } from './retry-conditions.ts'
import { validateDestination } from './validate-destination.ts'
import { validateStringMatch } from './validate-http-match.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const isSet = (text: string | undefined): boolean => text !== undefined && text !== ''

const statusProblem = (status: number): string | undefined =>
  status < 200 || status > 600 ? 'must be in the range 200-599' : undefined

export const validateRedirect = (path: string, redirect: HttpRedirect, route: HttpRoute): Findings => {
  const code = redirect.redirectCode ?? 0
  const targets = [redirect.uri, redirect.prefixRewrite, redirect.authority, redirect.scheme]
  return [
    ...when(
      !targets.some(isSet) && redirect.port === undefined && redirect.derivePort === undefined,
      required(path, 'redirect must specify uri, prefixRewrite, authority, scheme or port'),
    ),
    ...when(
      isSet(redirect.uri) && isSet(redirect.prefixRewrite),
      forbidden(child(path, 'prefixRewrite'), 'only one of uri and prefixRewrite may be set'),
    ),
    ...when(
      isSet(redirect.prefixRewrite) &&
        (route.match ?? []).some(({ uri }) => uri !== undefined && uri.prefix === undefined),
      forbidden(child(path, 'prefixRewrite'), 'needs matches by uri.prefix'),
    ),
    ...when(
      code !== 0 && (code < 300 || code > 399),
      invalid(child(path, 'redirectCode'), code, 'must be a redirect: 301, 302, 303, 307 or 308'),
    ),
    ...when(
      isSet(redirect.scheme) && redirect.scheme !== 'http' && redirect.scheme !== 'https',
      invalid(child(path, 'scheme'), redirect.scheme ?? '', 'must be http or https'),
    ),
    ...when(
      (redirect.port ?? 0) !== 0 && portNumberProblem(redirect.port ?? 0) !== undefined,
      invalid(child(path, 'port'), redirect.port ?? 0, 'must be between 1 and 65535, inclusive'),
    ),
  ]
}

export const validateRewrite = (path: string, rewrite: HttpRewrite): Findings => {
  const regex = rewrite.uriRegexRewrite
  if (isSet(rewrite.uri) && regex !== undefined) {
    return [forbidden(path, 'only one of uri and uriRegexRewrite may be set')]
  }
  if (!isSet(rewrite.uri) && regex === undefined && !isSet(rewrite.authority)) {
    return [required(path, 'rewrite must specify uri, uriRegexRewrite or authority')]
  }
  if (regex === undefined) return []
  const at = child(path, 'uriRegexRewrite')
  return isSet(regex.match) && isSet(regex.rewrite)
    ? checked(child(at, 'match'), regex.match, regexProblem)
    : [required(at, 'needs both match and rewrite')]
}

const LARGEST_BODY = 1024 * 1024

/** In bytes: `bytes` is base64. */
export const bodySize = ({ string, bytes }: NonNullable<HttpDirectResponse['body']>): number =>
  string === undefined
    ? Math.floor(((bytes ?? '').replace(/=+$/, '').length * 3) / 4)
    : new TextEncoder().encode(string).length

export const validateDirectResponse = (path: string, response: HttpDirectResponse): Findings => {
  const { status, body = {} } = response
  const size = bodySize(body)
  return [
    ...checked(child(path, 'status'), status ?? 0, statusProblem),
    ...when(
      body.bytes === '',
      invalid(child(path, 'body.bytes'), '', 'must be base64; leave it out for an empty body'),
    ),
    ...when(size > LARGEST_BODY, invalid(child(path, 'body'), size, 'must be less than 1MB')),
  ]
}

export const validateRetries = (path: string, retries: HttpRetry): Findings => {
  const attempts = retries.attempts ?? 0
  const configured =
    retries.perTryTimeout !== undefined ||
    isSet(retries.retryOn) ||
    (retries.retryRemoteLocalities ?? null) !== null
  return [
    ...when(attempts < 0, invalid(child(path, 'attempts'), attempts, 'must not be negative')),
    ...when(
      attempts === 0 && configured,
      invalid(
        child(path, 'attempts'),
        attempts,
        'no retries are made, but a policy is set; write attempts: 2',
      ),
    ),
    ...checked(child(path, 'perTryTimeout'), retries.perTryTimeout, durationProblem),
    ...checked(child(path, 'backoff'), retries.backoff, durationProblem),
    ...checked(child(path, 'retryOn'), retries.retryOn, retryOnProblem),
  ]
}

const SMALLEST_PERCENTAGE = 0.0001

const validatePercentage = (path: string, percentage: Percent | undefined): Findings =>
  checked(child(path, 'percentage.value'), percentage?.value, (value) =>
    value === 0 || (value >= SMALLEST_PERCENTAGE && value <= 100)
      ? undefined
      : 'must be 0 or between 0.0001 and 100',
  )

const validateAbort = (path: string, abort: NonNullable<HttpFaultInjection['abort']>): Findings => [
  ...validatePercentage(path, abort.percentage),
  ...checked(child(path, 'grpcStatus'), abort.grpcStatus, grpcStatusProblem),
  ...checked(child(path, 'httpStatus'), abort.httpStatus, statusProblem),
  ...when(
    abort.http2Error !== undefined,
    forbidden(child(path, 'http2Error'), 'is not supported; use httpStatus or grpcStatus'),
  ),
]

const validateDelay = (path: string, delay: NonNullable<HttpFaultInjection['delay']>): Findings => [
  ...validatePercentage(path, delay.percentage),
  ...checked(child(path, 'fixedDelay'), delay.fixedDelay, durationProblem),
  ...when(
    delay.exponentialDelay !== undefined,
    forbidden(child(path, 'exponentialDelay'), 'is not supported; use fixedDelay'),
  ),
]

export const validateFault = (path: string, fault: HttpFaultInjection): Findings => [
  ...when(
    (fault.abort ?? null) === null && (fault.delay ?? null) === null,
    required(path, 'HTTP fault injection must have an abort and/or a delay'),
  ),
  ...present(fault.abort, (abort) => validateAbort(child(path, 'abort'), abort)),
  ...present(fault.delay, (delay) => validateDelay(child(path, 'delay'), delay)),
]

const sharePercentProblem = (value: number): string | undefined =>
  value < 0 || value > 100 ? 'must be between 0 and 100' : undefined

export const validateMirrors = (path: string, route: HttpRoute): Findings => [
  ...checked(child(path, 'mirrorPercent'), route.mirrorPercent ?? route.mirror_percent, sharePercentProblem),
  ...checked(child(path, 'mirrorPercentage.value'), route.mirrorPercentage?.value, sharePercentProblem),
  ...present(route.mirror, (mirror) => validateDestination(child(path, 'mirror'), mirror)),
  ...itemsAt(child(path, 'mirrors'), route.mirrors).flatMap((mirror) => [
    ...present(mirror.value.destination, (destination) =>
      validateDestination(child(mirror.path, 'destination'), destination),
    ),
    ...checked(child(mirror.path, 'percentage.value'), mirror.value.percentage?.value, sharePercentProblem),
  ]),
]

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  '*',
])

const maxAgeProblem = (text: string): string | undefined => {
  const milliseconds = parseDuration(text)
  return milliseconds !== undefined && milliseconds % 1000 !== 0
    ? 'is accurate only to seconds; write e.g. 24h or 86400s'
    : durationProblem(text)
}

export const validateCors = (path: string, cors: CorsPolicy): Findings => [
  ...itemsAt(child(path, 'allowOrigins'), cors.allowOrigins).flatMap((origin) => [
    ...when(
      !isSet(origin.value.exact) && !isSet(origin.value.prefix) && !isSet(origin.value.regex),
      required(origin.path, 'an origin needs exact, prefix or regex with some text'),
    ),
    ...validateStringMatch(origin.path, origin.value),
  ]),
  ...itemsAt(child(path, 'allowMethods'), cors.allowMethods).flatMap((method) =>
    when(
      !METHODS.has(method.value),
      invalid(method.path, method.value, 'is not a supported HTTP method; write e.g. GET'),
    ),
  ),
  ...(['allowHeaders', 'exposeHeaders'] as const).flatMap((field) =>
    itemsAt(child(path, field), cors[field]).flatMap((name) =>
      checked(name.path, name.value, corsHeaderProblem),
    ),
  ),
  ...checked(child(path, 'maxAge'), cors.maxAge, maxAgeProblem),
]
