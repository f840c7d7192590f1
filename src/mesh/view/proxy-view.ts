/** The frozen slice of the mesh that one proxy sees; equal slices are one object and share all that is made of them. */
import type { LogPolicy } from '../model/access-log.ts'
import type { CallScope } from '../model/call-scope.ts'
import type { Origin } from '../model/origin.ts'
import type { MeshSettings } from '../model/mesh-settings.ts'
import type { AccessLogging } from './access-logging.ts'
import type { GatewayServer } from '../model/gateway.ts'
import type { Gateway } from '../model/gateway.ts'
import type { RouteTable } from '../model/route-table.ts'
import type { EndpointSet, Service, ServicePort, Workload } from '../model/service.ts'
import type { DestinationPolicy } from '../model/traffic-policy.ts'

/** The settings of one proxy: the mesh's, and where it logs. */
export interface ProxySettings extends MeshSettings {
  readonly logging: AccessLogging
  /** The users' objects behind these settings. */
  readonly origins: readonly Origin[]
}

export const DEFAULT_SETTINGS: MeshSettings = {
  domain: 'cluster.local',
  rootNamespace: 'istio-system',
  unknownDestinations: 'pass',
  logProviders: [],
  defaultLogProviders: [],
  detectionMilliseconds: 0,
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
  /** Oldest first. */
  readonly logPolicies: readonly LogPolicy[]
  /** Oldest first. */
  readonly callScopes: readonly CallScope[]
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
      readonly settings: ProxySettings
      readonly outbound: OutboundView
      readonly inbound: InboundView
    }
  | {
      readonly kind: 'router'
      readonly settings: ProxySettings
      readonly outbound: OutboundView
      readonly listeners: readonly GatewayListenerView[]
    }
