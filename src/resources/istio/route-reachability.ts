/** Rules and matches of a VirtualService that an earlier rule makes useless, as Istio finds them. */
import { isJsonObject } from '../../primitives/json-value.ts'
import type { HttpMatchRequest } from './http-route.ts'
import { covers, readPrefixMatch } from './route-overlap.ts'
import type { VirtualServiceSpec } from './virtual-service.ts'

/** Names as Istio prints them: `"name"`, or `#0` for what has none. */
export type UselessRule =
  | { readonly why: 'unreachable'; readonly field: string; readonly rule: string; readonly reason: string }
  | {
      readonly why: 'ineffective'
      readonly field: string
      readonly rule: string
      readonly match: string
      readonly earlier: string
    }

const PROTOCOLS = ['http', 'tcp', 'tls'] as const
type Protocol = (typeof PROTOCOLS)[number]

/** Rules and matches of TCP and TLS have no names. */
const nameOf = (name: string | undefined, index: number): string =>
  (name ?? '') === '' ? `#${index}` : JSON.stringify(name)

/** The same text for equal values, whatever the order of their keys. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

/** Fields whose empty object says that they are there. */
const MESSAGES: ReadonlySet<string> = new Set(['uri', 'scheme', 'method', 'authority'])

const isDefault = (field: string, value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !MESSAGES.has(field))

/** The same for matches that say the same: a field with its default value is as good as none. */
const keyOf = (match: object): string =>
  canonical(Object.fromEntries(Object.entries(match).filter(([field, value]) => !isDefault(field, value))))

interface Match {
  readonly name: string
  readonly key: string
  /** Of HTTP alone. */
  readonly http?: HttpMatchRequest
}

interface Rule {
  readonly name: string
  readonly field: string
  readonly matches: readonly Match[]
}

const httpMatch = ({ name, ...match }: HttpMatchRequest, index: number): Match => ({
  name: nameOf(name, index),
  key: keyOf(match),
  http: match,
})

const rulesOf = (spec: VirtualServiceSpec, protocol: Protocol): readonly Rule[] =>
  protocol === 'http'
    ? (spec.http ?? []).map((rule, index) => ({
        name: nameOf(rule.name, index),
        field: `spec.http[${index}]`,
        matches: (rule.match ?? []).map(httpMatch),
      }))
    : (spec[protocol] ?? []).map((rule, index) => ({
        name: nameOf(undefined, index),
        field: `spec.${protocol}[${index}]`,
        matches: (rule.match ?? []).map((match, at) => ({
          name: nameOf(undefined, at),
          key: keyOf(match),
        })),
      }))

const unreachable = ({ name, field }: Rule, reason: string): UselessRule => ({
  why: 'unreachable',
  field,
  rule: name,
  reason,
})

/** Matches that repeat an earlier one, rules of nothing else, and rules after one that takes everything. */
const duplicates = (rules: readonly Rule[]): readonly UselessRule[] => {
  const seen = new Map<string, Rule>()
  let hasCatchAll = false
  return rules.flatMap((rule) => {
    if (rule.matches.length === 0) {
      const found = hasCatchAll ? [unreachable(rule, 'only the last rule can have no matches')] : []
      hasCatchAll = true
      return found
    }
    if (hasCatchAll) return rule.matches.map(() => unreachable(rule, 'route without matches defined before'))
    const repeated = rule.matches.flatMap(({ key, name }, index): readonly UselessRule[] => {
      const earlier = seen.get(key)
      if (earlier === undefined) {
        seen.set(key, rule)
        return []
      }
      const field = `${rule.field}.match[${index}]`
      return [{ why: 'ineffective', field, rule: rule.name, match: name, earlier: earlier.name }]
    })
    return repeated.length === rule.matches.length
      ? [...repeated, unreachable(rule, 'all matches used by prior rules')]
      : repeated
  })
}

/** Prefixes that begin with an earlier prefix under the same other conditions. */
const overlaps = (rules: readonly Rule[]): readonly UselessRule[] => {
  const seen = new Set<string>()
  let hasCatchAll = false
  const candidates = rules.flatMap((rule) => {
    hasCatchAll ||= rule.matches.length === 0
    return rule.matches.flatMap(({ key, name, http }, index) => {
      const match = hasCatchAll || seen.has(key) || http === undefined ? undefined : readPrefixMatch(http)
      seen.add(key)
      return match === undefined ? [] : [{ rule, index, name, match }]
    })
  })
  return candidates.flatMap((earlier, at) =>
    candidates
      .slice(at + 1)
      .filter((later) => covers(earlier.match, later.match))
      .map((later) => ({
        why: 'ineffective' as const,
        field: `${later.rule.field}.match[${later.index}].uri.prefix`,
        rule: later.rule.name,
        match: `${later.name} of prefix ${later.match.prefix}`,
        earlier: `${earlier.name} of prefix ${earlier.match.prefix} on ${earlier.rule.name}`,
      })),
  )
}

/** In the order in which Istio tells them. */
export const uselessRules = (spec: VirtualServiceSpec): readonly UselessRule[] =>
  PROTOCOLS.flatMap((protocol) => {
    const rules = rulesOf(spec, protocol)
    return rules.length === 0 ? [] : [...duplicates(rules), ...overlaps(rules)]
  })
