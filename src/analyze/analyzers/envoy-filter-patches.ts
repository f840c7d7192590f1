/** Patches of EnvoyFilters whose operation is ignored or depends on the order of others. */
import { numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import type { Code } from '../catalogue.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const ROUTES: ReadonlySet<string> = new Set(['ROUTE_CONFIGURATION', 'HTTP_ROUTE'])
const REPLACEABLE: ReadonlySet<string> = new Set(['NETWORK_FILTER', 'HTTP_FILTER', 'VIRTUAL_HOST'])

/** The filter that a patch is about: its own name, else the one that it matches. */
const filterName = (patch: JsonObject): string => {
  const own = textAt(objectAt(objectAt(patch, 'patch'), 'value'), 'name')
  const listener = objectAt(objectAt(patch, 'match'), 'listener')
  return own ?? textAt(objectAt(objectAt(listener, 'filterChain'), 'filter'), 'name') ?? ''
}

const relative = (isVersioned: boolean): Code => (isVersioned ? 'IST0155' : 'IST0151')

const codeOf = (patch: JsonObject, isVersioned: boolean, hasPriority: boolean): Code | undefined => {
  const applyTo = textAt(patch, 'applyTo') ?? ''
  const whenRelative = hasPriority ? undefined : relative(isVersioned)
  switch (textAt(objectAt(patch, 'patch'), 'operation')) {
    case 'ADD':
      return ROUTES.has(applyTo) ? 'IST0153' : undefined
    case 'REMOVE':
      return ROUTES.has(applyTo) ? 'IST0154' : whenRelative
    case 'REPLACE':
      return REPLACEABLE.has(applyTo) ? whenRelative : 'IST0152'
    case 'INSERT_BEFORE':
    case 'INSERT_AFTER':
      return whenRelative
    case undefined:
    default:
      return undefined
  }
}

const analyzeFilter = (subject: AnalysisObject, versioned: Set<string>): readonly Finding[] => {
  const hasPriority = (numberAt(subject.spec, 'priority') ?? 0) !== 0
  return objectsAt(subject.spec, 'configPatches').flatMap((patch, index) => {
    const name = filterName(patch)
    const code = codeOf(patch, versioned.has(name), hasPriority)
    const proxy = objectAt(objectAt(patch, 'match'), 'proxy')
    if ((textAt(proxy, 'proxyVersion') ?? '') !== '') versioned.add(name)
    return code === undefined
      ? []
      : [finding(code, subject, [], { field: `spec.configPatches[${index}].patch.operation` })]
  })
}

export const envoyFilterPatches: Analyzer = {
  name: 'envoyfilter.EnvoyPatchAnalyzer',
  description: 'Checks the operations of EnvoyFilters',
  codes: ['IST0151', 'IST0152', 'IST0153', 'IST0154', 'IST0155'],
  analyze: (set) => {
    const versioned = new Set<string>()
    return set.of(kinds.envoyFilter).flatMap((subject) => analyzeFilter(subject, versioned))
  },
}
