/** Rules and matches of VirtualServices that an earlier rule makes useless. */
import { objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'
import { covers, readPrefixMatch } from '../route-overlap.ts'

const nameOf = (named: JsonObject | undefined, index: number): string => {
  const name = textAt(named, 'name') ?? ''
  return name === '' ? `#${index}` : JSON.stringify(name)
}

/** The same text for equal values, whatever the order of their keys. */
const canonical = (value: JsonValue): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(',')}}`
}

const withoutName = ({ name: _name, ...match }: JsonObject): JsonObject => match

interface Rule {
  readonly name: string
  readonly path: string
  readonly matches: readonly JsonObject[]
}

const rulesOf = ({ spec }: AnalysisObject, protocol: string): readonly Rule[] =>
  objectsAt(spec, protocol).map((rule, index) => ({
    name: nameOf(protocol === 'http' ? rule : undefined, index),
    path: `spec.${protocol}[${index}]`,
    matches: objectsAt(rule, 'match'),
  }))

const matchName = (protocol: string, match: JsonObject, index: number): string =>
  nameOf(protocol === 'http' ? match : undefined, index)

/** Matches that repeat an earlier one, rules of nothing else, and rules after one that takes everything. */
const duplicates = (subject: AnalysisObject, protocol: string): readonly Finding[] => {
  const seen = new Map<string, Rule>()
  let catchAll: Rule | undefined
  const unreachable = (rule: Rule, reason: string): Finding =>
    finding('IST0130', subject, [rule.name, reason], { field: rule.path })
  return rulesOf(subject, protocol).flatMap((rule) => {
    if (rule.matches.length === 0) {
      const found =
        catchAll === undefined ? [] : [unreachable(rule, 'only the last rule can have no matches')]
      catchAll = rule
      return found
    }
    if (catchAll !== undefined) return [unreachable(rule, 'route without matches defined before')]
    const repeated = rule.matches.flatMap((match, index) => {
      const key = canonical(protocol === 'http' ? withoutName(match) : match)
      const earlier = seen.get(key)
      if (earlier === undefined) {
        seen.set(key, rule)
        return []
      }
      const parameters = [rule.name, matchName(protocol, match, index), earlier.name]
      return [finding('IST0131', subject, parameters, { field: `${rule.path}.match[${index}]` })]
    })
    return repeated.length === rule.matches.length
      ? [...repeated, unreachable(rule, 'all matches used by prior rules')]
      : repeated
  })
}

/** Prefixes that begin with an earlier prefix under the same other conditions. */
const overlaps = (subject: AnalysisObject): readonly Finding[] => {
  const seen = new Set<string>()
  const matches = rulesOf(subject, 'http').flatMap((rule) =>
    rule.matches.flatMap((match, index) => {
      const key = canonical(withoutName(match))
      const prefixMatch = seen.has(key) ? undefined : readPrefixMatch(match)
      seen.add(key)
      const name = matchName('http', match, index)
      return prefixMatch === undefined ? [] : [{ rule, index, name, match: prefixMatch }]
    }),
  )
  return matches.flatMap((later, at) =>
    matches
      .slice(0, at)
      .filter((earlier) => covers(earlier.match, later.match))
      .map((earlier) =>
        finding(
          'IST0131',
          subject,
          [
            later.rule.name,
            `${later.name} of prefix ${later.match.prefix}`,
            `${earlier.name} of prefix ${earlier.match.prefix} on ${earlier.rule.name}`,
          ],
          { field: `${later.rule.path}.match[${later.index}].uri.prefix` },
        ),
      ),
  )
}

export const routeReachability: Analyzer = {
  name: 'schema.ValidationAnalyzer.VirtualService',
  description: 'Checks that every rule and match of a VirtualService can be reached',
  codes: ['IST0130', 'IST0131'],
  analyze: (set) =>
    set
      .of(kinds.virtualService)
      .flatMap((subject) => [
        ...['http', 'tcp', 'tls'].flatMap((protocol) => duplicates(subject, protocol)),
        ...overlaps(subject),
      ]),
}
