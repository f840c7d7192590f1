/** What App Mesh's controller refuses in matches of requests. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { HostMatch, HttpMatch, NamedMatch, PathMatch } from './app-mesh-objects.ts'

const KINDS_OF_MATCH = ['exact', 'prefix', 'regex', 'suffix', 'range'] as const

export const validateNamedMatches = (
  path: string,
  matches: readonly NamedMatch[] | undefined,
  what: 'header' | 'metadata',
): Findings =>
  itemsAt(path, matches).flatMap(({ path: item, value: { match } }) =>
    present(match, (values) => {
      const at = child(item, 'match')
      const set = KINDS_OF_MATCH.filter((kind) => values[kind] !== undefined)
      return [
        ...when(
          set.length > 1,
          forbidden(
            at,
            `Too many Match Filters specified, only 1 allowed per ${what}; keep one of ${set.join(', ')}`,
          ),
        ),
        ...when(
          set.length === 0 && what === 'header',
          required(
            at,
            "Missing Match criteria for one or more header match block, don't specify match block if you dont need it",
          ),
        ),
        ...present(values.range, ({ start, end }) =>
          when(
            start >= end,
            invalid(
              child(at, 'range.end'),
              end,
              'Invalid Match Range specified, end has to be greater than start',
            ),
          ),
        ),
      ]
    }),
  )

/** Exactly one of the fields of a match, such as `exact` and `regex`. */
const validateEither = <T extends object>(
  path: string,
  what: string,
  match: T,
  fields: readonly (keyof T & string)[],
): Findings => {
  const count = fields.filter((field) => match[field] !== undefined).length
  if (count === 0) return [required(path, `Either ${fields.join(' or ')} for ${what} must be specified`)]
  return when(
    count > 1,
    forbidden(path, `Both ${fields.join(' and ')} for ${what} are not allowed. Only one must be specified`),
  )
}

const validatePath = (path: string, match: PathMatch): Findings =>
  validateEither(path, 'path', match, ['exact', 'regex'])

export const validateHostname = (path: string, match: HostMatch): Findings =>
  validateEither(path, 'hostname', match, ['exact', 'suffix'])

const validateQuery = (path: string, queryParameters: HttpMatch['queryParameters']): Findings =>
  itemsAt(path, queryParameters).flatMap(({ path: item, value }) =>
    when(
      value.match !== undefined && value.match.exact === undefined,
      required(
        child(item, 'match.exact'),
        "Missing Match criteria for one or more exact query match block, don't specify match block if you dont need it",
      ),
    ),
  )

/** `isEnough`: something else selects requests, such as a host name. */
export const validateHttpMatch = (path: string, match: HttpMatch, isEnough: boolean): Findings => [
  ...when(
    match.prefix === undefined && match.path === undefined && !isEnough,
    required(child(path, 'prefix'), 'Either prefix or path must be specified'),
  ),
  ...when(
    match.prefix !== undefined && match.path !== undefined,
    forbidden(child(path, 'path'), 'Both prefix and path cannot be specified, only 1 allowed'),
  ),
  ...present(match.path, (one) => validatePath(child(path, 'path'), one)),
  ...validateNamedMatches(child(path, 'headers'), match.headers, 'header'),
  ...validateQuery(child(path, 'queryParameters'), match.queryParameters),
]
