/** What the values of annotations on pods must look like, as Istio's injection takes them. */
import { parseDocument } from 'yaml'
import { isJsonObject } from '../primitives/json-value.ts'
import { isAddressOrBlock } from '../resources/meta/ip-address.ts'
import { parseQuantity } from '../primitives/quantity.ts'

/** What is wrong with a value; undefined when nothing is. */
type ValueCheck = (value: string) => string | undefined

const unsigned: ValueCheck = (value) =>
  /^\d{1,10}$/.test(value) && Number(value) < 2 ** 32
    ? undefined
    : `${JSON.stringify(value)} is no whole number of 0 or more`

const boolean: ValueCheck = (value) =>
  /^(?:1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value)
    ? undefined
    : `${JSON.stringify(value)} is neither true nor false`

const portProblem: ValueCheck = (text) =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) <= 65_535
    ? undefined
    : `failed parsing port ${JSON.stringify(text)}: write a number from 0 to 65535`

const listed =
  (check: ValueCheck): ValueCheck =>
  (value) =>
    value.trim() === ''
      ? undefined
      : value
          .trim()
          .split(',')
          .map(check)
          .find((problem) => problem !== undefined)

const orAll =
  (check: ValueCheck): ValueCheck =>
  (value) =>
    value === '*' ? undefined : check(value)

const blockProblem: ValueCheck = (text) =>
  text.includes('/') && isAddressOrBlock(text)
    ? undefined
    : `failed parsing cidr ${JSON.stringify(text)}: write a block such as 10.0.0.0/8`

const interceptionMode: ValueCheck = (value) =>
  ['REDIRECT', 'TPROXY', 'NONE'].includes(value)
    ? undefined
    : `interceptionMode invalid, use REDIRECT,TPROXY,NONE: ${value}`

const quantity: ValueCheck = (value) =>
  parseQuantity(value).ok ? undefined : `${JSON.stringify(value)} is no quantity such as 100m or 128Mi`

/** Names of network interfaces have at most 15 characters, without slashes and spaces (Linux). */
const interfaceName: ValueCheck = (text) =>
  /^[^\s/]{1,15}$/.test(text.trim()) ? undefined : `${JSON.stringify(text)} is no name of a network interface`

/** The fields of ProxyConfig (istio.io/api mesh/v1alpha1) that are no text, and what they must be. */
const PROXY_CONFIG_TYPES: Readonly<Record<string, 'number' | 'boolean' | 'object'>> = {
  concurrency: 'number',
  statNameLength: 'number',
  proxyAdminPort: 'number',
  statusPort: 'number',
  holdApplicationUntilProxyStarts: 'boolean',
  tracing: 'object',
  proxyMetadata: 'object',
  proxyStatsMatcher: 'object',
  readinessProbe: 'object',
  image: 'object',
  gatewayTopology: 'object',
}

/** YAML of a ProxyConfig; Istio passes over fields that it does not know. */
const proxyConfig: ValueCheck = (value) => {
  const document = parseDocument(value)
  const [error] = document.errors
  if (error !== undefined) {
    return `failed to convert to apply proxy config: ${error.message.split('\n')[0] ?? ''}`
  }
  const config: unknown = document.toJS()
  if (config === null) return undefined
  if (!isJsonObject(config)) return 'failed to convert to apply proxy config: write fields of ProxyConfig'
  const [wrong] = Object.entries(config).filter(
    ([field, entry]) => entry !== null && typeof entry !== (PROXY_CONFIG_TYPES[field] ?? typeof entry),
  )
  return wrong === undefined
    ? undefined
    : `failed to convert to apply proxy config: ${wrong[0]} must be ${PROXY_CONFIG_TYPES[wrong[0]] ?? ''}`
}

const TRAFFIC = 'traffic.sidecar.istio.io'
const READINESS = 'readiness.status.sidecar.istio.io'

const checks: ReadonlyMap<string, ValueCheck> = new Map([
  ['sidecar.istio.io/interceptionMode', interceptionMode],
  ['status.sidecar.istio.io/port', portProblem],
  [`${READINESS}/initialDelaySeconds`, unsigned],
  [`${READINESS}/periodSeconds`, unsigned],
  [`${READINESS}/failureThreshold`, unsigned],
  [`${TRAFFIC}/includeOutboundIPRanges`, orAll(listed(blockProblem))],
  [`${TRAFFIC}/excludeOutboundIPRanges`, listed(blockProblem)],
  [`${TRAFFIC}/includeInboundPorts`, orAll(listed(portProblem))],
  [`${TRAFFIC}/excludeInboundPorts`, listed(portProblem)],
  [`${TRAFFIC}/excludeOutboundPorts`, listed(portProblem)],
  [`${TRAFFIC}/excludeInterfaces`, listed(interfaceName)],
  [`${TRAFFIC}/kubevirtInterfaces`, listed(interfaceName)],
  ['istio.io/reroute-virtual-interfaces', listed(interfaceName)],
  ['prometheus.istio.io/merge-metrics', boolean],
  ['proxy.istio.io/config', proxyConfig],
  ['sidecar.istio.io/proxyCPU', quantity],
  ['sidecar.istio.io/proxyMemory', quantity],
  ['sidecar.istio.io/proxyCPULimit', quantity],
  ['sidecar.istio.io/proxyMemoryLimit', quantity],
])

export const annotationProblem = (name: string, value: string): string | undefined =>
  checks.get(name)?.(value)
