/** Services: names that clients call, their ports, and the endpoints that answer. */
import type { Origin } from './origin.ts'

export type Protocol =
  | 'http'
  | 'http2'
  | 'grpc'
  | 'grpc-web'
  | 'tcp'
  | 'tls'
  | 'https'
  | 'mongo'
  | 'redis'
  | 'mysql'
  | 'udp'
  /** Not declared: looked at on the wire. */
  | 'auto'

export const isHttp = (protocol: Protocol): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web'

export const isHttp2 = (protocol: Protocol): boolean =>
  protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web'

/** True where routes of requests apply: HTTP, or a port whose protocol is looked at. */
export const mayBeHttp = (protocol: Protocol): boolean => isHttp(protocol) || protocol === 'auto'

export interface ServicePort {
  readonly name: string
  readonly number: number
  readonly protocol: Protocol
  /** The port of the workload: a number, or the name of one of the workload's own ports. */
  readonly target: number | string
}

/** How the name of a service becomes addresses. */
export type Resolution =
  /** The mesh knows the endpoints and balances over them. */
  | 'endpoints'
  /** The caller picks the address (a service without a virtual address). */
  | 'original-destination'
  /** Proxies ask the DNS for the endpoints' names, and balance over all addresses. */
  | 'dns'
  /** The same, but with one address at a time. */
  | 'dns-round-robin'
  /** The name stands for another name. */
  | 'alias'

/** Who may see an object: `*` everyone, `.` its own namespace, `~` nobody, else a namespace. */
export type ExportTo = readonly string[]

export interface Service {
  /** Fully qualified, lower case. */
  readonly host: string
  readonly name: string
  readonly namespace: string
  /** Virtual addresses; of an entry also ranges such as `10.1.0.0/16`. */
  readonly addresses: readonly string[]
  readonly ports: readonly ServicePort[]
  readonly resolution: Resolution
  /** With resolution 'alias': the host it stands for. */
  readonly aliasOf?: string
  /** Labels of the workloads behind it; absent where the endpoints are written by hand. */
  readonly selector?: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly exportTo: ExportTo
  /** True: endpoints that are not ready are kept in the balancing. */
  readonly publishNotReady: boolean
  /** Set for what is no service of the cluster: its own list of endpoints (names or addresses). */
  readonly entry?: { readonly endpoints: readonly EntryEndpoint[] }
  /** True: deleted by its owner, and still used by routes. */
  readonly kept?: true
  readonly createdAt: string
  readonly origin: Origin
}

/** An endpoint that is written down, not found. */
export interface EntryEndpoint {
  readonly address: string
  /** Port numbers by the names of the service's ports. */
  readonly ports: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  readonly weight?: number
  readonly locality?: string
}

export interface Endpoint {
  readonly address: string
  readonly port: number
  readonly health: 'healthy' | 'unhealthy' | 'draining'
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  readonly namespace: string
  /** What the workload is called in telemetry. */
  readonly workload: string
  /** Its share among the others; absent: 1. */
  readonly weight?: number
  readonly locality?: string
}

/** All endpoints of one service, by the number of the service's port. */
export interface EndpointSet {
  readonly host: string
  readonly byPort: ReadonlyMap<number, readonly Endpoint[]>
}

/** One running instance: what a proxy stands beside. */
export interface Workload {
  readonly name: string
  readonly namespace: string
  readonly address: string
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  /** Its own ports by name. */
  readonly namedPorts: Readonly<Record<string, number>>
  /** The controller that made it, for telemetry. */
  readonly workload: string
  /** The machine it runs on. */
  readonly node: string
  readonly hasSidecar: boolean
  readonly origin: Origin
}

/** Where an endpoint listens for a port of its service. */
export const entryPort = ({ ports }: EntryEndpoint, port: ServicePort): number =>
  ports[port.name] ?? (typeof port.target === 'number' ? port.target : port.number)

/** True when `labels` hold every entry of `selector`; an empty selector selects everything. */
export const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => {
  // Called for every service and endpoint: no intermediate lists.
  for (const name in selector) if (labels[name] !== selector[name]) return false
  return true
}

/** True when an object of `namespace` with this export list may be seen from `viewer`. */
export const isExportedTo = (exportTo: ExportTo, namespace: string, viewer: string): boolean =>
  exportTo.length === 0 ||
  exportTo.some((entry) => entry === '*' || entry === viewer || (entry === '.' && namespace === viewer))
