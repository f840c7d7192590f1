/** The protocols that ports of Istio's objects name; upper and lower case are the same. */
const HTTP: ReadonlySet<string> = new Set(['http', 'http2', 'grpc', 'grpc-web', 'http_proxy'])
const TLS: ReadonlySet<string> = new Set(['https', 'tls'])
const OTHERS: ReadonlySet<string> = new Set(['tcp', 'udp', 'mongo', 'redis', 'mysql'])

const lower = (protocol: string | undefined): string => (protocol ?? '').toLowerCase()

export const isHttpProtocol = (protocol: string | undefined): boolean => HTTP.has(lower(protocol))
export const isTlsProtocol = (protocol: string | undefined): boolean => TLS.has(lower(protocol))
export const isKnownProtocol = (protocol: string | undefined): boolean =>
  isHttpProtocol(protocol) || isTlsProtocol(protocol) || OTHERS.has(lower(protocol))
