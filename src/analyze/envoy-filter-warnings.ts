/** What Istio warns of in EnvoyFilters. */
import { objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { AnalysisObject } from './object-set.ts'

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

export interface FieldWarning {
  readonly field: string
  readonly message: string
}

const renamedFilter = (field: string, name: string | undefined): readonly FieldWarning[] => {
  const current = RENAMED.get(name ?? '')
  return current === undefined
    ? []
    : [
        {
          field,
          message: `Envoy filter: using deprecated filter name ${JSON.stringify(name)}; use ${JSON.stringify(current)} instead`,
        },
      ]
}

const LONGEST_VERSION = 1024

const ofPatch = (patch: JsonObject, path: string): readonly FieldWarning[] => {
  const match = objectAt(patch, 'match')
  const applyTo = textAt(patch, 'applyTo') ?? ''
  const version = textAt(objectAt(match, 'proxy'), 'proxyVersion') ?? ''
  const filter = objectAt(objectAt(objectAt(match, 'listener'), 'filterChain'), 'filter')
  const at = `${path}.match.listener.filterChain.filter`
  return [
    ...(version.length > LONGEST_VERSION
      ? [
          {
            field: `${path}.match.proxy.proxyVersion`,
            message: `Envoy filter: proxyVersion match exceeds ${LONGEST_VERSION} characters and will be ignored`,
          },
        ]
      : []),
    ...(filter !== undefined && ['LISTENER', 'FILTER_CHAIN'].includes(applyTo)
      ? [{ field: at, message: `Envoy filter: filter match has no effect when used with ${applyTo}` }]
      : []),
    ...renamedFilter(`${at}.name`, textAt(filter, 'name')),
    ...renamedFilter(`${at}.subFilter.name`, textAt(objectAt(filter, 'subFilter'), 'name')),
  ]
}

export const envoyFilterWarnings = ({ spec }: AnalysisObject): readonly FieldWarning[] => [
  {
    field: 'spec',
    message:
      'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.',
  },
  ...objectsAt(spec, 'configPatches').flatMap((patch, index) =>
    ofPatch(patch, `spec.configPatches[${index}]`),
  ),
]
