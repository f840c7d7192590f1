/** References between objects: what a route table names and the mesh does not have. */
import type { Finding } from '../model/finding.ts'
import { atField } from '../model/origin.ts'
import {
  MESH_GATEWAY,
  usedDestinations,
  type Destination,
  type RouteRule,
  type RouteTable,
} from '../model/route-table.ts'
import type { Origin } from '../model/origin.ts'
import type { Service } from '../model/service.ts'

/** What the rest of the mesh offers. */
export interface ReferenceLookup {
  readonly service: (host: string) => Service | undefined
  /** Names of the subsets that policies define for a service, as seen from a namespace. */
  readonly subsets: (service: Service, from: string) => readonly string[]
  /** Names of subsets that no policy defines any more and that stay in use. */
  readonly keptSubsets?: (service: Service, from: string) => readonly string[]
  /** `namespace/name` of a gateway. */
  readonly hasGateway: (gateway: string) => boolean
  /** Hosts of a namespace, to suggest from. */
  readonly hosts: () => Iterable<string>
}

/** Every reference that leads nowhere, in the order of the object's fields. Empty: the table can be used whole. */
export const unresolvedReferences = (table: RouteTable, lookup: ReferenceLookup): readonly Finding[] => [
  ...table.gateways.flatMap((gateway, index) => checkGateway(table, gateway, index, lookup)),
  ...table.rules.flatMap((rule) => checkRule(table, rule, lookup)),
  ...(table.connections ?? []).flatMap(({ destinations }) =>
    usedDestinations(destinations).flatMap((entry) =>
      checkDestination(table, entry.destination, entry.origin, lookup),
    ),
  ),
]

const checkGateway = (
  table: RouteTable,
  gateway: string,
  index: number,
  lookup: ReferenceLookup,
): readonly Finding[] =>
  gateway === MESH_GATEWAY || lookup.hasGateway(gateway)
    ? []
    : [
        {
          reason: 'GatewayNotFound',
          origin: atField(table.origin, `spec.gateways[${index}]`),
          message: `Gateway ${gateway} does not exist`,
          remedy: `create it, or write the name of an existing one ("namespace/name" when it is in another namespace)`,
        },
      ]

const checkRule = (table: RouteTable, rule: RouteRule, lookup: ReferenceLookup): readonly Finding[] => {
  if (rule.action.kind !== 'forward') return []
  const { destinations, mirrors } = rule.action
  return [...usedDestinations(destinations), ...mirrors].flatMap((entry) =>
    checkDestination(table, entry.destination, entry.origin, lookup),
  )
}

const checkDestination = (
  table: RouteTable,
  destination: Destination,
  origin: Origin,
  lookup: ReferenceLookup,
): readonly Finding[] => {
  const at = (field: string): Origin =>
    atField(
      origin,
      origin.field?.includes('.route[') === true
        ? `${origin.field}.destination.${field}`
        : `${origin.field}.${field}`,
    )
  const service = lookup.service(destination.host)
  if (service === undefined) {
    return [
      {
        reason: 'HostNotFound',
        origin: at('host'),
        message: `host ${destination.host} is no service of the mesh`,
        remedy: suggest(
          destination.host,
          lookup.hosts(),
          'create the Service, or write the name of an existing one',
        ),
      },
    ]
  }
  return [
    ...(service.kept === true ? [serviceGone(service, at)] : []),
    ...checkPort(destination, service, at),
    ...checkSubset(table, destination, { service, at, lookup }),
  ]
}

const serviceGone = (service: Service, at: (field: string) => Origin): Finding => ({
  reason: 'HostNotFound',
  origin: at('host'),
  message: `host ${service.host} is no service of the mesh any more`,
  remedy: 'create the Service again, or take it out of the route',
  kept: true,
})

const checkPort = (
  destination: Destination,
  service: Service,
  at: (field: string) => Origin,
): readonly Finding[] =>
  destination.port === undefined || service.ports.some((port) => port.number === destination.port)
    ? []
    : [
        {
          reason: 'PortNotFound',
          origin: at('port.number'),
          message: `service ${service.host} has no port ${destination.port}`,
          remedy: `write one of its ports: ${service.ports.map((port) => port.number).join(', ')}`,
        },
      ]

const checkSubset = (
  table: RouteTable,
  destination: Destination,
  context: {
    readonly service: Service
    readonly at: (field: string) => Origin
    readonly lookup: ReferenceLookup
  },
): readonly Finding[] => {
  const { subset } = destination
  if (subset === undefined || subset === '') return []
  const { service, at, lookup } = context
  const known = lookup.subsets(service, table.namespace)
  if (known.includes(subset)) return []
  if (lookup.keptSubsets?.(service, table.namespace).includes(subset) === true) {
    return [
      {
        reason: 'SubsetNotFound',
        origin: at('subset'),
        message: `no DestinationRule for ${service.host} defines the subset "${subset}" any more`,
        remedy: 'add it to a DestinationRule of that host again, or take it out of the route',
        kept: true,
      },
    ]
  }
  return [
    {
      reason: 'SubsetNotFound',
      origin: at('subset'),
      message: `no DestinationRule for ${service.host} defines the subset "${subset}"`,
      remedy:
        known.length === 0
          ? `add the subset to a DestinationRule of that host, or leave subset out`
          : `write one of ${known.map((name) => `"${name}"`).join(', ')}, or add the subset to its DestinationRule`,
    },
  ]
}

/** The host with the same first label, if any: the usual fault is the namespace. */
const suggest = (host: string, hosts: Iterable<string>, otherwise: string): string => {
  const [first] = host.split('.', 1)
  const near = [...hosts].filter((candidate) => candidate.split('.', 1)[0] === first).toSorted()[0]
  return near === undefined ? otherwise : `${otherwise}, such as ${near}`
}

/** What became of a new table: used as it is, or held back behind the last good one. */
export interface HeldTable {
  readonly table: RouteTable
  readonly held: boolean
  readonly findings: readonly Finding[]
}

const isMissing = ({ kept }: Finding): boolean => kept !== true

/**
 * Keeps traffic that works: a new table with unresolved references does not replace an older one of the same object
 * that resolves. Without such a predecessor the new table is used; its unresolved destinations answer 503.
 */
export const holdLastGood = (
  previous: RouteTable | undefined,
  candidate: RouteTable,
  lookup: ReferenceLookup,
): HeldTable => {
  const findings = unresolvedReferences(candidate, lookup)
  if (!findings.some(isMissing) || previous === undefined || previous === candidate) {
    return { table: candidate, held: false, findings }
  }
  const works = !unresolvedReferences(previous, lookup).some(isMissing)
  return { table: works ? previous : candidate, held: works, findings }
}
