/** The value of an EnvoyFilter's patch: as much of Envoy's messages as shows slips that Istio refuses. */
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import { durationFormProblem } from './duration.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'

/** Objects whose configuration is a message of any type. */
const CONFIGURED: ReadonlySet<string> = new Set([
  'NETWORK_FILTER',
  'HTTP_FILTER',
  'LISTENER_FILTER',
  'EXTENSION_CONFIG',
])
const CONFIGURATIONS: readonly string[] = ['typed_config', 'typedConfig']

const OLD_TYPE = /^envoy\.(?:api|config)\.(?:[a-z0-9_]+\.)*v2(?:alpha)?\./
const KNOWN_TYPE =
  /^(?:envoy\.(?:[a-z0-9_]+\.)+v3(?:alpha)?\.\w+|(?:udpa\.type\.v1|xds\.type\.v3)\.TypedStruct|google\.protobuf\.\w+)$/

const typeProblem = (url: string): string | undefined => {
  const name = url.slice(url.lastIndexOf('/') + 1)
  if (OLD_TYPE.test(name)) return 'referenced type unknown (hint: try using the v3 XDS API)'
  return KNOWN_TYPE.test(name)
    ? undefined
    : 'referenced type unknown; write e.g. type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua'
}

/** A message with its type (google.protobuf.Any). */
const validateAny = (path: string, value: JsonValue): Findings => {
  if (!isJsonObject(value)) return [required(path, 'must be an object that begins with "@type"')]
  const type = value['@type']
  return typeof type === 'string'
    ? [...checked(child(path, '@type'), type, typeProblem), ...validateBelow(path, value)]
    : [required(child(path, '@type'), "Any JSON doesn't have '@type'; name the type of the message")]
}

const validateBelow = (path: string, value: JsonValue): Findings => {
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value
    return list.flatMap((entry, index) => validateBelow(item(path, index), entry))
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([field, inner]) => {
    const at = child(path, field)
    return CONFIGURATIONS.includes(field) ? validateAny(at, inner) : validateBelow(at, inner)
  })
}

/** Enumerations of Envoy's Cluster (envoy.config.cluster.v3). */
const CLUSTER_ENUMS: readonly (readonly [fields: readonly string[], values: readonly string[]])[] = [
  [['type'], ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST']],
  [
    ['lb_policy', 'lbPolicy'],
    [
      'ROUND_ROBIN',
      'LEAST_REQUEST',
      'RING_HASH',
      'RANDOM',
      'MAGLEV',
      'CLUSTER_PROVIDED',
      'LOAD_BALANCING_POLICY_CONFIG',
    ],
  ],
]
const CLUSTER_DURATIONS = ['connect_timeout', 'connectTimeout', 'dns_refresh_rate', 'dnsRefreshRate']

const validateCluster = (path: string, cluster: JsonObject): Findings => [
  ...CLUSTER_ENUMS.flatMap(([fields, values]) =>
    fields.flatMap((field) => {
      const value = cluster[field] ?? 0
      const isOne = Number.isInteger(value) || (typeof value === 'string' && values.includes(value))
      return when(!isOne, notSupported(child(path, field), value, values))
    }),
  ),
  ...CLUSTER_DURATIONS.flatMap((field) => {
    const value = cluster[field] ?? '0s'
    const at = child(path, field)
    return typeof value === 'string'
      ? checked(at, value, durationFormProblem)
      : [invalid(at, value, 'must be a duration such as 1s')]
  }),
]

/** `applyTo`: what the patch is for; fields that its message does not know are passed over, as Istio does. */
export const validatePatchValue = (path: string, applyTo: string, value: JsonObject): Findings => {
  const name = value['name'] ?? ''
  const { typed_config: _snake, typedConfig: _camel, ...unconfigured } = value
  return [
    ...when(
      applyTo !== 'BOOTSTRAP' && typeof name !== 'string',
      invalid(child(path, 'name'), name, 'must be text'),
    ),
    ...(applyTo === 'CLUSTER' ? validateCluster(path, value) : []),
    ...validateBelow(path, CONFIGURED.has(applyTo) ? value : unconfigured),
  ]
}
