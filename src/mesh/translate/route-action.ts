/** What Istio's HTTPRoute does with a request: forward, redirect or answer. */
import { atField, type Origin } from '../model/origin.ts'
import type {
  Destination,
  HeaderEdit,
  HeaderEdits,
  Mirror,
  RedirectPort,
  Retries,
  Rewrite,
  RouteAction,
  WeightedDestination,
} from '../model/route-table.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import {
  booleanAt,
  durationAt,
  numberAt,
  objectAt,
  objectsAt,
  optional,
  textAt,
  textMapAt,
  textsAt,
} from './json-reader.ts'
import { fullHost } from './object-names.ts'

export interface Naming {
  readonly namespace: string
  readonly domain: string
}

export const translateRouteAction = (route: JsonObject, naming: Naming, origin: Origin): RouteAction => {
  const redirect = objectAt(route, 'redirect')
  if (redirect !== undefined) return translateRedirect(redirect)
  const direct = objectAt(route, 'directResponse')
  if (direct !== undefined) return translateDirectResponse(direct)
  return {
    kind: 'forward',
    destinations: objectsAt(route, 'route').map((entry, index) =>
      translateWeighted(entry, naming, atField(origin, `${origin.field}.route[${index}]`)),
    ),
    ...optional('rewrite', translateRewrite(objectAt(route, 'rewrite'))),
    mirrors: translateMirrors(route, naming, origin),
    ...optional('timeoutMilliseconds', nonZero(durationAt(route, 'timeout'))),
    ...optional('retries', translateRetries(objectAt(route, 'retries'))),
  }
}

/** Istio: a timeout of 0s is none. */
const nonZero = (milliseconds: number | undefined): number | undefined =>
  milliseconds === 0 ? undefined : milliseconds

const translateDestination = (destination: JsonObject | undefined, naming: Naming): Destination => ({
  host: fullHost(textAt(destination, 'host') ?? '', naming.namespace, naming.domain),
  ...optional('subset', textAt(destination, 'subset')),
  ...optional('port', numberAt(objectAt(destination, 'port'), 'number')),
})

/** A destination with its share; of a single one the share does not count. */
export const translateWeighted = (
  entry: JsonObject,
  naming: Naming,
  origin: Origin,
): WeightedDestination => ({
  destination: translateDestination(objectAt(entry, 'destination'), naming),
  weight: numberAt(entry, 'weight') ?? 0,
  ...optional('headers', translateHeaderEdits(objectAt(entry, 'headers'))),
  origin,
})

export const translateHeaderEdits = (headers: JsonObject | undefined): HeaderEdits | undefined =>
  headers === undefined
    ? undefined
    : {
        request: headerEdit(objectAt(headers, 'request')),
        response: headerEdit(objectAt(headers, 'response')),
      }

const headerEdit = (edit: JsonObject | undefined): HeaderEdit => ({
  set: textMapAt(edit, 'set'),
  add: textMapAt(edit, 'add'),
  remove: textsAt(edit, 'remove'),
})

const translateRewrite = (rewrite: JsonObject | undefined): Rewrite | undefined => {
  if (rewrite === undefined) return undefined
  const regex = objectAt(rewrite, 'uriRegexRewrite')
  const uri = textAt(rewrite, 'uri')
  const authority = textAt(rewrite, 'authority')
  return {
    ...(regex === undefined
      ? optional(
          'path',
          uri === undefined || uri === '' ? undefined : { kind: 'matched' as const, value: uri },
        )
      : {
          path: {
            kind: 'regex' as const,
            pattern: textAt(regex, 'match') ?? '',
            substitution: textAt(regex, 'rewrite') ?? '',
          },
        }),
    ...optional('authority', authority === '' ? undefined : authority),
  }
}

const translateMirrors = (route: JsonObject, naming: Naming, origin: Origin): readonly Mirror[] => {
  const single = objectAt(route, 'mirror')
  const percent =
    numberAt(objectAt(route, 'mirrorPercentage'), 'value') ??
    (objectAt(route, 'mirrorPercentage') === undefined ? numberAt(route, 'mirrorPercent') : 0) ??
    100
  const first: readonly Mirror[] =
    single === undefined
      ? []
      : [
          {
            destination: translateDestination(single, naming),
            percent,
            origin: atField(origin, `${origin.field}.mirror`),
          },
        ]
  const further = objectsAt(route, 'mirrors').map((mirror, index) => ({
    destination: translateDestination(objectAt(mirror, 'destination'), naming),
    percent:
      objectAt(mirror, 'percentage') === undefined
        ? 100
        : (numberAt(objectAt(mirror, 'percentage'), 'value') ?? 0),
    origin: atField(origin, `${origin.field}.mirrors[${index}]`),
  }))
  return [...first, ...further].filter((mirror) => mirror.percent > 0)
}

const translateRetries = (retries: JsonObject | undefined): Retries | undefined =>
  retries === undefined
    ? undefined
    : {
        attempts: numberAt(retries, 'attempts') ?? 0,
        ...optional('perTryMilliseconds', durationAt(retries, 'perTryTimeout')),
        ...optional('on', textAt(retries, 'retryOn')),
        ...optional('otherLocalities', booleanAt(retries, 'retryRemoteLocalities')),
        ...optional('ignorePreviousHosts', booleanAt(retries, 'retryIgnorePreviousHosts')),
        ...optional('backoffMilliseconds', durationAt(retries, 'backoff')),
      }

const REDIRECT_STATUS = [301, 302, 303, 307, 308] as const

const translateRedirect = (redirect: JsonObject): RouteAction => ({
  kind: 'redirect',
  ...optional('path', textAt(redirect, 'uri')),
  ...optional('authority', textAt(redirect, 'authority')),
  ...optional('scheme', textAt(redirect, 'scheme')),
  ...optional('port', redirectPort(redirect)),
  status: REDIRECT_STATUS.find((status) => status === numberAt(redirect, 'redirectCode')) ?? 301,
})

const redirectPort = (redirect: JsonObject): RedirectPort | undefined => {
  const number = numberAt(redirect, 'port')
  if (number !== undefined) return { kind: 'number', number }
  const derive = textAt(redirect, 'derivePort')
  if (derive === undefined) return undefined
  return { kind: derive === 'FROM_REQUEST_PORT' ? 'request' : 'protocol-default' }
}

const translateDirectResponse = (direct: JsonObject): RouteAction => {
  const body = objectAt(direct, 'body')
  return {
    kind: 'respond',
    status: numberAt(direct, 'status') ?? 200,
    ...optional('body', textAt(body, 'string')),
    ...optional('bodyBase64', textAt(body, 'bytes')),
  }
}
