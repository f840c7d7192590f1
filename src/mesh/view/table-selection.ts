/** Route tables as one caller meets them: conditions on the caller decided, destinations bound to ports. */
import { type Destination, type RouteRule, type RouteTable, type SourceMatch } from '../model/route-table.ts'
import { selects, type Service } from '../model/service.ts'
import { objectMemo } from '../../primitives/object-memo.ts'

export interface TableCaller {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** `mesh` for sidecars, else `namespace/name` of the gateway that is asked. */
  readonly gateway: string
}

export interface TableSelection {
  /** Undefined: no rule of the table applies to the caller. Equal outcomes are one object. */
  readonly select: (table: RouteTable, caller: TableCaller) => RouteTable | undefined
  readonly bind: (table: RouteTable, serviceOf: (host: string) => Service | undefined) => RouteTable
}

export const tableSelection = (): TableSelection => {
  const selected = objectMemo<RouteTable | undefined>()
  const bound = objectMemo<RouteTable>()
  const conditional = objectMemo<boolean>()
  const references = objectMemo<readonly string[]>()
  return {
    select: (table, caller) => {
      if (!conditional.at([table], '', () => table.rules.some(dependsOnCaller))) return table
      const outcome = table.rules.flatMap((rule) =>
        rule.matches.map((match) => sourceMatches(match.source, caller)),
      )
      return selected.at([table], outcome.map(Number).join(''), () => keepRules(table, caller))
    },
    bind: (table, serviceOf) => {
      const hosts = references.at([table], '', () => referencedHosts(table))
      const services = hosts.map((host) => serviceOf(host) ?? ABSENT)
      return bound.at([table, ...services], '', () => bindTable(table, serviceOf))
    },
  }
}

/** Stands in the memo for a service that does not exist. */
const ABSENT = Object.freeze({})

const dependsOnCaller = (rule: RouteRule): boolean =>
  rule.matches.some(
    ({ source }) =>
      source.gateways.length > 0 || source.namespace !== undefined || Object.keys(source.labels).length > 0,
  )

/** Istio: a condition that names gateways is about them alone; else the caller's labels and namespace count. */
const sourceMatches = (source: SourceMatch, caller: TableCaller): boolean =>
  source.gateways.length > 0
    ? source.gateways.includes(caller.gateway)
    : selects(source.labels, caller.labels) &&
      (source.namespace === undefined || source.namespace === '' || source.namespace === caller.namespace)

const keepRules = (table: RouteTable, caller: TableCaller): RouteTable | undefined => {
  const rules = table.rules.flatMap((rule) => {
    if (rule.matches.length === 0) return [rule]
    const matches = rule.matches.filter((match) => sourceMatches(match.source, caller))
    return matches.length === 0 ? [] : [{ ...rule, matches }]
  })
  return rules.length === 0 ? undefined : { ...table, rules }
}

const destinationsOf = (rule: RouteRule): readonly Destination[] =>
  rule.action.kind === 'forward'
    ? [...rule.action.destinations, ...rule.action.mirrors].map(({ destination }) => destination)
    : []

const referencedHosts = (table: RouteTable): readonly string[] => [
  ...new Set(table.rules.flatMap(destinationsOf).map(({ host }) => host)),
]

const bindTable = (table: RouteTable, serviceOf: (host: string) => Service | undefined): RouteTable => ({
  ...table,
  rules: table.rules.map((rule) => {
    if (rule.action.kind !== 'forward') return rule
    const bind = <Entry extends { readonly destination: Destination }>(entry: Entry): Entry => ({
      ...entry,
      destination: bindDestination(entry.destination, serviceOf(entry.destination.host)),
    })
    return {
      ...rule,
      action: {
        ...rule.action,
        destinations: rule.action.destinations.map(bind),
        mirrors: rule.action.mirrors.map(bind),
      },
    }
  }),
})

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
