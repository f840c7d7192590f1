/** Subsets that were deleted, alone or with their DestinationRule, while routes send to them. */
import type { Source } from '../collections/collection.ts'
import { isCoveredBy } from '../mesh/model/host-name.ts'
import type { Destination } from '../mesh/model/route-table.ts'
import { objectAt, objectsAt, specOf, textAt } from '../mesh/translate/json-reader.ts'
import { fullHost } from '../mesh/translate/object-names.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { definitionOf } from './in-use-record.ts'
import { guardedSource, keyOfObject, type Keeper, type KeptObject } from './kept-source.ts'

/** Kept subsets stand in the source as a rule of their own, beside the one that they were part of. */
export const keepSubsets = (rules: Source<KubeObject>, domain: string): Keeper => {
  const kept = new Map<string, KeptObject>()
  const put = (key: string, rule: KubeObject, subsets: readonly JsonObject[]): void => {
    if (subsets.length === 0) {
      kept.delete(key)
      rules.delete(key)
      return
    }
    const alone = keptRule(rule, subsets)
    kept.set(key, alone)
    rules.set(key, alone)
  }
  const keep = (rule: KubeObject, subsets: readonly JsonObject[]): void => {
    const key = `${keyOfObject(rule)}#${hostOf(rule, domain)}`
    const names = new Set(subsets.map(nameOf))
    put(key, rule, [...subsetsOf(kept.get(key)).filter((subset) => !names.has(nameOf(subset))), ...subsets])
  }
  const { source, known } = guardedSource(rules, (key, next, before) => {
    if (next === undefined) rules.delete(key)
    else rules.set(key, next)
    const gone = before === undefined ? [] : subsetsGone(before, next, domain)
    if (before !== undefined && gone.length > 0) keep(before, gone)
  })
  return {
    source,
    any: () => kept.size > 0,
    release: (destinations) => {
      const defined = new Set([...known.values()].flatMap((rule) => subsetKeys(rule, domain)))
      let released = false
      for (const [key, rule] of kept) {
        const needed = subsetsUsed(rule, destinations, domain).filter(
          (subset) => !defined.has(subsetKey(rule, subset, domain)),
        )
        if (needed.length === subsetsOf(rule).length) continue
        released = true
        put(key, rule, needed)
      }
      return released
    },
    usedBy: (destinations) =>
      [...kept.values()].flatMap((rule) => {
        const subsets = subsetsUsed(rule, destinations, domain)
        return subsets.length === 0 ? [] : [definitionOf(rule, { ...specOf(rule), subsets })]
      }),
    restore: (definition) => keep(definition, subsetsOf(definition)),
  }
}

const hostOf = (rule: KubeObject, domain: string): string =>
  fullHost(textAt(specOf(rule), 'host') ?? '', rule.metadata.namespace ?? '', domain)

const subsetsOf = (rule: KubeObject | undefined): readonly JsonObject[] =>
  rule === undefined ? [] : objectsAt(specOf(rule), 'subsets')

const nameOf = (subset: JsonObject): string => textAt(subset, 'name') ?? ''

/** What a subset defines: a name, for a host, as seen in a namespace. */
const subsetKey = (rule: KubeObject, subset: JsonObject, domain: string): string =>
  `${rule.metadata.namespace ?? ''}|${hostOf(rule, domain)}|${nameOf(subset)}`

const subsetKeys = (rule: KubeObject, domain: string): readonly string[] =>
  subsetsOf(rule).map((subset) => subsetKey(rule, subset, domain))

const subsetsUsed = (
  rule: KubeObject,
  destinations: readonly Destination[],
  domain: string,
): readonly JsonObject[] => {
  const host = hostOf(rule, domain)
  return subsetsOf(rule).filter((subset) =>
    destinations.some((to) => to.subset === nameOf(subset) && isCoveredBy(to.host, host)),
  )
}

const subsetsGone = (
  before: KubeObject,
  next: KubeObject | undefined,
  domain: string,
): readonly JsonObject[] => {
  const stays = new Set(next === undefined ? [] : subsetKeys(next, domain))
  return subsetsOf(before)
    .filter((subset) => !stays.has(subsetKey(before, subset, domain)))
    .map((subset) => withInherited(before, subset))
}

/** A subset kept alone takes along what it inherited: the rule's own policy no longer holds for the host. */
const withInherited = (rule: KubeObject, subset: JsonObject): JsonObject => {
  const inherited = objectAt(specOf(rule), 'trafficPolicy')
  return inherited === undefined
    ? subset
    : { ...subset, trafficPolicy: { ...inherited, ...objectAt(subset, 'trafficPolicy') } }
}

/** No generation: a source must not take two of them for the same. */
const keptRule = (rule: KubeObject, subsets: readonly JsonObject[]): KeptObject => {
  const { trafficPolicy: _, ...spec } = specOf(rule)
  const definition = definitionOf(rule, { ...spec, subsets })
  const { generation: __, ...metadata } = definition.metadata
  return { ...definition, metadata, kept: true }
}
