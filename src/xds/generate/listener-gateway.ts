/** Listeners of gateway proxies: `0.0.0.0_8080` with the route table `http.8080`. */
import type { GatewayListenerView, ProxySettings } from '../../mesh/view/proxy-view.ts'
import { TrafficDirection } from '../proto/generated/envoy/config/core/v3/base_pb.js'
import { ListenerSchema } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import { listenerAccessLogs } from './access-log.ts'
import { encodeResource, socketAddress, uniqueOrigins } from './encoded-resource.ts'
import { ANY_ADDRESS, gatewayRoute, listenerName } from './names.ts'
import { httpManager } from './network-filters.ts'

export const gatewayListener = (listener: GatewayListenerView, settings: ProxySettings): EncodedResource => {
  const address = listener.bind ?? ANY_ADDRESS
  const name = listenerName(address, listener.port)
  const { client } = settings.logging
  return encodeResource(
    ListenerSchema,
    name,
    {
      name,
      address: socketAddress(address, listener.port),
      trafficDirection: TrafficDirection.OUTBOUND,
      accessLog: listenerAccessLogs(client),
      filterChains: [
        {
          filters: [
            httpManager(
              {
                place: 'gateway',
                statPrefix: `outbound_${name}`,
                routes: { kind: 'named', name: gatewayRoute(listener.port, listener.bind) },
              },
              client,
            ),
          ],
        },
      ],
    },
    uniqueOrigins([...listener.servers.map(({ server }) => server.origin), ...settings.origins]),
  )
}
