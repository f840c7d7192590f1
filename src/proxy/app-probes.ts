/** The application's probes behind the redirect: Envoy itself answers /app-health/<container>/<probe> on 15020. */
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { isJsonObject, type JsonObject } from '../primitives/json-value.ts'
import { markOption } from './proxy-mark.ts'

/** A probe that was rewritten; ports are numbers, names have been looked up by the injector. */
export type AppProbe = {
  /** e.g. `/app-health/myapp/readyz`. */
  readonly path: string
  readonly timeoutSeconds: number
} & (
  | {
      readonly kind: 'http'
      readonly port: number
      readonly tls: boolean
      readonly target: string
      readonly headers: readonly { readonly name: string; readonly value: string }[]
    }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'grpc'; readonly port: number; readonly service: string }
)

const malformed = (path: string, what: string): CodedError =>
  new CodedError('AppProbesMalformed', `ISTIO_KUBE_APP_PROBERS: ${path}: ${what}`)

const portOf = (path: string, action: JsonObject): number => {
  const port = action['port']
  if (typeof port === 'number' && port > 0 && port < 65_536) return port
  throw malformed(path, `port must be a number from 1 to 65535, not ${JSON.stringify(port)}`)
}

const headersOf = (value: unknown): readonly { readonly name: string; readonly value: string }[] =>
  Array.isArray(value)
    ? value.flatMap((header: unknown) =>
        isJsonObject(header) && typeof header['name'] === 'string' && typeof header['value'] === 'string'
          ? [{ name: header['name'], value: header['value'] }]
          : [],
      )
    : []

const probeOf = (path: string, prober: JsonObject): AppProbe => {
  const timeout = prober['timeoutSeconds']
  const shared = { path, timeoutSeconds: typeof timeout === 'number' && timeout > 0 ? timeout : 1 }
  const { httpGet, tcpSocket, grpc } = prober
  if (isJsonObject(httpGet)) {
    const target = typeof httpGet['path'] === 'string' ? httpGet['path'] : '/'
    return {
      ...shared,
      kind: 'http',
      port: portOf(path, httpGet),
      tls: httpGet['scheme'] === 'HTTPS',
      target: target.startsWith('/') ? target : `/${target}`,
      headers: headersOf(httpGet['httpHeaders']),
    }
  }
  if (isJsonObject(tcpSocket)) return { ...shared, kind: 'tcp', port: portOf(path, tcpSocket) }
  if (isJsonObject(grpc)) {
    const service = grpc['service']
    return {
      ...shared,
      kind: 'grpc',
      port: portOf(path, grpc),
      service: typeof service === 'string' ? service : '',
    }
  }
  throw malformed(path, 'one of httpGet, tcpSocket and grpc is needed')
}

/** Parses ISTIO_KUBE_APP_PROBERS, in the format of Istio's injector. Throws CodedError AppProbesMalformed. */
export const parseAppProbes = (text: string): readonly AppProbe[] => {
  if (text.trim() === '') return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CodedError('AppProbesMalformed', `ISTIO_KUBE_APP_PROBERS is not JSON: ${messageOf(error)}`, {
      cause: error,
    })
  }
  if (!isJsonObject(value)) throw malformed('the whole', 'an object from path to prober is needed')
  return Object.entries(value).map(([path, prober]) => {
    if (!isJsonObject(prober)) throw malformed(path, 'a prober is an object')
    return probeOf(path, prober)
  })
}

const clusterName = (probe: AppProbe): string => {
  switch (probe.kind) {
    case 'http':
      return `app-health|${probe.tls ? 'https' : 'http'}|${probe.port}`
    case 'tcp':
      return `app-health|tcp|${probe.port}`
    case 'grpc':
      return `app-health|grpc|${probe.port}|${probe.service}`
  }
}

/** Kubernetes' HTTPS probes do not verify the certificate. */
const anyCertificate: JsonObject = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
  },
}

const http2: JsonObject = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  },
}

/** Envoy checks by itself, once a second, and answers the probe from what it saw last. */
const activeCheck = (timeoutSeconds: number, check: JsonObject): JsonObject => ({
  health_checks: [
    {
      timeout: `${timeoutSeconds}s`,
      interval: '1s',
      no_traffic_interval: '1s',
      no_traffic_healthy_interval: '1s',
      unhealthy_threshold: 1,
      healthy_threshold: 1,
      ...check,
    },
  ],
})

/** The redirect lets connections from 127.0.0.6 through to the application; from another address they would come back. */
const pastTheRedirect: JsonObject = {
  source_address: { address: '127.0.0.6', port_value: 0 },
  socket_options: [markOption],
}

const clusterOf = (probe: AppProbe, ip: string): JsonObject => {
  const name = clusterName(probe)
  const endpoint = { endpoint: { address: { socket_address: { address: ip, port_value: probe.port } } } }
  const base = {
    name,
    type: 'STATIC',
    connect_timeout: `${probe.timeoutSeconds}s`,
    upstream_bind_config: pastTheRedirect,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
  }
  switch (probe.kind) {
    case 'http':
      return { ...base, ...(probe.tls ? { transport_socket: anyCertificate } : {}) }
    case 'tcp':
      return { ...base, ...activeCheck(probe.timeoutSeconds, { tcp_health_check: {} }) }
    case 'grpc':
      return {
        ...base,
        typed_extension_protocol_options: http2,
        ...activeCheck(probe.timeoutSeconds, { grpc_health_check: { service_name: probe.service } }),
      }
  }
}

/** One cluster per port and protocol of the application. */
export const probeClusters = (probes: readonly AppProbe[], ip: string): readonly JsonObject[] => {
  const byName = new Map(probes.map((probe) => [clusterName(probe), probe]))
  return [...byName.values()].map((probe) => clusterOf(probe, ip))
}

/** Probes of the HTTP kind are passed on to the application. */
export const probeRoutes = (probes: readonly AppProbe[], ip: string): readonly JsonObject[] =>
  probes.flatMap((probe) => {
    if (probe.kind !== 'http') return []
    const host = probe.headers.find(({ name }) => name.toLowerCase() === 'host')?.value
    const headers = probe.headers.filter(({ name }) => name.toLowerCase() !== 'host')
    return [
      {
        match: { path: probe.path },
        route: {
          cluster: clusterName(probe),
          prefix_rewrite: probe.target,
          timeout: `${probe.timeoutSeconds}s`,
          host_rewrite_literal: host ?? `${ip}:${probe.port}`,
        },
        ...(headers.length === 0
          ? {}
          : {
              request_headers_to_add: headers.map(({ name, value }) => ({
                header: { key: name, value },
                append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
              })),
            }),
      },
    ]
  })

/** Probes of the other kinds are answered 200 or 503 from Envoy's own health checks. */
export const probeFilters = (probes: readonly AppProbe[]): readonly JsonObject[] =>
  probes.flatMap((probe) =>
    probe.kind === 'http'
      ? []
      : [
          {
            name: `health_check ${probe.path}`,
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck',
              pass_through_mode: false,
              cluster_min_healthy_percentages: { [clusterName(probe)]: { value: 100 } },
              headers: [{ name: ':path', string_match: { exact: probe.path } }],
            },
          },
        ],
  )
