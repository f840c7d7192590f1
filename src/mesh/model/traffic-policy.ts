/** Traffic policies: how to balance and pool towards a host, and the subsets of its endpoints. */
import type { Origin } from './origin.ts'
import type { ExportTo } from './service.ts'

export type Balancer = 'least-request' | 'round-robin' | 'random' | 'original-destination'

/** What of a request decides its endpoint. */
export type HashKey =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'query-parameter'; readonly name: string }
  | { readonly kind: 'source-address' }
  | {
      readonly kind: 'cookie'
      readonly name: string
      readonly path: string
      /** Absent: a cookie of the caller's own, which is not made up; 0: for the session. */
      readonly lifetimeMilliseconds?: number
    }

/** Requests of one key go to one endpoint, as long as the endpoints stay. */
export interface ConsistentHash {
  readonly key: HashKey
  readonly algorithm:
    | { readonly kind: 'ring'; readonly minimumSize: number }
    | { readonly kind: 'maglev'; readonly tableSize?: number }
}

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
  /** Instead of a balancer. */
  readonly hash?: ConsistentHash
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
export const overlayPolicy = (base: TrafficPolicy, over: TrafficPolicy): TrafficPolicy => {
  const { balancer: _, hash: __, ...others } = base
  const replaces = over.balancer !== undefined || over.hash !== undefined
  return { ...(replaces ? others : base), ...over }
}

/** What decides the endpoint of a request to this destination; undefined: a balancer does. */
export const hashKeyFor = (
  policy: DestinationPolicy,
  destination: { readonly subset?: string; readonly port: number },
): HashKey | undefined => {
  const base = policyForPort(policy, destination.port)
  const subset = policy.subsets.find(({ name }) => name === destination.subset)
  const effective = subset === undefined ? base : overlayPolicy(base, policyForPort(subset, destination.port))
  return effective.hash?.key
}

/** True when requests to some part of the host are told apart by a hash. */
export const mayHash = (policy: DestinationPolicy): boolean =>
  [policy, ...policy.subsets].some((scope) =>
    [scope.policy, ...scope.byPort.values()].some(({ hash }) => hash !== undefined),
  )
