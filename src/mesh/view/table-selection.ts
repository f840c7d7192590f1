/** Route tables as one caller meets them: conditions on the caller decided, destinations bound to ports. */
import { type Destination, type RouteRule, type RouteTable, type SourceMatch } from '../model/route-table.ts'
import { selects, type Service } from '../model/service.ts'
import { hashKeyFor, type DestinationPolicy, type HashKey } from '../model/traffic-policy.ts'
import { objectMemo } from '../../primitives/object-memo.ts'

export interface TableCaller {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** `mesh` for sidecars, else `namespace/name` of the gateway that is asked. */
  readonly gateway: string
}

/** What a destination's host stands for. */
export interface BindTarget {
  readonly service: Service
  /** The caller's policy towards it, where that tells requests apart by a hash. */
  readonly hashing?: DestinationPolicy
}

export interface TableSelection {
  /** Undefined: no rule of the table applies to the caller. Equal outcomes are one object. */
  readonly select: (table: RouteTable, caller: TableCaller) => RouteTable | undefined
  readonly bind: (table: RouteTable, targetOf: (host: string) => BindTarget | undefined) => RouteTable
}

export const tableSelection = (): TableSelection => {
  const selected = objectMemo<RouteTable | undefined>()
  const bound = objectMemo<RouteTable>()
  const conditional = objectMemo<boolean>()
  const references = objectMemo<readonly string[]>()
  return {
    select: (table, caller) => {
      if (!conditional.at([table], '', () => matchesOf(table).some(dependsOnCaller))) return table
      const outcome = matchesOf(table).map(({ source }) => sourceMatches(source, caller))
      return selected.at([table], outcome.map(Number).join(''), () => keepRules(table, caller))
    },
    bind: (table, targetOf) => {
      const hosts = references.at([table], '', () => referencedHosts(table))
      const targets = hosts.map((host) => targetOf(host))
      const services = targets.map((target) => target?.service ?? ABSENT)
      const policies = targets.map((target) => target?.hashing ?? ABSENT)
      return bound.at([table, ...services, ...policies], '', () => bindTable(table, targetOf))
    },
  }
}

/** Stands in the memo for a service that does not exist. */
const ABSENT = Object.freeze({})

const matchesOf = (table: RouteTable): readonly { readonly source: SourceMatch }[] => [
  ...table.rules.flatMap(({ matches }) => matches),
  ...(table.connections ?? []).flatMap(({ matches }) => matches),
]

const dependsOnCaller = ({ source }: { readonly source: SourceMatch }): boolean =>
  source.gateways.length > 0 || source.namespace !== undefined || Object.keys(source.labels).length > 0

/** Istio: a condition that names gateways is about them alone; else the caller's labels and namespace count. */
const sourceMatches = (source: SourceMatch, caller: TableCaller): boolean =>
  source.gateways.length > 0
    ? source.gateways.includes(caller.gateway)
    : selects(source.labels, caller.labels) &&
      (source.namespace === undefined || source.namespace === '' || source.namespace === caller.namespace)

const keepRules = (table: RouteTable, caller: TableCaller): RouteTable | undefined => {
  const rules = keepMatching(table.rules, caller)
  const connections = keepMatching(table.connections ?? [], caller)
  return rules.length === 0 && connections.length === 0 ? undefined : { ...table, rules, connections }
}

const keepMatching = <Rule extends { readonly matches: readonly { readonly source: SourceMatch }[] }>(
  rules: readonly Rule[],
  caller: TableCaller,
): readonly Rule[] =>
  rules.flatMap((rule) => {
    if (rule.matches.length === 0) return [rule]
    const matches = rule.matches.filter((match) => sourceMatches(match.source, caller))
    return matches.length === 0 ? [] : [{ ...rule, matches }]
  })

const destinationsOf = (rule: RouteRule): readonly Destination[] =>
  rule.action.kind === 'forward'
    ? [...rule.action.destinations, ...rule.action.mirrors].map(({ destination }) => destination)
    : []

const referencedHosts = (table: RouteTable): readonly string[] => [
  ...new Set(
    [
      ...table.rules.flatMap(destinationsOf),
      ...(table.connections ?? []).flatMap(({ destinations }) =>
        destinations.map(({ destination }) => destination),
      ),
    ].map(({ host }) => host),
  ),
]

const bindTable = (table: RouteTable, targetOf: (host: string) => BindTarget | undefined): RouteTable => {
  const bind = <Entry extends { readonly destination: Destination }>(entry: Entry): Entry => ({
    ...entry,
    destination: bindDestination(entry.destination, targetOf(entry.destination.host)?.service),
  })
  return {
    ...table,
    rules: table.rules.map((rule) =>
      rule.action.kind === 'forward'
        ? {
            ...rule,
            action: {
              ...rule.action,
              destinations: rule.action.destinations.map(bind),
              mirrors: rule.action.mirrors.map(bind),
              ...hashOf(rule.action.destinations.map(bind), targetOf),
            },
          }
        : rule,
    ),
    ...(table.connections === undefined
      ? {}
      : {
          connections: table.connections.map((rule) => ({
            ...rule,
            destinations: rule.destinations.map(bind),
          })),
        }),
  }
}

/** The keys of all destinations, as Istio puts them on a route. A destination without a port has none of a port. */
const hashOf = (
  destinations: readonly { readonly destination: Destination }[],
  targetOf: (host: string) => BindTarget | undefined,
): { readonly hash?: readonly HashKey[] } => {
  const keys = destinations.flatMap(({ destination: { host, subset, port = 0 } }) => {
    const hashing = targetOf(host)?.hashing
    const key =
      hashing === undefined
        ? undefined
        : hashKeyFor(hashing, { port, ...(subset === undefined ? {} : { subset }) })
    return key === undefined ? [] : [key]
  })
  return keys.length === 0 ? {} : { hash: keys }
}

/** A destination without a port means the service's only port, else the port that was called. */
const bindDestination = (destination: Destination, service: Service | undefined): Destination => {
  if (service === undefined) return destination
  const [only, ...others] = service.ports
  return {
    ...destination,
    host: service.aliasOf ?? destination.host,
    ...(destination.port === undefined && only !== undefined && others.length === 0
      ? { port: only.number }
      : {}),
  }
}
