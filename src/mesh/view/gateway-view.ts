/** What a gateway proxy listens on: the servers of all Gateways that select it, merged per port. */
import type { Gateway, GatewayServer, ServerProtocol } from '../model/gateway.ts'
import type { Finding } from '../model/finding.ts'
import { selects } from '../model/service.ts'
import type { GatewayListenerView, ServerView } from './proxy-view.ts'

export interface PortTranslation {
  readonly port: number
  readonly target: number
}

interface MergedPort {
  readonly port: number
  readonly servers: { readonly server: GatewayServer; readonly gateway: Gateway }[]
}

const HTTP: ReadonlySet<ServerProtocol> = new Set(['http', 'http2', 'grpc', 'grpc-web'])

/** Istio: a Gateway speaks of the Service's port; the proxy listens on the target port of the first Service that has it. */
const resolvePort = (number: number, translations: readonly PortTranslation[]): number =>
  translations.find(({ port }) => port === number)?.target ?? number

/** Gateways whose selector matches the proxy's labels, oldest first; an empty selector matches every gateway proxy. */
export const gatewaysFor = (
  gateways: readonly Gateway[],
  labels: Readonly<Record<string, string>>,
): readonly Gateway[] => gateways.filter((gateway) => selects(gateway.selector, labels))

export interface MergedGateways {
  readonly listeners: readonly Omit<GatewayListenerView, 'servers'>[]
  readonly serversOf: (port: number) => readonly Omit<ServerView, 'tables'>[]
  readonly findings: readonly Finding[]
}

/** Servers of plain HTTP on one port are united; a later server of another kind on that port is left out and told. */
export const mergeGateways = (
  gateways: readonly Gateway[],
  translations: readonly PortTranslation[],
): MergedGateways => {
  const ports = new Map<number, MergedPort>()
  const findings: Finding[] = []
  for (const gateway of gateways) {
    for (const server of gateway.servers) {
      const finding = placeServer(ports, {
        gateway,
        server,
        port: resolvePort(server.portNumber, translations),
      })
      if (finding !== undefined) findings.push(finding)
    }
  }
  return {
    listeners: [...ports.values()].map(({ port, servers }) => {
      const bind = servers[0]?.server.bind
      return bind === undefined ? { port } : { port, bind }
    }),
    serversOf: (port) => ports.get(port)?.servers ?? [],
    findings,
  }
}

const placeServer = (
  ports: Map<number, MergedPort>,
  at: { readonly gateway: Gateway; readonly server: GatewayServer; readonly port: number },
): Finding | undefined => {
  const { gateway, server, port } = at
  if (!HTTP.has(server.protocol)) {
    return {
      reason: 'UnsupportedValue',
      origin: { ...server.origin, field: `${server.origin.field}.port.protocol` },
      message: `servers of protocol ${server.protocol.toUpperCase()} are not served yet`,
      remedy: 'write HTTP, HTTP2 or GRPC',
    }
  }
  const merged = ports.get(port) ?? { port, servers: [] }
  ports.set(port, merged)
  merged.servers.push({ server, gateway })
  return undefined
}
