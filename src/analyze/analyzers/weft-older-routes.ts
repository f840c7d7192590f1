/** Routes that never decide because an older VirtualService of the same host comes first. */
import { byAge } from '../../mesh/model/origin.ts'
import { MESH_GATEWAY } from '../../mesh/model/route-table.ts'
import type { RequestMatch } from '../../mesh/model/route-table.ts'
import { listAt, objectsAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { fullHost } from '../host-names.ts'
import { kinds } from '../kind-keys.ts'
import { matchCovers } from '../match-coverage.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { routeTableOf } from '../route-tables.ts'
import type { OwnedTable, TableRule } from '../route-tables.ts'
import { witnessRequest } from '../witness-request.ts'

const hasOnlyPath = ({ headers, queryParameters, method, authority, scheme }: RequestMatch): boolean =>
  headers.length + queryParameters.length === 0 &&
  method === undefined &&
  authority === undefined &&
  scheme === undefined

/** Istio puts routes of everything behind all others when it merges the tables of a gateway. */
const isCatchAll = (match: RequestMatch): boolean =>
  hasOnlyPath(match) &&
  (match.path === undefined || (match.path.kind === 'prefix' && match.path.value === '/'))

const mayBeCatchAll = (match: RequestMatch): boolean =>
  isCatchAll(match) ||
  (hasOnlyPath(match) && (match.path?.kind === 'present' || match.path?.kind === 'regex'))

const isAskedAt = ({ source }: RequestMatch, gateway: string): boolean =>
  source.gateways.length === 0 || source.gateways.includes(gateway)

const isForEveryCaller = (match: RequestMatch, gateway: string): boolean =>
  Object.keys(match.source.labels).length === 0 &&
  match.source.namespace === undefined &&
  match.port === undefined &&
  isAskedAt(match, gateway)

/** Who sees the table: only tables that the same proxies see are compared. */
const audience = ({ table, owner }: OwnedTable): string =>
  table.exportTo.includes('*') ? '*' : `${owner.namespace} ${[...table.exportTo].sort().join(',')}`

/** False where servers of the gateway take hosts of some namespaces only. */
const takesEveryNamespace = (set: ObjectSet, gateway: string): boolean => {
  const found = set.findReference(kinds.gateway, '', gateway)
  return objectsAt(found?.spec, 'servers').every((server) =>
    textsAt(server, 'hosts').every((host) => !host.includes('/') || host.startsWith('*/')),
  )
}

interface Conflict {
  readonly older: OwnedTable
  readonly newer: OwnedTable
  readonly host: string
  readonly gateway: string
}

/** Files do not say which is older; then both are made at once, and names decide. */
const precedence = ({ table: older }: OwnedTable, { table: newer }: OwnedTable): string =>
  older.createdAt === newer.createdAt ? 'of the same age and first by name' : 'which is older'

/** In sidecars the oldest table of a host is its only one. */
const meshConflict = ({ older, newer, host }: Conflict): readonly Finding[] => {
  const applies = older.rules.some(
    ({ matches, isDelegated }) =>
      !isDelegated && matches.some((match) => isForEveryCaller(match, MESH_GATEWAY)),
  )
  const [lost] = newer.rules
  if (!applies || lost === undefined) return []
  const index = newer.table.hosts.indexOf(host)
  return [
    finding(
      'WFT0101',
      newer.owner,
      [host, older.owner.fullName, precedence(older, newer), 'every rule', 'all requests of sidecars'],
      {
        field: `spec.hosts[${index}]`,
        fix: `put the rules into VirtualService ${older.owner.fullName}`,
      },
    ),
  ]
}

const takes = (older: TableRule, narrow: RequestMatch, gateway: string): boolean =>
  !older.isDelegated &&
  older.matches.some(
    (wide) =>
      isAskedAt(wide, gateway) &&
      (!mayBeCatchAll(wide) || isCatchAll(narrow)) &&
      matchCovers(wide, narrow, [gateway]),
  )

/** At gateways the tables of a host are merged, the older's routes first. */
const gatewayConflict = ({ older, newer, host, gateway }: Conflict): readonly Finding[] =>
  newer.rules.flatMap((rule) => {
    const matches = rule.matches.filter((match) => isAskedAt(match, gateway))
    const [first] = matches
    const isTaken = matches.every((narrow) => older.rules.some((one) => takes(one, narrow, gateway)))
    const witness = first === undefined ? undefined : witnessRequest(first, host)
    if (!isTaken || witness === undefined) return []
    return [
      finding(
        'WFT0101',
        newer.owner,
        [
          host,
          older.owner.fullName,
          precedence(older, newer),
          rule.title,
          `${witness} at gateway ${gateway}`,
        ],
        {
          field: rule.path,
          fix: `make the match of VirtualService ${older.owner.fullName} narrower, or merge both`,
        },
      ),
    ]
  })

const isComparable = (set: ObjectSet, { older, newer, gateway }: Conflict): boolean =>
  audience(older) === audience(newer) &&
  (older.owner.namespace === newer.owner.namespace || takesEveryNamespace(set, gateway))

const conflictsAt = (gateway: string, tables: readonly OwnedTable[]): readonly Conflict[] => {
  const claims = tables.flatMap((owned) => [...new Set(owned.table.hosts)].map((host) => ({ host, owned })))
  return [...groupBy(claims, ({ host }) => host)].flatMap(([host, same]) =>
    same
      .slice(1)
      .flatMap(({ owned: newer }, index) =>
        same.slice(0, index + 1).map(({ owned: older }) => ({ older, newer, host, gateway })),
      ),
  )
}

/** One finding of each field is enough, however many gateways and older tables there are. */
const firstOfField = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(
    findings
      .toReversed()
      .map((one) => [`${one.subject.namespace}/${one.subject.name} ${one.field ?? ''}`, one]),
  ).values(),
]

/** Those with HTTP routes of which another one has a host too: only they are worth translating. */
const sharingHosts = (set: ObjectSet): readonly AnalysisObject[] => {
  const owners = set.of(kinds.virtualService).filter(({ spec }) => listAt(spec, 'http').length > 0)
  const hostsOf = ({ namespace, spec }: AnalysisObject): readonly string[] =>
    [...new Set(textsAt(spec, 'hosts'))].map((host) => fullHost(namespace, host).toLowerCase())
  const counts = groupBy(owners.flatMap(hostsOf), (host) => host)
  return owners.filter((owner) => hostsOf(owner).some((host) => (counts.get(host)?.length ?? 0) > 1))
}

export const weftOlderRoutes: Analyzer = {
  name: 'weft.OlderRouteAnalyzer',
  description: 'Checks that no older VirtualService of the same host takes the requests of a newer one',
  codes: ['WFT0101'],
  analyze: (set) => {
    const tables = sharingHosts(set)
      .map(routeTableOf)
      .toSorted((left, right) => byAge(left.table, right.table))
    const claims = tables.flatMap((owned) =>
      [...new Set(owned.table.gateways)].map((gateway) => ({ gateway, owned })),
    )
    const conflicts = [...groupBy(claims, ({ gateway }) => gateway)].flatMap(([gateway, same]) =>
      conflictsAt(
        gateway,
        same.map(({ owned }) => owned),
      ),
    )
    return firstOfField(
      conflicts
        .filter((conflict) => isComparable(set, conflict))
        .flatMap((one) => (one.gateway === MESH_GATEWAY ? meshConflict(one) : gatewayConflict(one))),
    )
  },
}
