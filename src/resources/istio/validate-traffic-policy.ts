/** What Istio refuses in a traffic policy beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { durationFormProblem, durationOrNeverProblem, durationProblem } from './duration.ts'
import { fqdnProblem } from './host-syntax.ts'
import { isNetAddress } from './net-address.ts'
import type {
  ConnectionPoolSettings,
  OutlierDetection,
  PortTrafficPolicy,
  TrafficPolicy,
} from './traffic-policy.ts'
import { validateClientTls } from './validate-client-tls.ts'
import { validateLoadBalancer } from './validate-load-balancer.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const negativeProblem = (value: number): string | undefined =>
  value < 0 ? 'must not be negative' : undefined

const percentProblem = (value: number): string | undefined =>
  value < 0 || value > 100 ? 'must be between 0 and 100' : undefined

type HttpPool = NonNullable<ConnectionPoolSettings['http']>
type TcpPool = NonNullable<ConnectionPoolSettings['tcp']>

const HTTP_COUNTS = [
  'http1MaxPendingRequests',
  'http2MaxRequests',
  'maxRequestsPerConnection',
  'maxRetries',
  'maxConcurrentStreams',
] as const

const validateHttpPool = (path: string, http: HttpPool): Findings => [
  ...HTTP_COUNTS.flatMap((field) => checked(child(path, field), http[field], negativeProblem)),
  ...checked(child(path, 'idleTimeout'), http.idleTimeout, durationProblem),
  ...when(
    http.h2UpgradePolicy === 'UPGRADE' && http.useClientProtocol === true,
    forbidden(child(path, 'useClientProtocol'), 'cannot be true when h2UpgradePolicy is UPGRADE'),
  ),
  ...present(http.http2KeepAlive, (keepAlive) =>
    (['interval', 'timeout'] as const).flatMap((field) => {
      const at = child(path, `http2KeepAlive.${field}`)
      return (keepAlive[field] ?? undefined) === undefined
        ? [required(at, `http2 keepalive ${field} is required`)]
        : checked(at, keepAlive[field], durationProblem)
    }),
  ),
]

const validateTcpPool = (path: string, tcp: TcpPool): Findings => [
  ...checked(child(path, 'maxConnections'), tcp.maxConnections, negativeProblem),
  ...(['connectTimeout', 'maxConnectionDuration'] as const).flatMap((field) =>
    checked(child(path, field), tcp[field], durationProblem),
  ),
  ...checked(child(path, 'idleTimeout'), tcp.idleTimeout, durationOrNeverProblem),
  ...(['time', 'interval'] as const).flatMap((field) =>
    checked(child(path, `tcpKeepalive.${field}`), tcp.tcpKeepalive?.[field], durationProblem),
  ),
]

export const validateConnectionPool = (path: string, pool: ConnectionPoolSettings): Findings => [
  ...when(
    pool.http === undefined && pool.tcp === undefined,
    required(path, 'connection pool must have at least one field: tcp or http'),
  ),
  ...present(pool.http, (http) => validateHttpPool(child(path, 'http'), http)),
  ...present(pool.tcp, (tcp) => validateTcpPool(child(path, 'tcp'), tcp)),
]

const validateOutlierDetection = (path: string, outlier: OutlierDetection): Findings => [
  ...(['baseEjectionTime', 'interval'] as const).flatMap((field) =>
    checked(child(path, field), outlier[field], durationProblem),
  ),
  ...(['maxEjectionPercent', 'minHealthPercent'] as const).flatMap((field) =>
    checked(child(path, field), outlier[field], percentProblem),
  ),
  ...when(
    outlier.splitExternalLocalOriginErrors !== true && (outlier.consecutiveLocalOriginFailures ?? 0) > 0,
    forbidden(
      child(path, 'consecutiveLocalOriginFailures'),
      'counts only when splitExternalLocalOriginErrors is true',
    ),
  ),
]

const validateShared = (path: string, policy: PortTrafficPolicy, namespace: string): Findings => [
  ...present(policy.connectionPool, (pool) => validateConnectionPool(child(path, 'connectionPool'), pool)),
  ...present(policy.outlierDetection, (outlier) =>
    validateOutlierDetection(child(path, 'outlierDetection'), outlier),
  ),
  ...present(policy.loadBalancer, (balancer) => validateLoadBalancer(child(path, 'loadBalancer'), balancer)),
  ...present(policy.tls, (tls) => validateClientTls(child(path, 'tls'), tls, namespace)),
]

const PORT_FIELDS = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'] as const

const validatePortPolicy = (path: string, policy: PortTrafficPolicy, namespace: string): Findings => [
  ...when(
    policy.port === undefined,
    required(child(path, 'port'), 'name the port as port: { number: 8080 }'),
  ),
  ...when(
    PORT_FIELDS.every((field) => policy[field] === undefined),
    required(path, `port traffic policy must have at least one of ${PORT_FIELDS.join(', ')}`),
  ),
  ...validateShared(path, policy, namespace),
]

const validateTunnel = (path: string, tunnel: NonNullable<TrafficPolicy['tunnel']>): Findings => [
  ...when(
    tunnel.protocol !== undefined && !['', 'CONNECT', 'POST'].includes(tunnel.protocol),
    invalid(child(path, 'protocol'), tunnel.protocol ?? '', 'must be CONNECT or POST'),
  ),
  ...checked(child(path, 'targetHost'), tunnel.targetHost, (host) =>
    isNetAddress(host) ? undefined : fqdnProblem(host),
  ),
  ...checked(child(path, 'targetPort'), tunnel.targetPort, portNumberProblem),
]

/** An empty list is as good as none. */
const isEmpty = ({ portLevelSettings = [], ...others }: TrafficPolicy): boolean =>
  portLevelSettings.length === 0 &&
  Object.values(others).every((field) => field === undefined || field === null)

export const validateTrafficPolicy = (path: string, policy: TrafficPolicy, namespace: string): Findings => [
  ...when(isEmpty(policy), required(path, 'traffic policy must have at least one field')),
  ...when(
    (policy.tunnel ?? undefined) !== undefined && (policy.proxyProtocol ?? undefined) !== undefined,
    forbidden(child(path, 'proxyProtocol'), 'tunnel and proxyProtocol must not be set together; keep one'),
  ),
  ...validateShared(path, policy, namespace),
  ...itemsAt(child(path, 'portLevelSettings'), policy.portLevelSettings).flatMap((entry) =>
    validatePortPolicy(entry.path, entry.value, namespace),
  ),
  ...present(policy.tunnel, (tunnel) => validateTunnel(child(path, 'tunnel'), tunnel)),
  ...checked(
    child(path, 'retryBudget.budgetInterval'),
    policy.retryBudget?.budgetInterval,
    durationFormProblem,
  ),
]
