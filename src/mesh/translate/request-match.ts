/** Istio's HTTPMatchRequest to conditions of the model. */
import type { Origin } from '../model/origin.ts'
import type { NamedMatch, RequestMatch, TextMatch } from '../model/route-table.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { booleanAt, numberAt, objectAt, optional, textAt, textMapAt, textsAt } from './json-reader.ts'
import { fullGateway } from './object-names.ts'

export const translateRequestMatch = (match: JsonObject, namespace: string, origin: Origin): RequestMatch => {
  const port = numberAt(match, 'port')
  return {
    ...optional('name', textAt(match, 'name')),
    ...optional('path', textMatchAt(match, 'uri')),
    ignorePathCase: booleanAt(match, 'ignoreUriCase') ?? false,
    headers: [
      ...namedMatches(objectAt(match, 'headers'), false),
      ...namedMatches(objectAt(match, 'withoutHeaders'), true),
    ].toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0)),
    queryParameters: namedMatches(objectAt(match, 'queryParams'), false),
    ...optional('method', textMatchAt(match, 'method')),
    ...optional('authority', textMatchAt(match, 'authority')),
    ...optional('scheme', textMatchAt(match, 'scheme')),
    ...optional('port', port === 0 ? undefined : port),
    source: {
      labels: textMapAt(match, 'sourceLabels'),
      ...optional('namespace', textAt(match, 'sourceNamespace')),
      gateways: textsAt(match, 'gateways').map((gateway) => fullGateway(gateway, namespace)),
    },
    ...optional('statPrefix', textAt(match, 'statPrefix')),
    origin,
  }
}

const textMatchAt = (source: JsonObject, field: string): TextMatch | undefined => {
  const match = objectAt(source, field)
  return match === undefined ? undefined : translateTextMatch(match)
}

/** An empty StringMatch, or the regex `*` (no regular expression, but Istio's users write it), asks for presence. */
export const translateTextMatch = (match: JsonObject): TextMatch => {
  const exact = textAt(match, 'exact')
  if (exact !== undefined) return { kind: 'exact', value: exact }
  const prefix = textAt(match, 'prefix')
  if (prefix !== undefined) return { kind: 'prefix', value: prefix }
  const regex = textAt(match, 'regex')
  return regex === undefined || regex === '*' ? { kind: 'present' } : { kind: 'regex', value: regex }
}

const namedMatches = (matches: JsonObject | undefined, invert: boolean): readonly NamedMatch[] =>
  Object.keys(matches ?? {}).map((name) => ({
    name,
    match: translateTextMatch(objectAt(matches, name) ?? {}),
    invert,
  }))
