/** Route tables: for which hosts, which request goes where. Every choice is a sum type. */
import type { Origin } from './origin.ts'
import type { ExportTo } from './service.ts'
import type { HashKey } from './traffic-policy.ts'

export type TextMatch =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  /** RE2, matching the whole value. */
  | { readonly kind: 'regex'; readonly value: string }
  | { readonly kind: 'present' }

export interface NamedMatch {
  readonly name: string
  readonly match: TextMatch
  /** True: matches where the header is absent or different. */
  readonly invert: boolean
}

/** All conditions must hold; an absent one always does. */
export interface RequestMatch {
  readonly name?: string
  readonly path?: TextMatch
  readonly ignorePathCase: boolean
  readonly headers: readonly NamedMatch[]
  readonly queryParameters: readonly NamedMatch[]
  readonly method?: TextMatch
  readonly authority?: TextMatch
  readonly scheme?: TextMatch
  /** The port that the client called. */
  readonly port?: number
  readonly source: SourceMatch
  readonly statPrefix?: string
  readonly origin: Origin
}

/** Conditions on who calls, decided when the table is given to a proxy. */
export interface SourceMatch {
  readonly labels: Readonly<Record<string, string>>
  readonly namespace?: string
  /** Gateways (`namespace/name`, or `mesh` for sidecars); empty: those of the table. */
  readonly gateways: readonly string[]
}

export interface Destination {
  readonly host: string
  readonly subset?: string
  readonly port?: number
}

export interface WeightedDestination {
  readonly destination: Destination
  readonly weight: number
  readonly headers?: HeaderEdits
  readonly origin: Origin
}

export interface HeaderEdit {
  readonly set: Readonly<Record<string, string>>
  readonly add: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

export interface HeaderEdits {
  readonly request: HeaderEdit
  readonly response: HeaderEdit
}

export type PathRewrite =
  /** Replaces what the path condition matched. */
  | { readonly kind: 'matched'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly substitution: string }

export interface Rewrite {
  readonly path?: PathRewrite
  readonly authority?: string
}

export interface Retries {
  /** 0: never. */
  readonly attempts: number
  readonly perTryMilliseconds?: number
  /** Conditions and status codes, separated by commas. */
  readonly on?: string
  readonly otherLocalities?: boolean
  readonly ignorePreviousHosts?: boolean
  readonly backoffMilliseconds?: number
}

export interface Mirror {
  readonly destination: Destination
  /** 0 to 100. */
  readonly percent: number
  readonly origin: Origin
}

export interface Fault {
  readonly delay?: { readonly milliseconds: number; readonly percent: number }
  readonly abort?: {
    readonly percent: number
    readonly status: { readonly kind: 'http' | 'grpc'; readonly code: number }
  }
}

export interface CorsPolicy {
  readonly origins: readonly TextMatch[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposeHeaders: readonly string[]
  readonly maxAgeSeconds?: number
  readonly allowCredentials?: boolean
  readonly forwardUnmatchedPreflights: boolean
}

export type RedirectPort =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'request' }
  | { readonly kind: 'protocol-default' }

export type RouteAction =
  | {
      readonly kind: 'forward'
      readonly destinations: readonly WeightedDestination[]
      readonly rewrite?: Rewrite
      readonly mirrors: readonly Mirror[]
      /** Absent: no limit. */
      readonly timeoutMilliseconds?: number
      readonly retries?: Retries
      /** What decides the endpoint, where the destinations' policies say so. */
      readonly hash?: readonly HashKey[]
    }
  | {
      readonly kind: 'redirect'
      readonly path?: string
      readonly authority?: string
      readonly scheme?: string
      readonly port?: RedirectPort
      readonly status: 301 | 302 | 303 | 307 | 308
    }
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly body?: string
      readonly bodyBase64?: string
    }

export interface RouteRule {
  readonly name?: string
  /** Any of them; empty: every request. */
  readonly matches: readonly RequestMatch[]
  readonly action: RouteAction
  readonly headers?: HeaderEdits
  readonly fault?: Fault
  readonly cors?: CorsPolicy
  readonly origin: Origin
}

/** Conditions on a connection that carries no requests, or hides them. All must hold. */
export interface ConnectionMatch {
  /** Names in the TLS handshake; empty: any. */
  readonly serverNames: readonly string[]
  /** Ranges of addresses that the client called; empty: any. */
  readonly ranges: readonly string[]
  /** The port that the client called. */
  readonly port?: number
  readonly source: SourceMatch
}

export interface ConnectionRule {
  /** 'tls': for connections whose TLS passes through. */
  readonly kind: 'tcp' | 'tls'
  /** Any of them; empty: every connection. */
  readonly matches: readonly ConnectionMatch[]
  readonly destinations: readonly WeightedDestination[]
  readonly origin: Origin
}

export interface RouteTable {
  readonly name: string
  readonly namespace: string
  /** Fully qualified names and wildcards, lower case. */
  readonly hosts: readonly string[]
  /** `mesh`, or `namespace/name` of a gateway. */
  readonly gateways: readonly string[]
  readonly exportTo: ExportTo
  readonly rules: readonly RouteRule[]
  /** Absent: none. */
  readonly connections?: readonly ConnectionRule[]
  readonly createdAt: string
  readonly origin: Origin
}

/** Those that get traffic: one of weight 0 beside others gets none, and needs no cluster. */
export const usedDestinations = (
  destinations: readonly WeightedDestination[],
): readonly WeightedDestination[] =>
  destinations.length === 1 ? destinations : destinations.filter(({ weight }) => weight > 0)

/** The gateway name that stands for all sidecars. */
export const MESH_GATEWAY = 'mesh'
