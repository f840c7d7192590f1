/** Several VirtualServices of the sidecars that define one host. */
import { textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { ALL, exportScopes } from '../export-scope.ts'
import { finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { fullHost, hostsMatch } from '../host-names.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'
import { MESH_GATEWAY } from './virtual-service-gateways.ts'

interface Claim {
  readonly scope: string
  readonly host: string
  readonly owner: AnalysisObject
}

/** No gateways means the sidecars alone. */
const isForMesh = ({ spec }: AnalysisObject): boolean => {
  const gateways = textsAt(spec, 'gateways')
  return gateways.length === 0 || gateways.includes(MESH_GATEWAY)
}

const claimsOf = (owner: AnalysisObject): readonly Claim[] =>
  exportScopes(textsAt(owner.spec, 'exportTo'), owner.namespace).flatMap((scope) =>
    textsAt(owner.spec, 'hosts').map((host) => ({ scope, host: fullHost(owner.namespace, host), owner })),
  )

export const meshHostsConflict: Analyzer = {
  name: 'virtualservice.ConflictingMeshGatewayHostsAnalyzer',
  description: 'Checks that no two VirtualServices of the mesh gateway define the same host',
  codes: ['IST0109'],
  analyze: (set) => {
    const claims = set.of(kinds.virtualService).filter(isForMesh).flatMap(claimsOf)
    const everywhere = claims.filter(({ scope }) => scope === ALL)
    const reported = new Set<AnalysisObject>()
    return [...groupBy(claims, ({ scope, host }) => `${scope}/${host}`)].flatMap(([scopedHost, same]) => {
      const [first] = same
      if (first === undefined) return []
      const { scope, host } = first
      const wider = scope === ALL ? [] : everywhere.filter((one) => hostsMatch(host, one.host))
      const owners = [...same, ...wider].map(({ owner }) => owner)
      if (owners.length < 2) return []
      const names = owners
        .map(({ fullName }) => fullName)
        .sort()
        .join(',')
      return owners.flatMap((owner) => {
        if (reported.has(owner)) return []
        reported.add(owner)
        return [finding('IST0109', owner, [names, scopedHost], { field: 'metadata.name' })]
      })
    })
  },
}
