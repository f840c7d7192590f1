/** Istio's ProxyConfig, as far as the proxy beside a pod obeys it; it reaches the proxy as JSON in PROXY_CONFIG. */
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { isJsonObject, type JsonObject } from '../primitives/json-value.ts'

export interface ProxyConfig {
  /** `host:port` of the control plane's plaintext ADS. */
  readonly discoveryAddress: string
  /** Worker threads. */
  readonly concurrency: number
  /** Seconds over which Envoy ends connections of a drained listener. */
  readonly drainSeconds: number
  /** Seconds for which a proxy that ends waits for idle connections; undefined: until the last one is closed. */
  readonly terminationDrainSeconds: number | undefined
  readonly adminPort: number
  /** Further statistics to keep; by default only those that Istio keeps. */
  readonly statsPrefixes: readonly string[]
  readonly statsSuffixes: readonly string[]
  readonly statsExpressions: readonly string[]
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

const seconds = (value: unknown, fallback: number): number => {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(s|m)$/.exec(value) : null
  if (match === null) return fallback
  return Math.max(1, Math.round(Number(match[1]) * (match[2] === 'm' ? 60 : 1)))
}

const positive = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : fallback

const parse = (text: string): JsonObject => {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CodedError('ProxyConfigMalformed', `PROXY_CONFIG is not JSON: ${messageOf(error)}`, {
      cause: error,
    })
  }
  if (isJsonObject(value)) return value
  throw new CodedError(
    'ProxyConfigMalformed',
    'PROXY_CONFIG is not a JSON object: write e.g. {"concurrency":2}',
  )
}

const waitsForConnections = ({ proxyMetadata }: JsonObject): boolean =>
  isJsonObject(proxyMetadata) && proxyMetadata['EXIT_ON_ZERO_ACTIVE_CONNECTIONS'] === 'true'

/** Parses PROXY_CONFIG; absent fields get Istio's defaults (but one worker thread). Throws CodedError ProxyConfigMalformed. */
export const parseProxyConfig = (text: string): ProxyConfig => {
  const config = parse(text)
  const matcher = isJsonObject(config['proxyStatsMatcher']) ? config['proxyStatsMatcher'] : {}
  const address = config['discoveryAddress']
  return {
    discoveryAddress:
      typeof address === 'string' && address !== '' ? address : 'istiod.istio-system.svc:15010',
    concurrency: positive(config['concurrency'], 1),
    drainSeconds: seconds(config['drainDuration'], 45),
    terminationDrainSeconds: waitsForConnections(config)
      ? undefined
      : seconds(config['terminationDrainDuration'], 5),
    adminPort: positive(config['proxyAdminPort'], 15000),
    statsPrefixes: texts(matcher['inclusionPrefixes']),
    statsSuffixes: texts(matcher['inclusionSuffixes']),
    statsExpressions: texts(matcher['inclusionRegexps']),
  }
}
