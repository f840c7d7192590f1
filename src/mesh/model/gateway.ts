/** Gateways: which proxies accept traffic from outside, on which ports, for which hosts. */
import type { Origin } from './origin.ts'

export type ServerProtocol = 'http' | 'http2' | 'grpc' | 'grpc-web' | 'https' | 'tcp' | 'tls' | 'mongo'

/** `namespace` limits whose route tables may serve the host; absent: anyone's. */
export interface ServerHost {
  readonly host: string
  readonly namespace?: string
}

export interface GatewayServer {
  readonly name?: string
  readonly portNumber: number
  readonly portName: string
  readonly protocol: ServerProtocol
  /** Address to listen on; absent: all. */
  readonly bind?: string
  readonly hosts: readonly ServerHost[]
  /** Plain requests are answered with a redirect to https. */
  readonly httpsRedirect: boolean
  /** True: the server terminates or passes TLS (its settings are carried by a later field). */
  readonly tls: boolean
  readonly origin: Origin
}

export interface Gateway {
  readonly name: string
  readonly namespace: string
  /** Labels of the proxies that serve it; empty: every gateway proxy. */
  readonly selector: Readonly<Record<string, string>>
  readonly servers: readonly GatewayServer[]
  readonly createdAt: string
  readonly origin: Origin
}

export const gatewayKey = (gateway: { readonly namespace: string; readonly name: string }): string =>
  `${gateway.namespace}/${gateway.name}`
