/** Matches of HTTP routes. */
import { invalid } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { matchedHeaderProblem } from './header-syntax.ts'
import { isDnsLabel } from './host-syntax.ts'
import type { HttpMatchRequest, StringMatch } from './http-route.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { regexProblem } from './regex-syntax.ts'
import { validateGatewayNames } from './validate-gateway-names.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

export const validateStringMatch = (path: string, match: StringMatch): Findings => [
  ...when(
    match.prefix === '',
    invalid(child(path, 'prefix'), '', 'prefix string match should not be empty; write / for every path'),
  ),
  ...checked(child(path, 'regex'), match.regex, regexProblem),
]

const validateMatchMap = (
  path: string,
  matches: Readonly<Record<string, StringMatch>> | undefined,
): Findings =>
  Object.entries(matches ?? {}).flatMap(([name, match]) =>
    present(match, (value) => validateStringMatch(item(path, name), value)),
  )

/** `*` is no regex: on withoutHeaders Istio reads it as the presence of the header. */
const withoutPresence = ({ withoutHeaders = {} }: HttpMatchRequest): Readonly<Record<string, StringMatch>> =>
  Object.fromEntries(Object.entries(withoutHeaders).filter(([, match]) => match?.regex !== '*'))

export const validateHttpMatch = (path: string, match: HttpMatchRequest): Findings => [
  ...(['headers', 'withoutHeaders'] as const).flatMap((field) => [
    ...Object.keys(match[field] ?? {}).flatMap((name) =>
      checked(child(path, field), name, matchedHeaderProblem),
    ),
    ...validateMatchMap(
      child(path, field),
      field === 'withoutHeaders' ? withoutPresence(match) : match[field],
    ),
  ]),
  ...validateMatchMap(child(path, 'queryParams'), match.queryParams),
  // Istio takes an empty prefix of the path: every path.
  ...checked(child(path, 'uri.regex'), match.uri?.regex, regexProblem),
  ...(['scheme', 'method', 'authority'] as const).flatMap((field) =>
    present(match[field], (value) => validateStringMatch(child(path, field), value)),
  ),
  ...when(
    (match.port ?? 0) !== 0 && portNumberProblem(match.port ?? 0) !== undefined,
    invalid(child(path, 'port'), match.port ?? 0, 'must be between 1 and 65535, inclusive'),
  ),
  ...validateWorkloadLabels(child(path, 'sourceLabels'), match.sourceLabels),
  ...validateGatewayNames(child(path, 'gateways'), match.gateways),
  ...when(
    (match.sourceNamespace ?? '') !== '' && !isDnsLabel(match.sourceNamespace ?? ''),
    invalid(child(path, 'sourceNamespace'), match.sourceNamespace ?? '', 'must be the name of a namespace'),
  ),
]

export const validateHttpMatches = (
  path: string,
  matches: readonly HttpMatchRequest[] | undefined,
): Findings =>
  itemsAt(child(path, 'match'), matches).flatMap((match) => validateHttpMatch(match.path, match.value))
