/** Routes to subsets that no DestinationRule defines. */
import { objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { serviceOfHost } from '../host-names.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { mirrorDestinations, routeDestinations } from '../route-destinations.ts'
import { suggest } from '../suggestions.ts'
import type { Suggestion } from '../suggestions.ts'

/** Subset names by service. */
type Subsets = ReadonlyMap<string, ReadonlySet<string>>

const collectSubsets = (set: ObjectSet): Subsets => {
  const subsets = new Map<string, Set<string>>()
  for (const { spec, namespace } of set.of(kinds.destinationRule)) {
    const service = serviceOfHost(namespace, textAt(spec, 'host') ?? '')
    const names = subsets.get(service) ?? new Set()
    for (const subset of objectsAt(spec, 'subsets')) names.add(textAt(subset, 'name') ?? '')
    subsets.set(service, names)
  }
  return subsets
}

const fixOf = (subset: string, known: ReadonlySet<string> | undefined): Suggestion => {
  const names = [...(known ?? [])]
  const meant = suggest(didYouMean(subset, names))
  return meant.fix === undefined && names.length > 0 ? { fix: `the host has ${names.join(', ')}` } : meant
}

const analyzeVirtualService = (subject: AnalysisObject, subsets: Subsets): readonly Finding[] =>
  [...routeDestinations(subject), ...mirrorDestinations(subject)].flatMap(
    ({ host, subset, path, isMirror }) => {
      const known = subsets.get(serviceOfHost(subject.namespace, host))
      if (subset === '' || known?.has(subset) === true) return []
      const what = `${isMirror ? 'mirror' : 'host'}+subset in destinationrule`
      const place = { field: `${path}.subset`, ...fixOf(subset, known) }
      return [finding('IST0101', subject, [what, `${host}+${subset}`], place)]
    },
  )

export const destinationSubsets: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  description: 'Checks that the subsets of routes are defined by a DestinationRule',
  codes: ['IST0101'],
  analyze: (set) => {
    const subsets = collectSubsets(set)
    return set.of(kinds.virtualService).flatMap((subject) => analyzeVirtualService(subject, subsets))
  },
}
