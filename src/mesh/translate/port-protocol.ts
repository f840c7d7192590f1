/** Which protocol a Service's port carries, by appProtocol, else by the prefix of its name. */
import type { Protocol } from '../model/service.ts'

const BY_NAME: Readonly<Record<string, Protocol>> = {
  tcp: 'tcp',
  udp: 'udp',
  grpc: 'grpc',
  http: 'http',
  http2: 'http2',
  https: 'https',
  tls: 'tls',
  mongo: 'mongo',
  redis: 'redis',
  mysql: 'mysql',
}

/** The standard names of Kubernetes' appProtocol (KEP-3726). */
const BY_APP_PROTOCOL: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
}

/** SMTP, DNS, MySQL, MongoDB: the server speaks first, so looking at the wire would break them. */
const SERVER_FIRST = new Set([25, 53, 3306, 27017])

export interface DeclaredPort {
  readonly number: number
  readonly name: string
  /** TCP, UDP or SCTP. */
  readonly transport: string
  readonly appProtocol?: string
}

/** Follows Istio's protocol selection: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
export const protocolOfPort = (port: DeclaredPort): Protocol => {
  if (port.transport === 'UDP') return 'udp'
  const standard = port.appProtocol === undefined ? undefined : BY_APP_PROTOCOL[port.appProtocol]
  if (standard !== undefined) return standard
  const declared = (port.appProtocol ?? port.name).toLowerCase()
  if (declared.startsWith('grpc-web')) return 'grpc-web'
  const prefix = declared.split('-', 1)[0] ?? ''
  const known = Object.hasOwn(BY_NAME, prefix) ? BY_NAME[prefix] : undefined
  return known ?? (SERVER_FIRST.has(port.number) ? 'tcp' : 'auto')
}
