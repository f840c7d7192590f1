/** One call to simulate, and what becomes of it. */

/** Bytes of the application: plain HTTP, or something that the proxy does not look into. */
export type CallProtocol = 'http/1.0' | 'http/1.1' | 'h2c' | 'tcp'

export interface CallRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  /** The Host header, or `:authority`. */
  readonly authority: string
  readonly scheme: 'http' | 'https'
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Call {
  /** `outbound`: redirected from the application. `inbound`: redirected to it. `direct`: to a port of the proxy. */
  readonly way: 'outbound' | 'inbound' | 'direct'
  /** Where the caller connects to; absent: an address that no listener names. */
  readonly address?: string
  readonly port: number
  readonly protocol: CallProtocol
  /** Present: the caller speaks TLS, and the proxy sees no more than its greeting. */
  readonly tls?: { readonly serverName?: string; readonly protocols: readonly string[] }
  /** Absent where the protocol is 'tcp'. */
  readonly request?: CallRequest
}

export interface WeightedCluster {
  readonly name: string
  readonly weight: number
  /** False: Envoy answers 503 (HTTP) or closes the connection (TCP). */
  readonly exists: boolean
}

/** How far the call came: names of what took it. */
export interface CallTrace {
  readonly listener?: string
  readonly filterChain?: string
  readonly routeTable?: string
  readonly virtualHost?: string
  readonly route?: string
}

export type CallOutcome = { readonly trace: CallTrace } & (
  | { readonly kind: 'forward'; readonly clusters: readonly WeightedCluster[] }
  | { readonly kind: 'direct-response'; readonly status: number }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: RedirectLocation }
  /** The host takes TLS alone: 301 to https. */
  | { readonly kind: 'redirect-https' }
  /** 404. */
  | { readonly kind: 'not-found'; readonly missing: 'route-table' | 'virtual-host' | 'route' }
  /** Nothing listens: the connection is refused. */
  | { readonly kind: 'no-listener' }
  /** The listener has no chain for such a connection. */
  | { readonly kind: 'connection-closed' }
  /** The chain speaks HTTP, the caller does not. */
  | { readonly kind: 'protocol-error' }
)

/** What of the URL changes; absent parts stay. */
export interface RedirectLocation {
  readonly scheme?: string
  readonly authority?: string
  readonly port?: number
  readonly path?: string
}
