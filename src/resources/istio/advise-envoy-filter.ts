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

/** What a patch applies to by itself, and whose configuration Envoy would have to look up by its name. */
const NAMED: ReadonlySet<string> = new Set(['NETWORK_FILTER', 'HTTP_FILTER', 'EXTENSION_CONFIG'])
const CONFIGURATIONS = ['typed_config', 'typedConfig', 'config_discovery', 'configDiscovery']

const missingConfiguration = (path: string, { applyTo = '', patch }: ConfigPatch): Advices => {
  const value = patch?.value
  const name = value?.['name']
  return advise(
    NAMED.has(applyTo) && value !== undefined && CONFIGURATIONS.every((field) => value[field] === undefined),
    child(path, 'patch.value'),
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
    ...missingConfiguration(path, patch),
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
