/** Listeners for calls that the application makes: one per port at every address, and one per address and port of services. */
import { isHttp, type EndpointSet, type Service, type ServicePort } from '../../mesh/model/service.ts'
import type { OutboundView, ProxySettings } from '../../mesh/view/proxy-view.ts'
import type { RouteTable } from '../../mesh/model/route-table.ts'
import type { Origin } from '../../mesh/model/origin.ts'
import { TrafficDirection } from '../proto/generated/envoy/config/core/v3/base_pb.js'
import { ListenerSchema } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import { listenerAccessLogs } from './access-log.ts'
import { duration, encodeResource, socketAddress, uniqueOrigins, type Plain } from './encoded-resource.ts'
import { httpInspector, PLAIN_HTTP, tlsInspector, type ChainInit } from './listener-filters.ts'
import {
  ANY_ADDRESS,
  BLACKHOLE_CLUSTER,
  hostWithPort,
  listenerName,
  OUTBOUND_PORT,
  PASSTHROUGH_CLUSTER,
  RESERVED_PORTS,
  VIRTUAL_OUTBOUND,
} from './names.ts'
import { httpManager, tcpProxy } from './network-filters.ts'
import {
  chainOf,
  connectionChains,
  distinctChains,
  matchesEverything,
  type ConnectionChain,
} from './outbound-chains.ts'

/** Where connections go that no service's listener takes. */
const unknownCluster = (settings: ProxySettings): string =>
  settings.unknownDestinations === 'pass' ? PASSTHROUGH_CLUSTER : BLACKHOLE_CLUSTER

/** Receives every redirected connection and hands it to the listener of its original destination. */
export const virtualOutbound = (settings: ProxySettings): EncodedResource => {
  const { client } = settings.logging
  return encodeResource(
    ListenerSchema,
    VIRTUAL_OUTBOUND,
    {
      name: VIRTUAL_OUTBOUND,
      address: socketAddress(ANY_ADDRESS, OUTBOUND_PORT),
      useOriginalDst: true,
      trafficDirection: TrafficDirection.OUTBOUND,
      accessLog: listenerAccessLogs(client),
      filterChains: [
        {
          // A call to the port itself would go round in circles.
          name: 'virtualOutbound-blackhole',
          filterChainMatch: { destinationPort: OUTBOUND_PORT },
          filters: [tcpProxy(BLACKHOLE_CLUSTER, client)],
        },
        { name: 'virtualOutbound-catchall-tcp', filters: [tcpProxy(unknownCluster(settings), client)] },
      ],
    },
    settings.origins,
  )
}

/** A service at a port at which its connections cannot be told by an address of their own. */
export interface WildcardClaim {
  readonly service: Service
  readonly port: ServicePort
}

/** What stands at every address of a port. */
export interface SharedPort {
  readonly port: number
  /** Some service there is HTTP, so that the port has a route table. */
  readonly http: boolean
  readonly origins: readonly Origin[]
  readonly claims: readonly WildcardClaim[]
}

const isRange = (address: string): boolean => address.includes('/')

/** True when a listener at its own addresses does not do for the service. */
const needsWildcard = ({ entry, addresses }: Service): boolean =>
  entry !== undefined && (addresses.length === 0 || addresses.some(isRange))

/** The ports of a view at every address, with what asked for each. */
export const sharedPorts = (view: OutboundView): readonly SharedPort[] => {
  const ports = new Map<number, { http: boolean; origins: Origin[]; claims: WildcardClaim[] }>()
  for (const { service } of view.services) {
    if (service.resolution === 'alias') continue
    for (const port of service.ports) {
      const http = isHttp(port.protocol)
      const claims = !http && port.protocol !== 'udp' && needsWildcard(service)
      if ((!http && !claims) || RESERVED_PORTS.has(port.number)) continue
      const shared = ports.get(port.number) ?? { http: false, origins: [], claims: [] }
      ports.set(port.number, shared)
      shared.origins.push(service.origin)
      if (claims) shared.claims.push({ service, port })
      // A port of unknown protocol may be HTTP.
      shared.http ||= http || port.protocol === 'auto'
    }
  }
  return [...ports].map(([port, shared]) => ({ port, ...shared }))
}

/** `0.0.0.0_8080`: HTTP by the table of the port, connections by range or name; others go to where they were sent. */
export const sharedListener = (
  { port, http, claims }: SharedPort,
  tablesOf: (service: Service) => readonly RouteTable[],
  settings: ProxySettings,
): EncodedResource => {
  const name = listenerName(ANY_ADDRESS, port)
  const chains = distinctChains(
    claims.flatMap(({ service, port: own }) =>
      connectionChains(
        service,
        own,
        { wildcard: true, ranges: service.addresses },
        { tables: tablesOf(service), logs: settings.logging.client },
      ),
    ),
  )
  return encodeResource(
    ListenerSchema,
    name,
    {
      ...outboundBase(name, ANY_ADDRESS, port, settings),
      ...filterChains(chains, http ? httpChain(name, String(port), settings) : undefined, settings),
    },
    chains.flatMap(({ origins }) => origins),
  )
}

/** The chain that matches everything is the default: Envoy takes it also where a match began and led nowhere. */
const filterChains = (
  connections: readonly ConnectionChain[],
  http: ChainInit | undefined,
  settings: ProxySettings,
): Plain<typeof ListenerSchema> => {
  const everything = connections.find(matchesEverything)
  const specific = connections.filter((chain) => !matchesEverything(chain))
  const namesServers = specific.some(({ serverNames }) => serverNames.length > 0)
  const chains = [...specific.map(chainOf), ...(http === undefined ? [] : [http])]
  const fallback = everything === undefined ? passthroughChain(settings) : chainOf(everything)
  return {
    listenerFilters: [
      ...(namesServers ? [tlsInspector()] : []),
      ...(http === undefined ? [] : [httpInspector()]),
    ],
    ...(chains.length === 0
      ? { filterChains: [fallback] }
      : { filterChains: chains, defaultFilterChain: fallback }),
  }
}

const passthroughChain = (settings: ProxySettings): ChainInit => ({
  name: 'PassthroughFilterChain',
  filters: [tcpProxy(unknownCluster(settings), settings.logging.client)],
})

/** True where each endpoint has a listener of its own: callers of such a service choose an endpoint by its address. */
export const hasEndpointListeners = ({ resolution, entry, ports }: Service): boolean =>
  resolution === 'original-destination' && entry === undefined && ports.some(isConnectionPort)

const isConnectionPort = ({ protocol }: ServicePort): boolean => !isHttp(protocol) && protocol !== 'udp'

/** `10.96.0.7_5432`, one per address and port of the service that is not declared as HTTP. */
export const addressListeners = (
  service: Service,
  endpoints: EndpointSet | undefined,
  tables: readonly RouteTable[],
  settings: ProxySettings,
): readonly EncodedResource[] => {
  if (service.resolution === 'alias' || needsWildcard(service)) return []
  return service.ports.filter(isConnectionPort).flatMap((port) => {
    const addresses = hasEndpointListeners(service)
      ? (endpoints?.byPort.get(port.number) ?? []).map(({ address }) => address)
      : service.addresses
    return addresses.map((address) => addressListener(service, port, { address, tables }, settings))
  })
}

const addressListener = (
  service: Service,
  port: ServicePort,
  at: { readonly address: string; readonly tables: readonly RouteTable[] },
  settings: ProxySettings,
): EncodedResource => {
  const name = listenerName(at.address, port.number)
  const { client } = settings.logging
  const chains = distinctChains(
    connectionChains(service, port, { wildcard: false, ranges: [] }, { tables: at.tables, logs: client }),
  )
  const http =
    port.protocol === 'auto' ? httpChain(name, hostWithPort(service.host, port.number), settings) : undefined
  return encodeResource(
    ListenerSchema,
    name,
    {
      ...outboundBase(name, at.address, port.number, settings),
      ...filterChains(chains, http, settings),
    },
    uniqueOrigins([service.origin, ...chains.flatMap((chain) => chain.origins), ...settings.origins]),
  )
}

const outboundBase = (name: string, address: string, port: number, settings: ProxySettings) => ({
  name,
  address: socketAddress(address, port),
  bindToPort: false,
  trafficDirection: TrafficDirection.OUTBOUND,
  listenerFiltersTimeout: duration(settings.detectionMilliseconds),
  continueOnListenerFiltersTimeout: true,
})

const httpChain = (listener: string, routes: string, settings: ProxySettings): ChainInit => ({
  filterChainMatch: PLAIN_HTTP,
  filters: [
    httpManager(
      { place: 'outbound', statPrefix: `outbound_${listener}`, routes: { kind: 'named', name: routes } },
      settings.logging.client,
    ),
  ],
})
