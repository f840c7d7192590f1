/** TrafficPolicy of a DestinationRule (networking.istio.io). Durations are text such as `30s`. */
export interface ConsistentHash {
  readonly httpHeaderName?: string
  readonly httpCookie?: {
    readonly name?: string
    readonly path?: string
    readonly ttl?: string
    readonly attributes?: readonly { readonly name?: string; readonly value?: string }[]
  }
  readonly useSourceIp?: boolean
  readonly httpQueryParameterName?: string
  readonly ringHash?: { readonly minimumRingSize?: number }
  readonly maglev?: { readonly tableSize?: number }
  readonly minimumRingSize?: number
}

export interface LocalityLbSetting {
  readonly distribute?: readonly { readonly from?: string; readonly to?: Readonly<Record<string, number>> }[]
  readonly failover?: readonly { readonly from?: string; readonly to?: string }[]
  readonly failoverPriority?: readonly string[]
  readonly enabled?: boolean | null
}

export interface ZoneAwareLbSetting {
  readonly enabled?: boolean | null
  readonly failover?: readonly { readonly from?: string; readonly to?: string }[]
  readonly failoverPriority?: readonly string[]
}

export interface LoadBalancerSettings {
  readonly simple?: 'UNSPECIFIED' | 'LEAST_CONN' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST'
  readonly consistentHash?: ConsistentHash
  readonly localityLbSetting?: LocalityLbSetting
  readonly zoneAwareLbSetting?: ZoneAwareLbSetting
  readonly backendUtilization?: {
    readonly weightExpirationPeriod?: string
    readonly weightStabilizationPeriod?: string
    readonly weightUpdatePeriod?: string
  }
  readonly warmupDurationSecs?: string
  readonly warmup?: {
    readonly duration?: string
    readonly minimumPercent?: number | null
    readonly aggression?: number | null
  }
}

export interface ConnectionPoolSettings {
  readonly tcp?: {
    readonly maxConnections?: number
    readonly connectTimeout?: string
    readonly idleTimeout?: string
    readonly maxConnectionDuration?: string
    readonly tcpKeepalive?: { readonly probes?: number; readonly time?: string; readonly interval?: string }
  }
  readonly http?: {
    readonly http1MaxPendingRequests?: number
    readonly http2MaxRequests?: number
    readonly maxRequestsPerConnection?: number
    readonly maxRetries?: number
    readonly idleTimeout?: string
    readonly h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
    readonly useClientProtocol?: boolean
    readonly maxConcurrentStreams?: number
    readonly http2KeepAlive?: { readonly interval?: string; readonly timeout?: string }
  }
}

export interface OutlierDetection {
  readonly consecutiveErrors?: number
  readonly splitExternalLocalOriginErrors?: boolean
  readonly consecutiveLocalOriginFailures?: number | null
  readonly consecutiveGatewayErrors?: number | null
  readonly consecutive5xxErrors?: number | null
  readonly interval?: string
  readonly baseEjectionTime?: string
  readonly maxEjectionPercent?: number
  readonly minHealthPercent?: number
}

export interface ClientTlsSettings {
  readonly mode?: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
  readonly clientCertificate?: string
  readonly privateKey?: string
  readonly caCertificates?: string
  readonly credentialName?: string
  readonly subjectAltNames?: readonly string[]
  readonly sni?: string
  readonly insecureSkipVerify?: boolean | null
  readonly caCrl?: string
}

export interface PortTrafficPolicy {
  readonly port?: { readonly number?: number }
  readonly loadBalancer?: LoadBalancerSettings
  readonly connectionPool?: ConnectionPoolSettings
  readonly outlierDetection?: OutlierDetection
  readonly tls?: ClientTlsSettings
}

export interface TrafficPolicy {
  readonly loadBalancer?: LoadBalancerSettings
  readonly connectionPool?: ConnectionPoolSettings
  readonly outlierDetection?: OutlierDetection
  readonly tls?: ClientTlsSettings
  readonly portLevelSettings?: readonly PortTrafficPolicy[]
  readonly tunnel?: { readonly protocol?: string; readonly targetHost: string; readonly targetPort: number }
  readonly proxyProtocol?: { readonly version?: 'V1' | 'V2' }
  readonly retryBudget?: {
    readonly percent?: number
    readonly minRetryConcurrency?: number
    readonly budgetInterval?: string
  }
}
