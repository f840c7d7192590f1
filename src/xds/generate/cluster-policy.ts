/** Connection pools and outlier detection in Envoy's words, with Istio's defaults. */
import type { ConnectionPool, OutlierDetection } from '../../mesh/model/traffic-policy.ts'
import type { ClusterSchema } from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { HttpProtocolOptionsSchema } from '../proto/generated/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js'
import { duration, pack, type Plain } from './encoded-resource.ts'

type ClusterInit = Plain<typeof ClusterSchema>
type ProtocolOptions = Plain<typeof HttpProtocolOptionsSchema>

const PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

/** Istio lifts Envoy's limits unless the user sets some. */
const NO_LIMIT = 4294967295

export const connectionPoolFields = (
  pool: ConnectionPool = {},
  protocol: ProtocolOptions = {},
): ClusterInit => {
  const options = { ...protocol, ...commonOptions(pool) }
  return {
    connectTimeout: duration(pool.connectMilliseconds ?? 10_000),
    circuitBreakers: {
      thresholds: [
        {
          maxConnections: pool.maxConnections ?? NO_LIMIT,
          maxPendingRequests: pool.maxPendingRequests ?? NO_LIMIT,
          maxRequests: pool.maxRequests ?? NO_LIMIT,
          maxRetries: pool.maxRetries ?? NO_LIMIT,
          trackRemaining: true,
        },
      ],
    },
    ...(Object.keys(options).length === 0
      ? {}
      : {
          typedExtensionProtocolOptions: {
            [PROTOCOL_OPTIONS]: pack(HttpProtocolOptionsSchema, withProtocol(options)),
          },
        }),
    ...keepaliveFields(pool),
  }
}

/** The options must name a protocol (Envoy refuses them else); HTTP/1.1 is what Envoy speaks by default. */
const withProtocol = (options: ProtocolOptions): ProtocolOptions => ({
  upstreamProtocolOptions: {
    case: 'explicitHttpConfig',
    value: { protocolConfig: { case: 'httpProtocolOptions', value: {} } },
  },
  ...options,
})

const commonOptions = (pool: ConnectionPool): ProtocolOptions => {
  const common = {
    ...(pool.idleMilliseconds === undefined ? {} : { idleTimeout: duration(pool.idleMilliseconds) }),
    ...(pool.maxRequestsPerConnection === undefined
      ? {}
      : { maxRequestsPerConnection: pool.maxRequestsPerConnection }),
    ...(pool.maxConnectionMilliseconds === undefined
      ? {}
      : { maxConnectionDuration: duration(pool.maxConnectionMilliseconds) }),
  }
  return Object.keys(common).length === 0 ? {} : { commonHttpProtocolOptions: common }
}

const keepaliveFields = ({ keepalive }: ConnectionPool): ClusterInit =>
  keepalive === undefined
    ? {}
    : {
        upstreamConnectionOptions: {
          tcpKeepalive: {
            ...(keepalive.probes === undefined ? {} : { keepaliveProbes: keepalive.probes }),
            ...(keepalive.seconds === undefined ? {} : { keepaliveTime: keepalive.seconds }),
            ...(keepalive.intervalSeconds === undefined
              ? {}
              : { keepaliveInterval: keepalive.intervalSeconds }),
          },
        },
      }

/** An explicit 0 turns a detector off. */
const enforcing = (limit: number): number => (limit > 0 ? 100 : 0)

export const outlierFields = (outlier: OutlierDetection | undefined): ClusterInit => {
  if (outlier === undefined) return { commonLbConfig: {} }
  const { consecutive5xx, consecutiveGatewayErrors: gateway, consecutiveLocalFailures: local } = outlier
  return {
    outlierDetection: {
      enforcingSuccessRate: 0,
      ...(consecutive5xx === undefined
        ? {}
        : { consecutive5xx, enforcingConsecutive5xx: enforcing(consecutive5xx) }),
      ...(gateway === undefined
        ? {}
        : { consecutiveGatewayFailure: gateway, enforcingConsecutiveGatewayFailure: enforcing(gateway) }),
      ...(outlier.intervalMilliseconds === undefined
        ? {}
        : { interval: duration(outlier.intervalMilliseconds) }),
      ...(outlier.baseEjectionMilliseconds === undefined
        ? {}
        : { baseEjectionTime: duration(outlier.baseEjectionMilliseconds) }),
      ...(outlier.maxEjectionPercent === undefined ? {} : { maxEjectionPercent: outlier.maxEjectionPercent }),
      ...(outlier.splitLocalErrors
        ? {
            splitExternalLocalOriginErrors: true,
            enforcingLocalOriginSuccessRate: 0,
            ...(local === undefined || local === 0
              ? {}
              : { consecutiveLocalOriginFailure: local, enforcingConsecutiveLocalOriginFailure: 100 }),
          }
        : {}),
    },
    commonLbConfig: { healthyPanicThreshold: { value: outlier.minHealthPercent } },
  }
}
