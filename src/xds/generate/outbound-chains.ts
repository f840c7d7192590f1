/** Filter chains for connections to a service that carry no requests, or hide them: Istio's TCP and TLS routes. */
import { isCoveredBy } from '../../mesh/model/host-name.ts'
import type { Origin } from '../../mesh/model/origin.ts'
import type { ConnectionMatch, ConnectionRule, RouteTable } from '../../mesh/model/route-table.ts'
import type { Service, ServicePort } from '../../mesh/model/service.ts'
import { addressRange, canonicalRange } from '../../primitives/address-range.ts'
import type { ChainInit } from './listener-filters.ts'
import { outboundCluster } from './names.ts'
import { tcpProxy, weightedTcpProxy } from './network-filters.ts'
import type { FilteredSink } from '../../mesh/view/access-logging.ts'

/** Where the listener stands: at an address of the service, or at every address. */
export interface ListenerPlace {
  readonly wildcard: boolean
  /** With a wildcard: the ranges that are the service's; empty: all. */
  readonly ranges: readonly string[]
}

export interface ConnectionChain {
  readonly ranges: readonly string[]
  readonly serverNames: readonly string[]
  readonly filters: ChainInit['filters']
  readonly origins: readonly Origin[]
}

export interface ChainContext {
  readonly tables: readonly RouteTable[]
  readonly logs: readonly FilteredSink[]
}

/** The tables that have something to say about connections to the service. */
export const connectionTables = (service: Service, tables: readonly RouteTable[]): readonly RouteTable[] =>
  tables.filter(
    ({ connections = [], hosts }) =>
      connections.length > 0 && hosts.some((host) => isCoveredBy(service.host, host)),
  )

export const connectionChains = (
  service: Service,
  port: ServicePort,
  place: ListenerPlace,
  context: ChainContext,
): readonly ConnectionChain[] =>
  port.protocol === 'tls' || port.protocol === 'https'
    ? tlsChains(service, port, place, context)
    : tcpChains(service, port, place, context)

/** By the name in the handshake; where the address tells the service, its own chain needs no name. */
const tlsChains = (
  service: Service,
  port: ServicePort,
  place: ListenerPlace,
  context: ChainContext,
): readonly ConnectionChain[] => {
  const chains = new Map<string, ConnectionChain>()
  for (const { table, rule } of rulesOf('tls', context.tables)) {
    for (const match of rule.matches.filter((candidate) => isForPort(candidate, port))) {
      const ranges = match.ranges.length > 0 ? match.ranges : place.ranges
      const key = JSON.stringify([match.serverNames, match.ranges])
      if (!chains.has(key)) {
        chains.set(key, { ...ruleChain(table, rule, port, context), ranges, serverNames: match.serverNames })
      }
    }
  }
  if (chains.size > 0) return [...chains.values()]
  const serverNames = place.wildcard ? [service.host] : []
  return [{ ...ownChain(service, port, context), ranges: place.ranges, serverNames }]
}

/** The first rule without a condition on the address ends the list; else the service's own cluster does. */
const tcpChains = (
  service: Service,
  port: ServicePort,
  place: ListenerPlace,
  context: ChainContext,
): readonly ConnectionChain[] => {
  const chains: ConnectionChain[] = []
  let isEnded = false
  for (const { table, rule } of rulesOf('tcp', context.tables)) {
    const matches = rule.matches.filter((match) => isForPort(match, port))
    const isDefault = rule.matches.length === 0 || matches.some(({ ranges }) => ranges.length === 0)
    const ranges = isDefault ? place.ranges : matches.flatMap((match) => match.ranges)
    if (!isDefault && ranges.length === 0) continue
    chains.push({ ...ruleChain(table, rule, port, context), ranges, serverNames: [] })
    isEnded = isDefault || sameRanges(ranges, place.ranges)
    if (isEnded) break
  }
  return isEnded
    ? chains
    : [...chains, { ...ownChain(service, port, context), ranges: place.ranges, serverNames: [] }]
}

const rulesOf = (
  kind: ConnectionRule['kind'],
  tables: readonly RouteTable[],
): readonly { readonly table: RouteTable; readonly rule: ConnectionRule }[] =>
  tables.flatMap((table) =>
    (table.connections ?? []).filter((rule) => rule.kind === kind).map((rule) => ({ table, rule })),
  )

const isForPort = (match: ConnectionMatch, port: ServicePort): boolean =>
  match.port === undefined || match.port === port.number

type Target = Pick<ConnectionChain, 'filters' | 'origins'>

const ruleChain = (
  table: RouteTable,
  { destinations }: ConnectionRule,
  port: ServicePort,
  { logs }: ChainContext,
): Target => ({
  filters: [weightedTcpProxy(`${table.name}.${table.namespace}`, destinations, { port: port.number, logs })],
  origins: [table.origin],
})

const ownChain = (service: Service, port: ServicePort, { logs }: ChainContext): Target => ({
  filters: [tcpProxy(outboundCluster(service.host, port.number), logs)],
  origins: [service.origin],
})

const sameRanges = (left: readonly string[], right: readonly string[]): boolean =>
  JSON.stringify(left.map(canonicalRange).toSorted()) === JSON.stringify(right.map(canonicalRange).toSorted())

/** Chains that no two connections could tell apart are one: Envoy refuses the listener else. The first stays. */
export const distinctChains = (chains: readonly ConnectionChain[]): readonly ConnectionChain[] => {
  const seen = new Map<string, ConnectionChain>()
  for (const chain of chains) {
    const key = JSON.stringify([chain.ranges.map(canonicalRange).toSorted(), chain.serverNames.toSorted()])
    if (!seen.has(key)) seen.set(key, chain)
  }
  return [...seen.values()]
}

export const matchesEverything = ({ ranges, serverNames }: ConnectionChain): boolean =>
  ranges.length === 0 && serverNames.length === 0

export const chainOf = ({ ranges, serverNames, filters = [] }: ConnectionChain): ChainInit => ({
  ...(ranges.length === 0 && serverNames.length === 0
    ? {}
    : {
        filterChainMatch: {
          prefixRanges: ranges.map(addressRange).map(({ address, length }) => ({
            addressPrefix: address,
            prefixLen: length,
          })),
          serverNames: [...serverNames],
        },
      }),
  filters,
})
