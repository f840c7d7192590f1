/** Listener filters and the matches of filter chains: what is looked at before a chain is chosen. */
import type {
  FilterChainMatchSchema,
  FilterChainSchema,
  ListenerFilterChainMatchPredicateSchema,
  ListenerFilterSchema,
} from '../proto/generated/envoy/config/listener/v3/listener_components_pb.js'
import { HttpInspectorSchema } from '../proto/generated/envoy/extensions/filters/listener/http_inspector/v3/http_inspector_pb.js'
import { OriginalDstSchema } from '../proto/generated/envoy/extensions/filters/listener/original_dst/v3/original_dst_pb.js'
import { TlsInspectorSchema } from '../proto/generated/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js'
import { pack, type Plain } from './encoded-resource.ts'

type ListenerFilterInit = Plain<typeof ListenerFilterSchema>
type PredicateInit = Plain<typeof ListenerFilterChainMatchPredicateSchema>
export type ChainInit = Plain<typeof FilterChainSchema>
export type ChainMatchInit = Plain<typeof FilterChainMatchSchema>

export const originalDestination = (): ListenerFilterInit => ({
  name: 'envoy.filters.listener.original_dst',
  configType: { case: 'typedConfig', value: pack(OriginalDstSchema, {}) },
})

/** Looks for the server's name and the protocols in a TLS handshake. */
export const tlsInspector = (): ListenerFilterInit => ({
  name: 'envoy.filters.listener.tls_inspector',
  configType: { case: 'typedConfig', value: pack(TlsInspectorSchema, {}) },
})

/** Looks for HTTP in the first bytes; not on `exceptPorts`, whose protocol is declared. */
export const httpInspector = (exceptPorts: readonly number[] = []): ListenerFilterInit => ({
  name: 'envoy.filters.listener.http_inspector',
  configType: { case: 'typedConfig', value: pack(HttpInspectorSchema, {}) },
  ...(exceptPorts.length === 0 ? {} : { filterDisabled: anyOfPorts(exceptPorts) }),
})

const anyOfPorts = (ports: readonly number[]): PredicateInit => {
  const rules = ports.map((port): PredicateInit => ({
    rule: { case: 'destinationPortRange', value: { start: port, end: port + 1 } },
  }))
  const [only, ...others] = rules
  return only !== undefined && others.length === 0 ? only : { rule: { case: 'orMatch', value: { rules } } }
}

/**
 * Plain HTTP of any version, as the HTTP inspector tells it. No transport protocol is named: Envoy goes by it before the
 * application protocol and does not come back, so that connections that are not HTTP would find no chain beside it.
 */
export const PLAIN_HTTP: ChainMatchInit = { applicationProtocols: ['http/1.0', 'http/1.1', 'h2c'] }
