/** Which listener takes a connection, and which of its filter chains. */
import type {
  FilterChain,
  ListenerFilterChainMatchPredicate,
} from '../proto/generated/envoy/config/listener/v3/listener_components_pb.js'
import type { Listener } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import { isInRange } from '../../primitives/address-range.ts'
import type { Call } from './call.ts'

const ANY = '0.0.0.0'
const VIRTUAL_OUTBOUND = 'virtualOutbound'
const VIRTUAL_INBOUND = 'virtualInbound'

/**
 * A redirected outbound connection goes to the listener of its original destination: the address itself, else any
 * address with that port, else the listener that received it (`use_original_dst`).
 */
export const findListener = (listeners: readonly Listener[], call: Call): Listener | undefined => {
  if (call.way === 'inbound') return listeners.find(({ name }) => name === VIRTUAL_INBOUND)
  const at = (address: string): Listener | undefined =>
    listeners.find(
      (listener) =>
        isAt(listener, address, call.port) && (call.way === 'outbound' || listener.bindToPort !== false),
    )
  const found = (call.address === undefined ? undefined : at(call.address)) ?? at(ANY)
  return (
    found ?? (call.way === 'outbound' ? listeners.find(({ name }) => name === VIRTUAL_OUTBOUND) : undefined)
  )
}

const isAt = ({ address }: Listener, host: string, port: number): boolean => {
  const socket = address?.address
  return (
    socket?.case === 'socketAddress' &&
    socket.value.address === host &&
    socket.value.portSpecifier.case === 'portValue' &&
    socket.value.portSpecifier.value === port
  )
}

/** What the listener filters find out about a connection before a chain is chosen. */
interface Seen {
  readonly port: number
  readonly serverName: string
  readonly transport: 'tls' | 'raw_buffer'
  readonly protocols: readonly string[]
}

const look = (listener: Listener, call: Call): Seen => {
  const looks = (name: string): boolean =>
    listener.listenerFilters.some(
      (filter) => filter.name === name && !isDisabled(filter.filterDisabled, call.port),
    )
  const tls = call.tls !== undefined && looks('envoy.filters.listener.tls_inspector') ? call.tls : undefined
  const http =
    call.tls === undefined && call.protocol !== 'tcp' && looks('envoy.filters.listener.http_inspector')
  return {
    port: call.port,
    serverName: tls?.serverName?.toLowerCase() ?? '',
    transport: tls === undefined ? 'raw_buffer' : 'tls',
    protocols: tls?.protocols ?? (http ? [call.protocol] : []),
  }
}

/** `filter_disabled`: ports, alone or in combination. */
const isDisabled = (predicate: ListenerFilterChainMatchPredicate | undefined, port: number): boolean => {
  switch (predicate?.rule.case) {
    case 'anyMatch':
      return predicate.rule.value
    case 'destinationPortRange':
      return port >= predicate.rule.value.start && port < predicate.rule.value.end
    case 'orMatch':
      return predicate.rule.value.rules.some((rule) => isDisabled(rule, port))
    case 'andMatch':
      return predicate.rule.value.rules.every((rule) => isDisabled(rule, port))
    case 'notMatch':
      return !isDisabled(predicate.rule.value, port)
    case undefined:
      return false
  }
}

/**
 * Envoy's order: destination port and address, server name, transport protocol, application protocol; the most
 * specific value at each step, and no way back from it.
 */
export const findFilterChain = (listener: Listener, call: Call): FilterChain | undefined => {
  const seen = look(listener, call)
  const steps = [
    narrow(listener.filterChains, portsOf, [String(seen.port)]),
    (chains: readonly FilterChain[]) => narrowByRange(chains, call.address),
    (chains: readonly FilterChain[]) => narrow(chains, serverNamesOf, serverNameForms(seen.serverName)),
    (chains: readonly FilterChain[]) => narrow(chains, transportsOf, [seen.transport]),
    (chains: readonly FilterChain[]) => narrow(chains, protocolsOf, seen.protocols),
  ] as const
  const [ports, ...others] = steps
  const [chain] = others.reduce<readonly FilterChain[]>((chains, step) => step(chains), ports)
  return chain ?? listener.defaultFilterChain
}

/** The chains that name the first of `wanted` that any chain names; else those that name nothing here. */
const narrow = (
  chains: readonly FilterChain[],
  namesOf: (chain: FilterChain) => readonly string[],
  wanted: readonly string[],
): readonly FilterChain[] => {
  for (const name of wanted) {
    const named = chains.filter((chain) => namesOf(chain).includes(name))
    if (named.length > 0) return named
  }
  return chains.filter((chain) => namesOf(chain).length === 0)
}

/** The chains with the narrowest range that holds the address; else those that name no range. */
const narrowByRange = (
  chains: readonly FilterChain[],
  address: string | undefined,
): readonly FilterChain[] => {
  const lengthOf = ({ filterChainMatch }: FilterChain): number =>
    Math.max(
      -1,
      ...(filterChainMatch?.prefixRanges ?? [])
        .filter((range) => isInRange(address ?? '', `${range.addressPrefix}/${range.prefixLen ?? 0}`))
        .map(({ prefixLen }) => prefixLen ?? 0),
    )
  const longest = Math.max(-1, ...chains.map(lengthOf))
  return longest < 0
    ? chains.filter(({ filterChainMatch }) => (filterChainMatch?.prefixRanges ?? []).length === 0)
    : chains.filter((chain) => lengthOf(chain) === longest)
}

const portsOf = ({ filterChainMatch }: FilterChain): readonly string[] =>
  filterChainMatch?.destinationPort === undefined ? [] : [String(filterChainMatch.destinationPort)]

const serverNamesOf = ({ filterChainMatch }: FilterChain): readonly string[] =>
  filterChainMatch?.serverNames ?? []

const transportsOf = ({ filterChainMatch }: FilterChain): readonly string[] =>
  filterChainMatch === undefined || filterChainMatch.transportProtocol === ''
    ? []
    : [filterChainMatch.transportProtocol]

const protocolsOf = ({ filterChainMatch }: FilterChain): readonly string[] =>
  filterChainMatch?.applicationProtocols ?? []

/** `a.b.c`, then `*.b.c`, `*.c`. */
const serverNameForms = (name: string): readonly string[] => {
  if (name === '') return []
  const labels = name.split('.')
  return [name, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)]
}
