/** Listeners for calls that the application makes: one per HTTP port, one per address and port of other services. */
import { isHttp, type Service, type ServicePort } from '../../mesh/model/service.ts'
import type { ProxySettings, OutboundView } from '../../mesh/view/proxy-view.ts'
import type { Origin } from '../../mesh/model/origin.ts'
import { TrafficDirection } from '../proto/generated/envoy/config/core/v3/base_pb.js'
import { ListenerSchema } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import { listenerAccessLogs } from './access-log.ts'
import { duration, encodeResource, socketAddress, uniqueOrigins } from './encoded-resource.ts'
import { httpInspector, PLAIN_HTTP } from './listener-filters.ts'
import {
  ANY_ADDRESS,
  BLACKHOLE_CLUSTER,
  hostWithPort,
  listenerName,
  OUTBOUND_PORT,
  outboundCluster,
  PASSTHROUGH_CLUSTER,
  RESERVED_PORTS,
  VIRTUAL_OUTBOUND,
} from './names.ts'
import { httpManager, tcpProxy } from './network-filters.ts'

/** Where connections go that no service's listener takes. */
const unknownCluster = (settings: ProxySettings): string =>
  settings.unknownDestinations === 'pass' ? PASSTHROUGH_CLUSTER : BLACKHOLE_CLUSTER

/** Receives every redirected connection and hands it to the listener of its original destination. */
export const virtualOutbound = (settings: ProxySettings): EncodedResource =>
  encodeResource(
    ListenerSchema,
    VIRTUAL_OUTBOUND,
    {
      name: VIRTUAL_OUTBOUND,
      address: socketAddress(ANY_ADDRESS, OUTBOUND_PORT),
      useOriginalDst: true,
      trafficDirection: TrafficDirection.OUTBOUND,
      accessLog: listenerAccessLogs(settings.logging.client),
      filterChains: [
        {
          // A call to the port itself would go round in circles.
          name: 'virtualOutbound-blackhole',
          filterChainMatch: { destinationPort: OUTBOUND_PORT },
          filters: [tcpProxy(BLACKHOLE_CLUSTER, settings.logging.client)],
        },
        {
          name: 'virtualOutbound-catchall-tcp',
          filters: [tcpProxy(unknownCluster(settings), settings.logging.client)],
        },
      ],
    },
    settings.logging.origins,
  )

/** The shared HTTP ports of a view, with what asked for each. */
export const sharedHttpPorts = (view: OutboundView): ReadonlyMap<number, readonly Origin[]> => {
  const ports = new Map<number, Origin[]>()
  for (const { service } of view.services) {
    if (service.resolution === 'alias') continue
    for (const port of service.ports) {
      if (!isHttp(port.protocol) || RESERVED_PORTS.has(port.number)) continue
      const origins = ports.get(port.number) ?? []
      origins.push(service.origin)
      ports.set(port.number, origins)
    }
  }
  return ports
}

/** `0.0.0.0_8080`: HTTP by the table of the port; what is not HTTP goes to where it was sent. */
export const sharedHttpListener = (
  port: number,
  settings: ProxySettings,
  origins: readonly Origin[],
): EncodedResource => {
  const name = listenerName(ANY_ADDRESS, port)
  return encodeResource(
    ListenerSchema,
    name,
    {
      ...outboundBase(name, ANY_ADDRESS, port, settings),
      listenerFilters: [httpInspector()],
      filterChains: [httpChain(name, String(port), settings)],
      defaultFilterChain: {
        name: 'PassthroughFilterChain',
        filters: [tcpProxy(unknownCluster(settings), settings.logging.client)],
      },
    },
    origins,
  )
}

/** `10.96.0.7_5432`, one per port of the service that is not declared as HTTP. */
export const addressListeners = (service: Service, settings: ProxySettings): readonly EncodedResource[] =>
  service.resolution !== 'endpoints'
    ? []
    : service.ports
        .filter((port) => !isHttp(port.protocol) && port.protocol !== 'udp')
        .flatMap((port) =>
          service.addresses.slice(0, 1).map((address) => addressListener(service, port, address, settings)),
        )

const addressListener = (
  service: Service,
  port: ServicePort,
  address: string,
  settings: ProxySettings,
): EncodedResource => {
  const name = listenerName(address, port.number)
  const sniffed = port.protocol === 'auto'
  const tcp = { filters: [tcpProxy(outboundCluster(service.host, port.number), settings.logging.client)] }
  return encodeResource(
    ListenerSchema,
    name,
    {
      ...outboundBase(name, address, port.number, settings),
      listenerFilters: sniffed ? [httpInspector()] : [],
      filterChains: sniffed
        ? [tcp, httpChain(name, hostWithPort(service.host, port.number), settings)]
        : [tcp],
    },
    uniqueOrigins([service.origin, ...settings.logging.origins]),
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

const httpChain = (listener: string, routes: string, settings: ProxySettings) => ({
  filterChainMatch: PLAIN_HTTP,
  filters: [
    httpManager(
      { place: 'outbound', statPrefix: `outbound_${listener}`, routes: { kind: 'named', name: routes } },
      settings.logging.client,
    ),
  ],
})
