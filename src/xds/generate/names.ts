/** From views to Envoy resources under Istio's names: the names themselves. */

/** Gateways balance where sidecars keep the caller's address, and do not follow the protocol of the caller. */
export type ProxyKind = 'sidecar' | 'router'

export const PASSTHROUGH_CLUSTER = 'PassthroughCluster'
export const BLACKHOLE_CLUSTER = 'BlackHoleCluster'
export const INBOUND_PASSTHROUGH_CLUSTER = 'InboundPassthroughCluster'
export const VIRTUAL_OUTBOUND = 'virtualOutbound'
export const VIRTUAL_INBOUND = 'virtualInbound'
export const OUTBOUND_PORT = 15001
export const INBOUND_PORT = 15006
export const ANY_ADDRESS = '0.0.0.0'

/** Ports that the proxy itself listens on at every address. */
export const RESERVED_PORTS: ReadonlySet<number> = new Set([
  15000, 15001, 15004, 15006, 15008, 15020, 15021, 15090,
])

/** `outbound|8080|v1|myapp.default.svc.cluster.local`. */
export const outboundCluster = (host: string, port: number, subset: string = ''): string =>
  `outbound|${port}|${subset}|${host}`

/** `inbound|8080||`. */
export const inboundCluster = (port: number): string => `inbound|${port}||`

/** `0.0.0.0_8080`. */
export const listenerName = (address: string, port: number): string => `${address}_${port}`

/** `http.80`, or `http.80.10.0.0.1` for a server that binds to an address. */
export const gatewayRoute = (port: number, bind?: string): string =>
  bind === undefined || bind === '' ? `http.${port}` : `http.${port}.${bind}`

/** `myapp.default.svc.cluster.local:8080`; IPv6 addresses in brackets. */
export const hostWithPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

const KEBAB: Readonly<Record<string, string>> = {
  VirtualService: 'virtual-service',
  DestinationRule: 'destination-rule',
}

/** Istio's path of an object in `metadata.filter_metadata.istio.config`. */
export const configPath = (origin: {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}): string =>
  `/apis/networking.istio.io/v1alpha3/namespaces/${origin.namespace}/${KEBAB[origin.kind] ?? origin.kind.toLowerCase()}/${origin.name}`
