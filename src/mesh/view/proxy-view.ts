/** The frozen slice of the mesh that one proxy sees; equal slices are one object and share all that is made of them. */
import type { GatewayServer } from '../model/gateway.ts'
import type { Gateway } from '../model/gateway.ts'
import type { RouteTable } from '../model/route-table.ts'
import type { EndpointSet, Service, ServicePort, Workload } from '../model/service.ts'
import type { DestinationPolicy } from '../model/traffic-policy.ts'

/** Settings that hold for the whole mesh. */
export interface MeshSettings {
  readonly domain: string
  /** Where policies for everybody are kept. */
  readonly rootNamespace: string
  /** What sidecars do with destinations that the mesh does not know. */
  readonly unknownDestinations: 'pass' | 'refuse'
  /** Path that proxies write access logs to; absent: none. */
  readonly accessLogPath?: string
  /** Mark on the proxies' own connections (SO_MARK), so that the redirect lets them pass; absent: none. */
  readonly socketMark?: number
}

export const DEFAULT_SETTINGS: MeshSettings = {
  domain: 'cluster.local',
  rootNamespace: 'istio-system',
  unknownDestinations: 'pass',
}

/** The whole model at one moment. A part that did not change is the same object as before. */
export interface MeshState {
  readonly settings: MeshSettings
  /** Oldest first. */
  readonly services: readonly Service[]
  readonly endpoints: ReadonlyMap<string, EndpointSet>
  /** By `namespace/name`. */
  readonly workloads: ReadonlyMap<string, Workload>
  /** Oldest first. */
  readonly tables: readonly RouteTable[]
  /** Merged per host. */
  readonly policies: readonly DestinationPolicy[]
  /** Oldest first. */
  readonly gateways: readonly Gateway[]
}

export interface Proxy {
  readonly type: 'sidecar' | 'router'
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

/** A service with the policy that this viewer's calls to it follow. One object per pair. */
export interface ServiceView {
  readonly service: Service
  readonly policy?: DestinationPolicy
}

/** What the proxy may call. */
export interface OutboundView {
  readonly namespace: string
  readonly services: readonly ServiceView[]
  /** In the order of `services`. */
  readonly endpoints: readonly EndpointSet[]
  /** Tables for sidecars, by precedence; conditions on the caller are decided, destinations have their ports. */
  readonly tables: readonly RouteTable[]
}

/** A port of the workload that services send to. */
export interface InboundPort {
  readonly target: number
  readonly port: ServicePort
  /** Oldest first; the first gives the protocol. */
  readonly services: readonly Service[]
}

export interface InboundView {
  readonly ports: readonly InboundPort[]
}

export interface ServerView {
  readonly server: GatewayServer
  readonly gateway: Gateway
  readonly tables: readonly RouteTable[]
}

export interface GatewayListenerView {
  /** Where the proxy listens: the target port of the gateway's Service. */
  readonly port: number
  readonly bind?: string
  /** All of one kind: servers of plain HTTP share a listener and a route table. */
  readonly servers: readonly ServerView[]
}

export type ProxyView =
  | {
      readonly kind: 'sidecar'
      readonly settings: MeshSettings
      readonly outbound: OutboundView
      readonly inbound: InboundView
    }
  | {
      readonly kind: 'router'
      readonly settings: MeshSettings
      readonly outbound: OutboundView
      readonly listeners: readonly GatewayListenerView[]
    }
