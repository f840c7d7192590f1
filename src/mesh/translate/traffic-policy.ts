/** Istio's trafficPolicy (of a DestinationRule or one of its subsets) to the model's. */
import type {
  Balancer,
  ConsistentHash,
  HashKey,
  ConnectionPool,
  OutlierDetection,
  PolicyScope,
  TrafficPolicy,
} from '../model/traffic-policy.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { booleanAt, durationAt, numberAt, objectAt, objectsAt, optional, textAt } from './json-reader.ts'

/** `portLevelSettings` replace the general settings of that port as a whole, as in Istio. */
export const translatePolicyScope = (policy: JsonObject | undefined): PolicyScope => ({
  policy: translatePolicy(policy),
  byPort: new Map(
    objectsAt(policy, 'portLevelSettings').flatMap((settings): [number, TrafficPolicy][] => {
      const number = numberAt(objectAt(settings, 'port'), 'number')
      return number === undefined ? [] : [[number, translatePolicy(settings)]]
    }),
  ),
})

const translatePolicy = (policy: JsonObject | undefined): TrafficPolicy => ({
  ...optional('balancer', balancerOf(textAt(objectAt(policy, 'loadBalancer'), 'simple'))),
  ...optional('hash', consistentHashOf(objectAt(objectAt(policy, 'loadBalancer'), 'consistentHash'))),
  ...optional('connectionPool', connectionPoolOf(objectAt(policy, 'connectionPool'))),
  ...optional('outlierDetection', outlierDetectionOf(objectAt(policy, 'outlierDetection'))),
})

const BALANCERS: Readonly<Record<string, Balancer>> = {
  LEAST_REQUEST: 'least-request',
  LEAST_CONN: 'least-request',
  ROUND_ROBIN: 'round-robin',
  RANDOM: 'random',
  PASSTHROUGH: 'original-destination',
}

const balancerOf = (simple: string | undefined): Balancer | undefined =>
  simple === undefined ? undefined : BALANCERS[simple]

/** Istio's default ring. */
const RING_SIZE = 1024

const consistentHashOf = (hash: JsonObject | undefined): ConsistentHash | undefined => {
  const key = hashKeyOf(hash)
  if (key === undefined) return undefined
  const maglev = objectAt(hash, 'maglev')
  if (maglev !== undefined) {
    return {
      key,
      algorithm: { kind: 'maglev', ...optional('tableSize', wholeAt(maglev, 'tableSize')) },
    }
  }
  const minimumSize =
    wholeAt(objectAt(hash, 'ringHash'), 'minimumRingSize') ?? wholeAt(hash, 'minimumRingSize')
  return { key, algorithm: { kind: 'ring', minimumSize: minimumSize ?? RING_SIZE } }
}

/** A 64-bit number, which protobuf's JSON also writes as text; 0 is the default. */
const wholeAt = (source: JsonObject | undefined, field: string): number | undefined => {
  const value = Number(textAt(source, field) ?? numberAt(source, field))
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

const hashKeyOf = (hash: JsonObject | undefined): HashKey | undefined => {
  const header = textAt(hash, 'httpHeaderName')
  if (header !== undefined) return { kind: 'header', name: header }
  const parameter = textAt(hash, 'httpQueryParameterName')
  if (parameter !== undefined) return { kind: 'query-parameter', name: parameter }
  if (booleanAt(hash, 'useSourceIp') === true) return { kind: 'source-address' }
  const cookie = objectAt(hash, 'httpCookie')
  if (cookie === undefined) return undefined
  return {
    kind: 'cookie',
    name: textAt(cookie, 'name') ?? '',
    path: textAt(cookie, 'path') ?? '',
    ...optional('lifetimeMilliseconds', durationAt(cookie, 'ttl')),
  }
}

const connectionPoolOf = (pool: JsonObject | undefined): ConnectionPool | undefined => {
  if (pool === undefined) return undefined
  const tcp = objectAt(pool, 'tcp')
  const http = objectAt(pool, 'http')
  const upgrade = textAt(http, 'h2UpgradePolicy')
  return {
    ...optional('maxConnections', positive(numberAt(tcp, 'maxConnections'))),
    ...optional('connectMilliseconds', durationAt(tcp, 'connectTimeout')),
    ...optional('maxConnectionMilliseconds', durationAt(tcp, 'maxConnectionDuration')),
    ...optional('maxPendingRequests', positive(numberAt(http, 'http1MaxPendingRequests'))),
    ...optional('maxRequests', positive(numberAt(http, 'http2MaxRequests'))),
    ...optional('maxRequestsPerConnection', positive(numberAt(http, 'maxRequestsPerConnection'))),
    ...optional('maxRetries', positive(numberAt(http, 'maxRetries'))),
    ...optional('idleMilliseconds', durationAt(http, 'idleTimeout') ?? durationAt(tcp, 'idleTimeout')),
    ...optional('maxConcurrentStreams', positive(numberAt(http, 'maxConcurrentStreams'))),
    ...optional('useClientProtocol', booleanAt(http, 'useClientProtocol')),
    ...optional(
      'upgradeToHttp2',
      upgrade === 'UPGRADE' ? 'always' : upgrade === 'DO_NOT_UPGRADE' ? 'never' : undefined,
    ),
    ...optional('keepalive', keepaliveOf(objectAt(tcp, 'tcpKeepalive'))),
  }
}

/** Zero means "the default" throughout Istio's connection pool. */
const positive = (number: number | undefined): number | undefined =>
  number !== undefined && number > 0 ? number : undefined

const keepaliveOf = (keepalive: JsonObject | undefined): ConnectionPool['keepalive'] => {
  if (keepalive === undefined) return undefined
  const seconds = durationAt(keepalive, 'time')
  const interval = durationAt(keepalive, 'interval')
  return {
    ...optional('probes', positive(numberAt(keepalive, 'probes'))),
    ...optional('seconds', seconds === undefined ? undefined : Math.ceil(seconds / 1000)),
    ...optional('intervalSeconds', interval === undefined ? undefined : Math.ceil(interval / 1000)),
  }
}

const outlierDetectionOf = (outlier: JsonObject | undefined): OutlierDetection | undefined => {
  if (outlier === undefined) return undefined
  return {
    ...optional(
      'consecutive5xx',
      numberAt(outlier, 'consecutive5xxErrors') ?? numberAt(outlier, 'consecutiveErrors'),
    ),
    ...optional('consecutiveGatewayErrors', numberAt(outlier, 'consecutiveGatewayErrors')),
    ...optional('consecutiveLocalFailures', numberAt(outlier, 'consecutiveLocalOriginFailures')),
    splitLocalErrors: booleanAt(outlier, 'splitExternalLocalOriginErrors') ?? false,
    ...optional('intervalMilliseconds', durationAt(outlier, 'interval')),
    ...optional('baseEjectionMilliseconds', durationAt(outlier, 'baseEjectionTime')),
    ...optional('maxEjectionPercent', positive(numberAt(outlier, 'maxEjectionPercent'))),
    minHealthPercent: numberAt(outlier, 'minHealthPercent') ?? 0,
  }
}
