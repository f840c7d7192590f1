/** Whether one HTTP match takes every request that another one takes; false wherever that cannot be decided. */
import type { NamedMatch, RequestMatch, TextMatch } from '../mesh/model/route-table.ts'

/** Regular expressions of any text. */
const ANYTHING: ReadonlySet<string> = new Set(['.*', '.+', '^.*$', '^.+$'])

const isAnything = (match: TextMatch): boolean =>
  match.kind === 'present' ||
  (match.kind === 'regex' && ANYTHING.has(match.value)) ||
  (match.kind === 'prefix' && match.value === '')

/** Regular expressions are compared as text: what one of them takes is known only of the same one. */
const textCovers = (wide: TextMatch, narrow: TextMatch): boolean => {
  if (isAnything(wide)) return true
  if (wide.kind === 'present' || narrow.kind === 'present') return false
  if (wide.kind === 'prefix' && narrow.kind !== 'regex') return narrow.value.startsWith(wide.value)
  return wide.kind === narrow.kind && wide.value === narrow.value
}

const optionalCovers = (wide: TextMatch | undefined, narrow: TextMatch | undefined): boolean =>
  wide === undefined || (narrow !== undefined && textCovers(wide, narrow))

const lowered = (match: TextMatch): TextMatch =>
  match.kind === 'exact' || match.kind === 'prefix' ? { ...match, value: match.value.toLowerCase() } : match

/** Every path begins with a slash. */
const isEveryPath = (path: TextMatch | undefined): boolean =>
  path === undefined || isAnything(path) || (path.kind === 'prefix' && path.value === '/')

const pathCovers = (wide: RequestMatch, narrow: RequestMatch): boolean => {
  if (isEveryPath(wide.path)) return true
  if (wide.path === undefined || narrow.path === undefined) return false
  if (wide.ignorePathCase) return textCovers(lowered(wide.path), lowered(narrow.path))
  return !narrow.ignorePathCase && textCovers(wide.path, narrow.path)
}

const namedCovers = (wide: NamedMatch, narrow: NamedMatch): boolean => {
  if (wide.name.toLowerCase() !== narrow.name.toLowerCase()) return false
  if (!wide.invert) return !narrow.invert && textCovers(wide.match, narrow.match)
  if (wide.match.kind !== 'exact' || narrow.match.kind !== 'exact') {
    return narrow.invert && JSON.stringify(wide.match) === JSON.stringify(narrow.match)
  }
  return narrow.invert === (wide.match.value === narrow.match.value)
}

const allCovered = (wide: readonly NamedMatch[], narrow: readonly NamedMatch[]): boolean =>
  wide.every((condition) => narrow.some((other) => namedCovers(condition, other)))

const sourceCovers = (wide: RequestMatch, narrow: RequestMatch): boolean =>
  (wide.source.namespace === undefined || wide.source.namespace === narrow.source.namespace) &&
  Object.entries(wide.source.labels).every(([key, value]) => narrow.source.labels[key] === value)

/** `gateways`: those of the table, which a match without its own has. */
const gatewaysCover = (wide: RequestMatch, narrow: RequestMatch, gateways: readonly string[]): boolean => {
  if (wide.source.gateways.length === 0) return true
  const asked = narrow.source.gateways.length === 0 ? gateways : narrow.source.gateways
  return asked.every((gateway) => wide.source.gateways.includes(gateway))
}

/** True when every request of `narrow` also matches `wide`; both are asked at `gateways`. */
export const matchCovers = (wide: RequestMatch, narrow: RequestMatch, gateways: readonly string[]): boolean =>
  pathCovers(wide, narrow) &&
  optionalCovers(wide.method, narrow.method) &&
  optionalCovers(wide.authority, narrow.authority) &&
  optionalCovers(wide.scheme, narrow.scheme) &&
  (wide.port === undefined || wide.port === narrow.port) &&
  allCovered(wide.headers, narrow.headers) &&
  allCovered(wide.queryParameters, narrow.queryParameters) &&
  sourceCovers(wide, narrow) &&
  gatewaysCover(wide, narrow, gateways)
