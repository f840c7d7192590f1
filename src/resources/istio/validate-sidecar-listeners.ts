/** The listeners of a Sidecar: ports, addresses, hosts and TLS. */
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { At } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import type { ServerTlsSettings } from './gateway.ts'
import { isDnsLabel, portNameProblem, wildcardDomainProblem } from './host-syntax.ts'
import { isNetAddress } from './net-address.ts'
import { isKnownProtocol, isTlsProtocol } from './protocol.ts'
import type { ConnectionPoolSettings } from './traffic-policy.ts'
import { UNIX, unixPathProblem } from './unix-address.ts'
import { validateServerTls } from './validate-server-tls.ts'
import { validateConnectionPool } from './validate-traffic-policy.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

export interface SidecarPort {
  readonly number?: number
  readonly protocol?: string
  readonly name?: string
  readonly targetPort?: number
}

export interface SidecarIngress {
  readonly port?: SidecarPort
  readonly bind?: string
  readonly defaultEndpoint?: string
  readonly tls?: ServerTlsSettings
  readonly connectionPool?: ConnectionPoolSettings
}

export interface SidecarEgress {
  readonly port?: SidecarPort
  readonly bind?: string
  readonly captureMode?: 'DEFAULT' | 'IPTABLES' | 'NONE'
  readonly hosts?: readonly string[]
}

const PROTOCOLS = ['HTTP', 'HTTPS', 'GRPC', 'GRPC-WEB', 'HTTP2', 'MONGO', 'REDIS', 'MYSQL', 'TCP', 'TLS']

const validatePort = (path: string, { name = '', protocol = '', targetPort = 0 }: SidecarPort): Findings => [
  ...(name === '' ? [] : checked(child(path, 'name'), name, portNameProblem)),
  ...when(
    protocol !== '' && !isKnownProtocol(protocol),
    notSupported(child(path, 'protocol'), protocol, PROTOCOLS),
  ),
  ...when(targetPort > 0, forbidden(child(path, 'targetPort'), 'has no impact on Sidecars; remove it')),
]

const ipProblem = (bind: string): string | undefined =>
  isNetAddress(bind) ? undefined : 'is not a valid IP address'

const validateBind = (path: string, bind: string): Findings =>
  bind === '' ? [] : checked(child(path, 'bind'), bind, ipProblem)

const LOCAL = /^(?:\[?(?:127\.0\.0\.1|0\.0\.0\.0)\]?|\[::1\]|\[::\])?:(?<port>[+-]?\d+)$/

const endpointProblem = (endpoint: string): string | undefined => {
  if (endpoint.startsWith(UNIX)) return unixPathProblem(endpoint)
  const port = LOCAL.exec(endpoint)?.groups?.['port']
  return port === undefined
    ? 'must be of form 127.0.0.1:<port>, 0.0.0.0:<port>, [::1]:<port>, [::]:<port>, unix://filepath or unset'
    : portNumberProblem(Number(port))
}

const UNSUPPORTED_TLS = [
  'subjectAltNames',
  'httpsRedirect',
  'credentialName',
  'credentialNames',
  'tlsCertificates',
] as const

const isThere = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== false && value !== ''

const validateTls = (path: string, tls: ServerTlsSettings, protocol: string): Findings => [
  ...UNSUPPORTED_TLS.flatMap((field) =>
    when(isThere(tls[field]), forbidden(child(path, field), 'is not supported in the ingress of a sidecar')),
  ),
  ...when(
    tls.mode === 'ISTIO_MUTUAL' || tls.mode === 'AUTO_PASSTHROUGH',
    forbidden(child(path, 'mode'), `cannot set mode to ${tls.mode ?? ''} in sidecar ingress tls`),
  ),
  ...when(
    !isTlsProtocol(protocol),
    forbidden(path, 'server cannot have TLS settings for non HTTPS/TLS ports; use protocol HTTPS or TLS'),
  ),
  ...validateServerTls(path, tls),
]

const validateIngressListener = (path: string, listener: SidecarIngress, port: SidecarPort): Findings => [
  ...validatePort(child(path, 'port'), port),
  ...checked(child(path, 'port.number'), port.number ?? 0, portNumberProblem),
  ...validateBind(path, listener.bind ?? ''),
  ...((listener.defaultEndpoint ?? '') === ''
    ? []
    : checked(child(path, 'defaultEndpoint'), listener.defaultEndpoint, endpointProblem)),
  ...present(listener.tls, (tls) => validateTls(child(path, 'tls'), tls, port.protocol ?? '')),
  ...present(listener.connectionPool, (pool) => validateConnectionPool(child(path, 'connectionPool'), pool)),
]

export const validateIngress = (listeners: readonly At<SidecarIngress>[]): Findings => {
  const numbers = listeners.map(({ value }) => value.port?.number)
  return listeners.flatMap(({ path, value, index }) => {
    const port = value.port ?? undefined
    if (port === undefined) return [required(child(path, 'port'), 'port is required for ingress listeners')]
    return [
      ...validateIngressListener(path, value, port),
      ...when(
        numbers.indexOf(port.number) < index,
        duplicate(child(path, 'port.number'), port.number ?? 0, 'ports of listeners must be unique'),
      ),
    ]
  })
}

/** A port of 0 means a unix domain socket. */
const validateEgressPort = (path: string, listener: SidecarEgress, port: SidecarPort): Findings => {
  const { bind = '', captureMode = 'DEFAULT' } = listener
  const at = child(path, 'port')
  if ((port.number ?? 0) !== 0) {
    return [
      ...validatePort(at, port),
      ...checked(child(at, 'number'), port.number, portNumberProblem),
      ...validateBind(path, bind),
    ]
  }
  const problem = bind.startsWith(UNIX)
    ? unixPathProblem(bind)
    : 'ports with 0 value must have a unix domain socket bind address'
  return [
    ...validatePort(at, port),
    ...when(problem !== undefined, invalid(child(path, 'bind'), bind, problem ?? '')),
    ...when(
      captureMode === 'IPTABLES',
      forbidden(child(path, 'captureMode'), 'must be DEFAULT/NONE for unix domain socket listeners'),
    ),
  ]
}

const NAMESPACES = ['', '*', '.']

/** `namespace/host`: a `~` before the namespace leaves it out. */
const egressHostProblem = (host: string): string | undefined => {
  const slash = host.indexOf('/')
  const namespace = host.slice(0, slash).replace(/^~/, '')
  const domain = host.slice(slash + 1)
  if (slash <= 0 || domain === '') return 'must be of form namespace/dnsName; write */host for any namespace'
  if (!NAMESPACES.includes(namespace) && !isDnsLabel(namespace)) return 'the namespace is no valid name'
  if (domain !== '*' && !domain.includes('.')) {
    return 'short names (non FQDN) are not allowed; write e.g. reviews.default.svc.cluster.local'
  }
  if (domain.includes('*') && domain !== '*' && !domain.startsWith('*.')) {
    return `partial wildcard ${JSON.stringify(domain)} not allowed; write *.example.com`
  }
  return wildcardDomainProblem(domain)
}

const validateHosts = (path: string, hosts: readonly string[] | undefined): Findings => [
  ...when((hosts ?? []).length === 0, required(path, 'egress listener must contain at least one host')),
  ...itemsAt(path, hosts ?? []).flatMap((host) => checked(host.path, host.value, egressHostProblem)),
]

/** What listeners of one Sidecar must not share: a port, else a socket. */
const bindingOf = ({ port, bind = '' }: SidecarEgress): string | undefined => {
  if ((port ?? undefined) === undefined) return undefined
  return (port?.number ?? 0) === 0 ? bind : String(port?.number)
}

export const validateEgress = (listeners: readonly At<SidecarEgress>[]): Findings => {
  const bindings = listeners.map(({ value }) => bindingOf(value))
  return listeners.flatMap(({ path, value, index }) => {
    const binding = bindings[index]
    return [
      ...when(
        binding === undefined && index < listeners.length - 1,
        forbidden(path, 'the egress listener with empty port should be the last listener in the list'),
      ),
      ...when(
        binding !== undefined && bindings.indexOf(binding) < index,
        duplicate(child(path, 'port'), binding ?? '', 'ports and sockets of listeners must be unique'),
      ),
      ...present(value.port, (port) => validateEgressPort(path, value, port)),
      ...validateHosts(child(path, 'hosts'), value.hosts),
    ]
  })
}
