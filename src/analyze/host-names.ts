/** Hosts as Istio's objects name them: short names mean a service of the same namespace. */
const CLUSTER_DOMAIN = 'svc.cluster.local'
const SERVICE_NAME = /^(?<name>.+)\.(?<namespace>.+)\.svc\.cluster\.local$/

/** `reviews` in `default` is `reviews.default.svc.cluster.local`; names with dots and wildcards stay. */
export const fullHost = (namespace: string, host: string): string =>
  host.startsWith('*') || host.includes('.') ? host : `${host}.${namespace}.${CLUSTER_DOMAIN}`

/** The service that a host names: `namespace/name`. */
export const serviceOfHost = (namespace: string, host: string): string => {
  const groups = SERVICE_NAME.exec(host)?.groups
  return groups === undefined
    ? `${namespace}/${host}`
    : `${groups['namespace'] ?? ''}/${groups['name'] ?? ''}`
}

/** The namespace in a service's full host; empty for other hosts. */
export const namespaceOfHost = (host: string): string => SERVICE_NAME.exec(host)?.groups?.['namespace'] ?? ''

const isWildcard = (host: string): boolean => host.startsWith('*')

/** Istio's host.Name.Matches: true when one covers the other, in either direction. */
export const hostsMatch = (left: string, right: string): boolean => {
  if (isWildcard(left) && isWildcard(right)) {
    const [shorter, longer] = left.length < right.length ? [left, right] : [right, left]
    return longer.slice(1).endsWith(shorter.slice(1))
  }
  if (isWildcard(left)) return right.endsWith(left.slice(1))
  return isWildcard(right) ? left.endsWith(right.slice(1)) : left === right
}
