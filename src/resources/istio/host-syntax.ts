/** Host names as Istio's objects write them: domain names, with a wildcard as the first label where allowed. */
const LABEL = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/
const WILDCARD_LABEL = /^(?:\*|(?:\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)$/

export const isDnsLabel = (text: string): boolean => text.length <= 63 && LABEL.test(text)

/** What Istio asks of the names of ports: capitals are allowed. */
export const portNameProblem = (name: string): string | undefined =>
  isDnsLabel(name) ? undefined : 'invalid port name; write letters, digits and inner hyphens, at most 63'

const labelsProblem = (domain: string): string | undefined => {
  const labels = domain.split('.')
  const top = labels.at(-1) ?? ''
  if (/^[+-]?\d+$/.test(top)) return `the top level domain ${JSON.stringify(top)} cannot be all-numeric`
  // A trailing dot makes a name unambiguous: `istio.io.`
  const named = top === '' ? labels.slice(0, -1) : labels
  const wrong = named.find((label) => !isDnsLabel(label))
  return wrong === undefined
    ? undefined
    : `label ${JSON.stringify(wrong)} is invalid: write letters, digits and inner hyphens`
}

const LONGEST = 255

const lengthProblem = (domain: string): string | undefined => {
  if (domain === '') return 'must not be empty; write a domain name such as reviews.default.svc.cluster.local'
  return domain.length > LONGEST ? `is too long: a domain name has at most ${LONGEST} characters` : undefined
}

export const fqdnProblem = (domain: string): string | undefined =>
  lengthProblem(domain) ?? labelsProblem(domain)

/** Also `*`, `*.example.com` and `*-suffix.example.com`. */
export const wildcardDomainProblem = (domain: string): string | undefined => {
  const length = lengthProblem(domain)
  if (length !== undefined) return length
  const dot = domain.indexOf('.')
  const first = dot === -1 ? domain : domain.slice(0, dot)
  if (first.length > 63 || !WILDCARD_LABEL.test(first)) {
    return `label ${JSON.stringify(first)} is invalid: a wildcard stands alone as the first label, as in *.example.com`
  }
  return dot === -1 ? undefined : labelsProblem(domain.slice(dot + 1))
}

/** `outbound_.80_._.reviews.default.svc.cluster.local`: what AUTO_PASSTHROUGH gateways see as SNI. */
const AUTO_SNI = /^outbound_[^_]*\d[^_]*_[^_]*_[^_]*[a-zA-Z]/

export const sniDomainProblem = (domain: string): string | undefined => {
  if (!domain.startsWith('outbound_') || domain.length > LONGEST) return wildcardDomainProblem(domain)
  return AUTO_SNI.test(domain) ? undefined : 'must follow the form outbound_.<port>_._.<host name>'
}

const isWildcard = (host: string): boolean => host.startsWith('*')

/** True when every name of `inner` is covered by `outer`. */
export const isSubsetOfHost = (inner: string, outer: string): boolean => {
  if (isWildcard(inner)) {
    return isWildcard(outer) && inner.length >= outer.length && inner.slice(1).endsWith(outer.slice(1))
  }
  return isWildcard(outer) ? inner.endsWith(outer.slice(1)) : inner === outer
}
