/** HTTP matches by prefix that an earlier one covers, as Istio compares them. */
import type { HttpMatchRequest, StringMatch } from './http-route.ts'

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
const condition = (match: StringMatch | undefined): string => {
  const { exact = '', prefix = '' } = match ?? {}
  if (exact !== '') return `exact:${exact}`
  return prefix === '' ? '' : `prefix:${prefix}`
}

const conditions = (matches: Readonly<Record<string, StringMatch>> = {}): Conditions =>
  Object.fromEntries(Object.entries(matches).map(([key, match]) => [key, condition(match)]))

/** Undefined for matches that are not by prefix of the path. */
export const readPrefixMatch = (match: HttpMatchRequest): PrefixMatch | undefined => {
  const prefix = match.uri?.prefix ?? ''
  if (prefix === '') return undefined
  return {
    prefix,
    port: match.port ?? 0,
    method: condition(match.method) || 'exact:GET',
    authority: condition(match.authority),
    headers: conditions(match.headers),
    queryParams: conditions(match.queryParams),
    withoutHeaders: conditions(match.withoutHeaders),
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
