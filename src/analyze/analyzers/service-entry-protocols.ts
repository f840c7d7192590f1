/** ServiceEntries that give one host and port different protocols. */
import { numberAt, objectsAt, textAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { ALL, exportScopes } from '../export-scope.ts'
import { finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

interface Claim {
  readonly owner: AnalysisObject
  readonly scope: string
  readonly host: string
  readonly port: number
  readonly protocol: string
}

const claimsOf = (owner: AnalysisObject): readonly Claim[] =>
  exportScopes(textsAt(owner.spec, 'exportTo'), owner.namespace).flatMap((scope) =>
    textsAt(owner.spec, 'hosts').flatMap((host) =>
      objectsAt(owner.spec, 'ports').map((port) => ({
        owner,
        scope,
        host,
        port: numberAt(port, 'number') ?? 0,
        protocol: (textAt(port, 'protocol') ?? '').toUpperCase(),
      })),
    ),
  )

const keyOf = (scope: string, { host, port }: Claim): string => `${scope}/${host}:${port}`

const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(', ')

export const serviceEntryProtocols: Analyzer = {
  name: 'serviceentry.ConflictingServiceEntryProtocolAnalyzer',
  description: 'Checks that ServiceEntries agree about the protocol of a host and port',
  codes: ['IST0177'],
  analyze: (set) => {
    const byKey = groupBy(set.of(kinds.serviceEntry).flatMap(claimsOf), (claim) => keyOf(claim.scope, claim))
    const reported = new Set<AnalysisObject>()
    return [...byKey.values()].flatMap((same) => {
      const [first] = same
      if (first === undefined) return []
      const wider = first.scope === ALL ? [] : (byKey.get(keyOf(ALL, first)) ?? [])
      const claims = [...same, ...wider]
      const protocols = distinct(claims.map(({ protocol }) => protocol))
      if (new Set(claims.map(({ protocol }) => protocol)).size < 2) return []
      const names = distinct(claims.map(({ owner }) => owner.fullName))
      return claims.flatMap(({ owner }) => {
        if (reported.has(owner)) return []
        reported.add(owner)
        const parameters = [names, first.host, first.port, protocols]
        return [finding('IST0177', owner, parameters, { field: 'metadata.name' })]
      })
    })
  },
}
