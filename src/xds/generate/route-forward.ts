/** Forwarding in Envoy's words: weighted clusters, rewrites, timeouts, retries, mirrors. */
import type { Destination, Retries, RouteAction, WeightedDestination } from '../../mesh/model/route-table.ts'
import type { HashKey } from '../../mesh/model/traffic-policy.ts'
import type {
  RetryPolicySchema,
  RouteActionSchema,
  WeightedCluster_ClusterWeightSchema,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { PreviousHostsPredicateSchema } from '../proto/generated/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js'
import { PreviousPrioritiesConfigSchema } from '../proto/generated/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.js'
import { duration, pack, type Plain } from './encoded-resource.ts'
import { outboundCluster } from './names.ts'
import { authorityOf, headerFields, NO_HEADERS, runtimeFraction, type HeaderFields } from './route-filters.ts'

export type Forward = Extract<RouteAction, { readonly kind: 'forward' }>

type ActionInit = Plain<typeof RouteActionSchema>
type RetryInit = Plain<typeof RetryPolicySchema>
type HashSpecifier = NonNullable<NonNullable<ActionInit['hashPolicy']>[number]['policySpecifier']>
type ClusterWeight = Plain<typeof WeightedCluster_ClusterWeightSchema>

/** The cluster of a destination; without a port of its own, the port that was called. */
export const clusterOf = (destination: Destination, calledPort: number): string =>
  outboundCluster(destination.host, destination.port ?? calledPort, destination.subset)

export interface ForwardRoute {
  readonly action: ActionInit
  /** Header changes of a single destination, which belong to the route. */
  readonly headers: HeaderFields
}

/** `routeAuthority` is what the rule's own header changes say of the authority. */
export const forwardRoute = (
  forward: Forward,
  calledPort: number,
  routeAuthority: string | undefined,
): ForwardRoute => {
  const [only, ...others] = forward.destinations
  const single = only !== undefined && others.length === 0 ? only : undefined
  const authority = forward.rewrite?.authority ?? routeAuthority ?? authorityOf(single?.headers)
  const retryPolicy = retryFields(forward.retries)
  return {
    headers: single === undefined ? NO_HEADERS : headerFields(single.headers),
    action: {
      clusterSpecifier:
        single === undefined
          ? {
              case: 'weightedClusters',
              value: { clusters: weightedClusters(forward.destinations, calledPort) },
            }
          : { case: 'cluster', value: clusterOf(single.destination, calledPort) },
      ...rewriteFields(forward),
      ...(authority === undefined
        ? {}
        : { hostRewriteSpecifier: { case: 'hostRewriteLiteral' as const, value: authority } }),
      ...hashFields(forward.hash),
      ...timeoutFields(forward.timeoutMilliseconds ?? 0),
      ...(retryPolicy === undefined ? {} : { retryPolicy }),
      requestMirrorPolicies: forward.mirrors.map((mirror) => ({
        cluster: clusterOf(mirror.destination, calledPort),
        runtimeFraction: runtimeFraction(mirror.percent),
        traceSampled: false,
      })),
    },
  }
}

/** Destinations of weight 0 get no traffic, and Envoy needs no cluster for them. */
const weightedClusters = (
  destinations: readonly WeightedDestination[],
  calledPort: number,
): ClusterWeight[] =>
  destinations
    .filter(({ weight }) => weight > 0)
    .map(({ destination, weight, headers }) => {
      const authority = authorityOf(headers)
      return {
        name: clusterOf(destination, calledPort),
        weight,
        ...headerFields(headers),
        ...(authority === undefined
          ? {}
          : { hostRewriteSpecifier: { case: 'hostRewriteLiteral' as const, value: authority } }),
      }
    })

const rewriteFields = ({ rewrite }: Forward): ActionInit => {
  switch (rewrite?.path?.kind) {
    case 'matched':
      return { prefixRewrite: rewrite.path.value }
    case 'regex':
      return {
        regexRewrite: { pattern: { regex: rewrite.path.pattern }, substitution: rewrite.path.substitution },
      }
    case undefined:
      return {}
  }
}

/** What decides the endpoint behind a cluster with a ring or a table. */
export const hashFields = (keys: readonly HashKey[] = []): ActionInit =>
  keys.length === 0 ? {} : { hashPolicy: keys.map((key) => ({ policySpecifier: hashSpecifier(key) })) }

const hashSpecifier = (key: HashKey): HashSpecifier => {
  switch (key.kind) {
    case 'header':
      return { case: 'header', value: { headerName: key.name } }
    case 'query-parameter':
      return { case: 'queryParameter', value: { name: key.name } }
    case 'source-address':
      return { case: 'connectionProperties', value: { sourceIp: true } }
    case 'cookie': {
      const { name, path, lifetimeMilliseconds } = key
      const ttl = lifetimeMilliseconds === undefined ? {} : { ttl: duration(lifetimeMilliseconds) }
      return { case: 'cookie', value: { name, path, ...ttl } }
    }
  }
}

/** 0: no limit, and gRPC's own timeout header counts. */
export const timeoutFields = (milliseconds: number): ActionInit => ({
  timeout: duration(milliseconds),
  // Istio's max_grpc_timeout, by the field that replaced it: Envoy warns of the old one for every route.
  maxStreamDuration: { grpcTimeoutHeaderMax: duration(milliseconds) },
})

const RETRY_ON = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes'

/** Istio's default: two retries, on other hosts, of what cannot have reached the application. */
export const retryFields = (retries: Retries | undefined): RetryInit | undefined => {
  if (retries?.attempts === 0) return undefined
  const { on, codes } = parseRetryOn(retries?.on)
  return {
    retryOn: on,
    retriableStatusCodes: [...codes],
    numRetries: retries?.attempts ?? 2,
    hostSelectionRetryMaxAttempts: 5n,
    ...(retries?.perTryMilliseconds === undefined
      ? {}
      : { perTryTimeout: duration(retries.perTryMilliseconds) }),
    ...(retries?.ignorePreviousHosts === false ? {} : { retryHostPredicate: [previousHosts()] }),
    ...(retries?.otherLocalities === true ? { retryPriority: previousPriorities() } : {}),
    ...(retries?.backoffMilliseconds === undefined
      ? {}
      : { retryBackOff: { baseInterval: duration(retries.backoffMilliseconds) } }),
  }
}

const parseRetryOn = (
  text: string | undefined,
): { readonly on: string; readonly codes: readonly number[] } => {
  if (text === undefined || text === '') return { on: RETRY_ON, codes: [] }
  const parts = text.split(',').map((part) => part.trim())
  const codes = parts.filter((part) => /^\d+$/.test(part)).map(Number)
  const words = parts.filter((part) => part !== '' && !/^\d+$/.test(part))
  const needsWord = codes.length > 0 && !words.includes('retriable-status-codes')
  return { on: [...words, ...(needsWord ? ['retriable-status-codes'] : [])].join(','), codes }
}

const previousHosts = (): NonNullable<RetryInit['retryHostPredicate']>[number] => ({
  name: 'envoy.retry_host_predicates.previous_hosts',
  configType: { case: 'typedConfig', value: pack(PreviousHostsPredicateSchema, {}) },
})

const previousPriorities = (): NonNullable<RetryInit['retryPriority']> => ({
  name: 'envoy.retry_priorities.previous_priorities',
  configType: { case: 'typedConfig', value: pack(PreviousPrioritiesConfigSchema, { updateFrequency: 2 }) },
})
