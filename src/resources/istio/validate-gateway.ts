/** What Istio refuses in a Gateway beyond its schema. */
import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import type { Gateway, GatewayServer } from './gateway.ts'
import { isDnsLabel, wildcardDomainProblem } from './host-syntax.ts'
import { isNetAddress } from './net-address.ts'
import { isHttpProtocol, isKnownProtocol, isTlsProtocol } from './protocol.ts'
import { UNIX, unixPathProblem } from './unix-address.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { hasServerCredentials, isPassthrough, validateServerTls } from './validate-server-tls.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const domainProblem = (domain: string): string | undefined => {
  const wildcard = wildcardDomainProblem(domain)
  if (wildcard !== undefined && !isNetAddress(domain)) return wildcard
  if (domain !== '*' && !domain.includes('.')) {
    return 'short names are not allowed; write a full domain name such as shop.example.com, or *'
  }
  return domain.includes('*') && domain !== '*' && !domain.startsWith('*.')
    ? 'a partial wildcard is not allowed; write *.example.com'
    : undefined
}

/** `host`, `namespace/host`, `./host` or `*` + `/host`. */
const hostProblem = (host: string, isConverted: boolean): string | undefined => {
  const slash = host.indexOf('/')
  if (slash === -1) return domainProblem(host)
  const namespace = host.slice(0, slash)
  const isNone = namespace === '~' && isConverted
  if (namespace !== '*' && namespace !== '.' && !isNone && !isDnsLabel(namespace)) {
    return `the namespace ${JSON.stringify(namespace)} must be '.', '*' or the name of a namespace`
  }
  return domainProblem(host.slice(slash + 1))
}

const bindProblem = (bind: string): string | undefined => {
  if (bind.startsWith(UNIX)) return unixPathProblem(bind)
  return isNetAddress(bind) ? undefined : 'must be an IP address or unix://<path>'
}

const validatePort = (path: string, { port, bind = '' }: GatewayServer): Findings => {
  if (port === undefined || port === null) return [required(child(path, 'port'))]
  const at = child(path, 'port')
  const isUnix = bind.startsWith(UNIX)
  return [
    ...when(
      !isKnownProtocol(port.protocol),
      invalid(
        child(at, 'protocol'),
        port.protocol ?? '',
        'supported protocols are HTTP, HTTPS, GRPC, GRPC-WEB, HTTP2, MONGO, REDIS, MYSQL, TCP, TLS',
      ),
    ),
    ...(isUnix
      ? when(
          (port.number ?? 0) !== 0,
          invalid(child(at, 'number'), port.number ?? 0, 'must be 0 for a unix domain socket'),
        )
      : checked(child(at, 'number'), port.number ?? 0, portNumberProblem)),
    ...when(
      (port.targetPort ?? 0) > 0,
      forbidden(child(at, 'targetPort'), 'has no effect on gateways; remove it'),
    ),
    ...when((port.name ?? '') === '', required(child(at, 'name'), 'give the port a name')),
  ]
}

/** TLS settings and protocol must fit together. */
const validateTlsUse = (path: string, { port, tls }: GatewayServer): Findings => {
  if (port === undefined || port === null || !isKnownProtocol(port.protocol)) return []
  const at = child(path, 'tls')
  if (isTlsProtocol(port.protocol)) {
    return when(
      tls === undefined,
      required(at, `protocol ${port.protocol} needs TLS settings; write at least a mode`),
    )
  }
  if (tls === undefined) return []
  if (!isHttpProtocol(port.protocol)) {
    return [forbidden(at, `protocol ${port.protocol} has no TLS settings; use HTTPS or TLS`)]
  }
  return when(
    !isPassthrough(tls) || hasServerCredentials(tls),
    forbidden(at, 'a plain text HTTP port can only have tls.httpsRedirect; use protocol HTTPS'),
  )
}

const validateServer = (path: string, server: GatewayServer, isConverted: boolean): Findings => [
  ...when(
    (server.hosts ?? []).length === 0,
    required(child(path, 'hosts'), 'a server needs at least one host; write * for all'),
  ),
  ...itemsAt(child(path, 'hosts'), server.hosts).flatMap((host) =>
    checked(host.path, host.value, (text) => hostProblem(text, isConverted)),
  ),
  ...validatePort(path, server),
  ...when(
    (server.bind ?? '') !== '' && bindProblem(server.bind ?? '') !== undefined,
    invalid(child(path, 'bind'), server.bind ?? '', bindProblem(server.bind ?? '') ?? ''),
  ),
  ...present(server.tls, (tls) => validateServerTls(child(path, 'tls'), tls)),
  ...validateTlsUse(path, server),
]

/** Istio writes such Gateways itself, from those of the Gateway API: their names have dots, and `~` is no namespace. */
const SEMANTICS = 'internal.istio.io/gateway-semantics'

export const validateGateway = (gateway: Gateway): Findings => {
  const isConverted = gateway.metadata.annotations?.[SEMANTICS] === 'gateway'
  const servers = itemsAt('spec.servers', gateway.spec.servers)
  const names = servers.map(({ value }) => value.port?.name)
  return [
    ...validateIstioMetadata(gateway),
    ...when(
      !isConverted && !isDnsLabel(gateway.metadata.name ?? ''),
      invalid('metadata.name', gateway.metadata.name ?? '', 'the name of a gateway has no dots'),
    ),
    ...when(servers.length === 0, required('spec.servers', 'gateway must have at least one server')),
    ...servers.flatMap(({ path, value }) => validateServer(path, value, isConverted)),
    ...servers.flatMap(({ path, index }) =>
      when(
        names[index] !== undefined && names.indexOf(names[index]) < index,
        duplicate(child(path, 'port.name'), names[index] ?? '', 'port names of the servers must be unique'),
      ),
    ),
  ]
}
