/** Who this proxy is, in Istio's words: the node id and metadata of its first xDS request. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'

export interface ProxyNode {
  readonly id: string
  readonly cluster: string
  readonly metadata: JsonObject
}

/** What the pod says of itself. */
export interface PodFacts {
  readonly role: 'sidecar' | 'router'
  readonly ip: string
  readonly name: string
  readonly namespace: string
  readonly serviceAccount: string
  readonly nodeName: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The container's environment: every ISTIO_META_X becomes X. */
  readonly env: Readonly<Record<string, string>>
  /** e.g. `default.svc.cluster.local`. */
  readonly domain: string
}

const metaPrefix = 'ISTIO_META_'
const metaJsonPrefix = 'ISTIO_METAJSON_'

const jsonOrText = (text: string): JsonValue => {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

const fromEnvironment = (env: PodFacts['env']): JsonObject => {
  const metadata: Record<string, JsonValue> = {}
  for (const [name, text] of Object.entries(env)) {
    if (name.startsWith(metaPrefix)) metadata[name.slice(metaPrefix.length)] = jsonOrText(text)
    if (name.startsWith(metaJsonPrefix)) metadata[name.slice(metaJsonPrefix.length)] = jsonOrText(text)
  }
  return metadata
}

/** Istio puts annotations of Kubernetes' own tools aside: they are large and say nothing to a proxy. */
const meshAnnotations = (annotations: PodFacts['annotations']): JsonObject =>
  Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !name.startsWith('kubectl.kubernetes.io/last-applied')),
  )

const workloadOf = (facts: PodFacts, metadata: JsonObject): string => {
  const named = metadata['WORKLOAD_NAME']
  return typeof named === 'string' ? named : facts.name
}

/** Source: istio's pkg/bootstrap node metadata; `node.id` is `<type>~<ip>~<pod>.<namespace>~<domain>`. */
export const proxyNode = (facts: PodFacts): ProxyNode => {
  const meta = fromEnvironment(facts.env)
  const annotations = isJsonObject(meta['ANNOTATIONS'])
    ? meta['ANNOTATIONS']
    : meshAnnotations(facts.annotations)
  const app = facts.labels['app'] ?? workloadOf(facts, meta)
  return {
    id: `${facts.role}~${facts.ip}~${facts.name}.${facts.namespace}~${facts.domain}`,
    cluster: `${app}.${facts.namespace}`,
    metadata: {
      CLUSTER_ID: 'Kubernetes',
      ENVOY_PROMETHEUS_PORT: 15090,
      ENVOY_STATUS_PORT: 15021,
      INTERCEPTION_MODE: facts.role === 'sidecar' ? 'REDIRECT' : 'NONE',
      MESH_ID: 'cluster.local',
      ...meta,
      ANNOTATIONS: annotations,
      INSTANCE_IPS: facts.ip,
      LABELS: { ...facts.labels },
      NAME: facts.name,
      NAMESPACE: facts.namespace,
      NODE_NAME: facts.nodeName,
      SERVICE_ACCOUNT: facts.serviceAccount,
      WORKLOAD_NAME: workloadOf(facts, meta),
    },
  }
}
