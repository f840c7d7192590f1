/** What Istio warns of in an EnvoyFilter that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise, adviseWorkloadSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import { LONGEST_VERSION } from './envoy-filter.ts'
import type { ConfigPatch, EnvoyFilter } from './envoy-filter.ts'

/** Names of Envoy's filters before its API v3, without their prefix `envoy.`, and the names that replaced them. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ...[
    'buffer',
    'cors',
    'csrf',
    'fault',
    'grpc_http1_bridge',
    'grpc_json_transcoder',
    'grpc_web',
    'gzip',
    'health_check',
    'ip_tagging',
    'lua',
    'router',
    'squash',
  ].map((name): [string, string] => [`envoy.${name}`, `envoy.filters.http.${name}`]),
  ['envoy.http_dynamo_filter', 'envoy.filters.http.dynamo'],
  ['envoy.rate_limit', 'envoy.filters.http.ratelimit'],
  ['envoy.ext_authz', 'envoy.filters.http.ext_authz'],
  ...['http_inspector', 'original_dst', 'original_src', 'proxy_protocol', 'tls_inspector'].map(
    (name): [string, string] => [`envoy.listener.${name}`, `envoy.filters.listener.${name}`],
  ),
  ...[
    'client_ssl_auth',
    'http_connection_manager',
    'mongo_proxy',
    'ratelimit',
    'redis_proxy',
    'tcp_proxy',
  ].map((name): [string, string] => [`envoy.${name}`, `envoy.filters.network.${name}`]),
])

const renamedFilter = (field: string, name: string | undefined): Advices => {
  const current = RENAMED.get(name ?? '')
  const message = `using deprecated filter name ${JSON.stringify(name)}; use ${JSON.stringify(current)} instead`
  return advise(current !== undefined, field, message)
}

interface Configured {
  /** Of Envoy's API. */
  readonly message: string
  /** Beside the name and what says how the object is configured. */
  readonly fields: readonly string[]
}

/** Objects that are configured by a message; without one Envoy would have to look them up by their name. */
const CONFIGURED: ReadonlyMap<string, Configured> = new Map([
  ['NETWORK_FILTER', { message: 'envoy.config.listener.v3.Filter', fields: ['configDiscovery'] }],
  [
    'HTTP_FILTER',
    {
      message: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
      fields: ['configDiscovery', 'isOptional', 'disabled'],
    },
  ],
  [
    'LISTENER_FILTER',
    { message: 'envoy.config.listener.v3.ListenerFilter', fields: ['configDiscovery', 'filterDisabled'] },
  ],
  ['EXTENSION_CONFIG', { message: 'envoy.config.core.v3.TypedExtensionConfig', fields: [] }],
])

/** `typed_config` and `typedConfig` are the same field. */
const camelCase = (field: string): string =>
  field.replaceAll(/_(?<letter>[a-z])/g, (_match, letter: string) => letter.toUpperCase())

const adviseConfiguration = (path: string, { applyTo = '', patch }: ConfigPatch): Advices => {
  const configured = CONFIGURED.get(applyTo)
  const value = patch?.value
  if (configured === undefined || value === undefined) return []
  const written = Object.keys(value).map(camelCase)
  const known = ['name', 'typedConfig', ...configured.fields]
  const unknown = Object.keys(value).find((_field, index) => !known.includes(written[index] ?? ''))
  const at = child(path, 'patch.value')
  if (unknown !== undefined) {
    const message = `Envoy filter: unknown field ${JSON.stringify(unknown)} in ${configured.message}`
    return [{ field: child(at, unknown), message }]
  }
  const { name } = value
  return advise(
    !written.includes('typedConfig') && !written.includes('configDiscovery'),
    at,
    `using deprecated types by name without typed_config; ${typeof name === 'string' ? name : ''}`,
  )
}

const advisePatch = (path: string, patch: ConfigPatch): Advices => {
  const { applyTo = '', match } = patch
  if (match?.context === 'WAYPOINT') return []
  const filter = match?.listener?.filterChain?.filter
  const at = child(path, 'match.listener.filterChain.filter')
  const takesListeners = ['LISTENER', 'FILTER_CHAIN', 'NETWORK_FILTER', 'HTTP_FILTER'].includes(applyTo)
  return [
    ...advise(
      (match?.proxy?.proxyVersion ?? '').length > LONGEST_VERSION,
      child(path, 'match.proxy.proxyVersion'),
      `Envoy filter: proxyVersion match exceeds ${LONGEST_VERSION} characters and will be ignored`,
    ),
    ...advise(
      filter !== undefined && ['LISTENER', 'FILTER_CHAIN'].includes(applyTo),
      at,
      `Envoy filter: filter match has no effect when used with ${applyTo}`,
    ),
    ...(takesListeners
      ? [
          ...renamedFilter(child(at, 'name'), filter?.name),
          ...renamedFilter(child(at, 'subFilter.name'), filter?.subFilter?.name),
        ]
      : []),
    ...adviseConfiguration(path, patch),
  ]
}

export const adviseEnvoyFilter = ({ spec = {} }: EnvoyFilter): Advices => [
  {
    field: 'spec',
    message:
      'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.',
  },
  ...adviseWorkloadSelector(spec.workloadSelector, 'Envoy filter'),
  ...itemsAt('spec.configPatches', spec.configPatches).flatMap(({ path, value }) => advisePatch(path, value)),
]
