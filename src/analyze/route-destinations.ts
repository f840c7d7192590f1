/** Where a VirtualService sends requests, with the field of each destination. */
import { listAt, numberAt, objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { AnalysisObject } from './object-set.ts'

export interface RouteDestination {
  readonly isMirror: boolean
  readonly host: string
  readonly subset: string
  /** Absent when the route names none. */
  readonly port: number | undefined
  /** The path of the destination itself, e.g. `spec.http[0].route[0].destination`. */
  readonly path: string
}

const destination = (value: JsonObject | undefined, path: string, isMirror: boolean): RouteDestination => {
  const port = objectAt(value, 'port')
  return {
    isMirror,
    host: textAt(value, 'host') ?? '',
    subset: textAt(value, 'subset') ?? '',
    port: port === undefined ? undefined : (numberAt(port, 'number') ?? 0),
    path,
  }
}

const destinationsOf = ({ spec }: AnalysisObject, protocol: string): readonly RouteDestination[] =>
  objectsAt(spec, protocol).flatMap((rule, ruleIndex) =>
    objectsAt(rule, 'route').map((route, index) =>
      destination(
        objectAt(route, 'destination'),
        `spec.${protocol}[${ruleIndex}].route[${index}].destination`,
        false,
      ),
    ),
  )

export const httpDestinations = (subject: AnalysisObject): readonly RouteDestination[] =>
  destinationsOf(subject, 'http')

/** The destinations of the routes, for TCP, TLS and HTTP in this order. */
export const routeDestinations = (subject: AnalysisObject): readonly RouteDestination[] =>
  ['tcp', 'tls', 'http'].flatMap((protocol) => destinationsOf(subject, protocol))

/** Where copies of requests go: `mirror`, then `mirrors`. */
export const mirrorDestinations = ({ spec }: AnalysisObject): readonly RouteDestination[] =>
  objectsAt(spec, 'http').flatMap((rule, ruleIndex) => {
    const mirror = objectAt(rule, 'mirror')
    const path = `spec.http[${ruleIndex}]`
    return [
      ...(mirror === undefined ? [] : [destination(mirror, `${path}.mirror`, true)]),
      ...listAt(rule, 'mirrors').map((entry, index) =>
        destination(
          objectAt(isJsonObject(entry) ? entry : undefined, 'destination'),
          `${path}.mirrors[${index}].destination`,
          true,
        ),
      ),
    ]
  })
