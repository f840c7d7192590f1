/** Traffic policies: how to balance and pool towards a host, and the subsets of its endpoints. */
import type { Origin } from './origin.ts'
import type { ExportTo } from './service.ts'

export type Balancer = 'least-request' | 'round-robin' | 'random' | 'original-destination'

export interface ConnectionPool {
  readonly maxConnections?: number
  readonly connectMilliseconds?: number
  readonly maxConnectionMilliseconds?: number
  readonly maxPendingRequests?: number
  readonly maxRequests?: number
  readonly maxRequestsPerConnection?: number
  readonly maxRetries?: number
  readonly idleMilliseconds?: number
  readonly maxConcurrentStreams?: number
  readonly useClientProtocol?: boolean
  readonly upgradeToHttp2?: 'always' | 'never'
  readonly keepalive?: {
    readonly probes?: number
    readonly seconds?: number
    readonly intervalSeconds?: number
  }
}

export interface OutlierDetection {
  readonly consecutive5xx?: number
  readonly consecutiveGatewayErrors?: number
  readonly consecutiveLocalFailures?: number
  readonly splitLocalErrors: boolean
  readonly intervalMilliseconds?: number
  readonly baseEjectionMilliseconds?: number
  readonly maxEjectionPercent?: number
  readonly minHealthPercent: number
}

/** Absent parts are inherited, at last from the mesh's defaults. */
export interface TrafficPolicy {
  readonly balancer?: Balancer
  readonly connectionPool?: ConnectionPool
  readonly outlierDetection?: OutlierDetection
}

export interface PolicyScope {
  readonly policy: TrafficPolicy
  /** By the number of the service's port. A port's own policy replaces the general one as a whole. */
  readonly byPort: ReadonlyMap<number, TrafficPolicy>
}

export interface Subset extends PolicyScope {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** True: deleted by its owner, and still used by routes. */
  readonly kept?: true
  readonly origin: Origin
}

/** What is said of one host; `origins` lists every object that was merged into it. */
export interface DestinationPolicy extends PolicyScope {
  readonly name: string
  readonly namespace: string
  /** Fully qualified or wildcard, lower case. */
  readonly host: string
  readonly subsets: readonly Subset[]
  readonly exportTo: ExportTo
  /** Absent: every workload follows it. */
  readonly workloadSelector?: Readonly<Record<string, string>>
  readonly createdAt: string
  readonly origin: Origin
  readonly origins: readonly Origin[]
}

/** The policy of one port: the port's own, else the scope's. */
export const policyForPort = (scope: PolicyScope, port: number): TrafficPolicy =>
  scope.byPort.get(port) ?? scope.policy

/** A subset's policy over the host's: each part that the subset names wins as a whole. */
export const overlayPolicy = (base: TrafficPolicy, over: TrafficPolicy): TrafficPolicy => ({
  ...base,
  ...over,
})
