/** What a name under the cluster's domain asks for (Kubernetes DNS-Based Service Discovery 1.1.0); pure. */

export type ClusterName =
  | { readonly kind: 'apex' }
  /** `ns.dns`: the name server itself. */
  | { readonly kind: 'name-server' }
  | { readonly kind: 'version' }
  /** `svc`, `pod`, `dns`: names without records of their own. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string }
  | {
      readonly kind: 'endpoint'
      readonly namespace: string
      readonly service: string
      readonly endpoint: string
    }
  | {
      readonly kind: 'port'
      readonly namespace: string
      readonly service: string
      readonly port: string
      readonly protocol: string
    }
  | { readonly kind: 'pod'; readonly namespace: string; readonly ip: string }
  /** `10.0.244.10.in-addr.arpa` (reversed): asks for the names of an address. */
  | { readonly kind: 'reverse'; readonly ip: string }
  | { readonly kind: 'unknown' }

const reverseSuffix = '.in-addr.arpa'
const dashedIp = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/

const parseServiceName = (labels: readonly string[]): ClusterName => {
  const [namespace, service, ...rest] = labels.toReversed()
  if (namespace === undefined) return { kind: 'empty' }
  if (service === undefined) return { kind: 'namespace', namespace }
  const [first, second, ...more] = rest
  if (first === undefined) return { kind: 'service', namespace, service }
  if (second === undefined) {
    return first.startsWith('_')
      ? { kind: 'unknown' }
      : { kind: 'endpoint', namespace, service, endpoint: first }
  }
  return more.length === 0 && first.startsWith('_') && second.startsWith('_')
    ? { kind: 'port', namespace, service, protocol: first.slice(1), port: second.slice(1) }
    : { kind: 'unknown' }
}

const parsePodName = (labels: readonly string[]): ClusterName => {
  if (labels.length === 0) return { kind: 'empty' }
  const [name = '', namespace = ''] = labels
  const ip = dashedIp.exec(name)
  return labels.length === 2 && ip !== null
    ? { kind: 'pod', namespace, ip: ip.slice(1).join('.') }
    : { kind: 'unknown' }
}

/** `name` without a final dot, any case; undefined when the name is not the cluster's to answer. */
export const parseClusterName = (name: string, domain: string): ClusterName | undefined => {
  const lower = name.toLowerCase()
  if (lower.endsWith(reverseSuffix)) {
    const labels = lower.slice(0, -reverseSuffix.length).split('.')
    return labels.length === 4 ? { kind: 'reverse', ip: labels.toReversed().join('.') } : undefined
  }
  if (lower === domain) return { kind: 'apex' }
  if (!lower.endsWith(`.${domain}`)) return undefined
  const labels = lower.slice(0, -domain.length - 1).split('.')
  const rest = labels.slice(0, -1)
  switch (labels.at(-1)) {
    case 'svc':
      return parseServiceName(rest)
    case 'pod':
      return parsePodName(rest)
    case 'dns':
      if (rest.length === 0) return { kind: 'empty' }
      return rest.join('.') === 'ns' ? { kind: 'name-server' } : { kind: 'unknown' }
    case 'dns-version':
      return rest.length === 0 ? { kind: 'version' } : { kind: 'unknown' }
    default:
      return { kind: 'unknown' }
  }
}
