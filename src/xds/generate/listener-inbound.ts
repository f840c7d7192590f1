/** The listener for calls that come to the application: a chain per declared port, and one for all others. */
import { isHttp } from '../../mesh/model/service.ts'
import type { FilteredSink } from '../../mesh/view/access-logging.ts'
import type { InboundPort, InboundView, ProxySettings } from '../../mesh/view/proxy-view.ts'
import { TrafficDirection } from '../proto/generated/envoy/config/core/v3/base_pb.js'
import type { FilterChainSchema } from '../proto/generated/envoy/config/listener/v3/listener_components_pb.js'
import { ListenerSchema } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import { listenerAccessLogs } from './access-log.ts'
import { duration, encodeResource, socketAddress, uniqueOrigins, type Plain } from './encoded-resource.ts'
import { httpInspector, originalDestination, PLAIN_HTTP } from './listener-filters.ts'
import {
  ANY_ADDRESS,
  BLACKHOLE_CLUSTER,
  INBOUND_PASSTHROUGH_CLUSTER,
  INBOUND_PORT,
  inboundCluster,
  listenerName,
  RESERVED_PORTS,
  VIRTUAL_INBOUND,
} from './names.ts'
import { httpManager, inboundRoutes, tcpProxy } from './network-filters.ts'

type ChainInit = Plain<typeof FilterChainSchema>

/** The ports that get a chain: the proxy's own ports are not the application's. */
export const inboundPorts = (view: InboundView): readonly InboundPort[] =>
  view.ports.filter(({ target }) => !RESERVED_PORTS.has(target))

export const virtualInbound = (view: InboundView, settings: ProxySettings): EncodedResource => {
  const ports = inboundPorts(view)
  const { server } = settings.logging
  const declared = ports.filter(({ port }) => port.protocol !== 'auto').map(({ target }) => target)
  return encodeResource(
    ListenerSchema,
    VIRTUAL_INBOUND,
    {
      name: VIRTUAL_INBOUND,
      address: socketAddress(ANY_ADDRESS, INBOUND_PORT),
      trafficDirection: TrafficDirection.INBOUND,
      accessLog: listenerAccessLogs(server),
      listenerFilters: [originalDestination(), httpInspector([INBOUND_PORT, ...declared])],
      listenerFiltersTimeout: duration(settings.detectionMilliseconds),
      continueOnListenerFiltersTimeout: true,
      filterChains: [
        {
          // A call to the port itself would go round in circles.
          name: 'virtualInbound-blackhole',
          filterChainMatch: { destinationPort: INBOUND_PORT },
          filters: [tcpProxy(BLACKHOLE_CLUSTER, server)],
        },
        {
          name: 'virtualInbound-catchall-http',
          filterChainMatch: PLAIN_HTTP,
          filters: [manager(INBOUND_PASSTHROUGH_CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, undefined, server)],
        },
        { name: VIRTUAL_INBOUND, filters: [tcpProxy(INBOUND_PASSTHROUGH_CLUSTER, server)] },
        ...ports.flatMap((port) => portChains(port, server)),
      ],
    },
    uniqueOrigins([
      ...ports.flatMap(({ services }) => services.map((service) => service.origin)),
      ...settings.origins,
    ]),
  )
}

const portChains = (inbound: InboundPort, logs: readonly FilteredSink[]): readonly ChainInit[] => {
  const { target, port } = inbound
  const cluster = inboundCluster(target)
  const name = listenerName(ANY_ADDRESS, target)
  const http: ChainInit = {
    name,
    filterChainMatch: { destinationPort: target, ...(port.protocol === 'auto' ? PLAIN_HTTP : {}) },
    filters: [manager(`inbound_${name}`, cluster, inbound, logs)],
  }
  const tcp: ChainInit = {
    name,
    filterChainMatch: { destinationPort: target },
    filters: [tcpProxy(cluster, logs)],
  }
  if (port.protocol === 'auto') return [http, tcp]
  return isHttp(port.protocol) ? [http] : [tcp]
}

const manager = (
  statPrefix: string,
  cluster: string,
  inbound: InboundPort | undefined,
  logs: readonly FilteredSink[],
): ReturnType<typeof httpManager> =>
  httpManager(
    { place: 'inbound', statPrefix, routes: { kind: 'inline', config: inboundRoutes(cluster, inbound) } },
    logs,
  )
