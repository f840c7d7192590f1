/** HTTP matches by prefix that an earlier one covers, as Istio compares them. */
import { numberAt, objectAt, textAt } from '../mesh/translate/json-reader.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'

type Conditions = Readonly<Record<string, string>>

export interface PrefixMatch {
  readonly prefix: string
  readonly port: number
  readonly method: string
  readonly authority: string
  readonly headers: Conditions
  readonly queryParams: Conditions
  readonly withoutHeaders: Conditions
}

/** `exact:x`, `prefix:x`, or empty for any other form. */
const condition = (value: JsonValue | undefined): string => {
  const match = isJsonObject(value) ? value : undefined
  const exact = textAt(match, 'exact') ?? ''
  const prefix = textAt(match, 'prefix') ?? ''
  if (exact !== '') return `exact:${exact}`
  return prefix === '' ? '' : `prefix:${prefix}`
}

const conditions = (match: JsonObject, field: string): Conditions =>
  Object.fromEntries(
    Object.entries(objectAt(match, field) ?? {}).map(([key, value]) => [key, condition(value)]),
  )

/** Undefined for matches that are not by prefix of the path. */
export const readPrefixMatch = (match: JsonObject): PrefixMatch | undefined => {
  const prefix = textAt(objectAt(match, 'uri'), 'prefix') ?? ''
  if (prefix === '') return undefined
  return {
    prefix,
    port: numberAt(match, 'port') ?? 0,
    method: condition(match['method']) || 'exact:GET',
    authority: condition(match['authority']),
    headers: conditions(match, 'headers'),
    queryParams: conditions(match, 'queryParams'),
    withoutHeaders: conditions(match, 'withoutHeaders'),
  }
}

const coversAll = (earlier: Conditions, later: Conditions): boolean => {
  const keys = Object.keys(earlier)
  return (
    keys.length === Object.keys(later).length &&
    keys.every((key) => {
      const value = later[key]
      return value !== undefined && (earlier[key] ?? '').startsWith(value)
    })
  )
}

/** True when `earlier` takes the requests of `later`; equal prefixes are told as duplicates, not here. */
export const covers = (earlier: PrefixMatch, later: PrefixMatch): boolean =>
  earlier.prefix !== later.prefix &&
  later.prefix.startsWith(earlier.prefix) &&
  earlier.port === later.port &&
  earlier.method.startsWith(later.method) &&
  earlier.authority.startsWith(later.authority) &&
  coversAll(earlier.headers, later.headers) &&
  coversAll(earlier.queryParams, later.queryParams) &&
  coversAll(earlier.withoutHeaders, later.withoutHeaders)
