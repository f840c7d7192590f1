/** Which statistics a proxy keeps and how their names become labels: Istio's choice, so that its dashboards work. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { ProxyConfig } from './proxy-config.ts'

const keptPrefixes = [
  'reporter=',
  'cluster_manager',
  'listener_manager',
  'server',
  'cluster.xds-grpc',
  // The health check filter decides by these.
  'cluster.app-health',
  'wasm',
  'component',
  'istio',
]
const keptSuffixes = [
  'rbac.allowed',
  'rbac.denied',
  'shadow_allowed',
  'shadow_denied',
  'downstream_cx_active',
  // How a proxy that ends knows that nothing is in flight any more.
  'downstream_rq_active',
]

/** Tag name to the expression whose first group leaves the name and whose second is the value. */
const tags: Readonly<Record<string, string>> = {
  cluster_name: '^cluster\\.((.+?(\\..+?\\.svc\\.cluster\\.local)?)\\.)',
  tcp_prefix: '^tcp\\.((.*?)\\.)\\w+?$',
  response_code: '_rq(_(\\d{3}))$',
  response_code_class: '_rq(_(\\dxx))$',
  http_conn_manager_prefix: '^http\\.(((?:[_.[:digit:]]*|[_\\[\\]aAbBcCdDeEfF[:digit:]]*))\\.)',
  listener_address: '^listener\\.(((?:[_.[:digit:]]*|[_\\[\\]aAbBcCdDeEfF[:digit:]]*))\\.)',
  component: '(component\\.(.+?)\\.)',
  authz_enforce_result: 'rbac(\\.(allowed|denied))',
}

export const statsConfig = (config: ProxyConfig): JsonObject => ({
  use_all_default_tags: false,
  stats_tags: Object.entries(tags).map(([name, regex]) => ({ tag_name: name, regex })),
  stats_matcher: {
    inclusion_list: {
      patterns: [
        ...[...keptPrefixes, ...config.statsPrefixes].map((prefix) => ({ prefix })),
        ...[...keptSuffixes, ...config.statsSuffixes].map((suffix) => ({ suffix })),
        ...config.statsExpressions.map((regex) => ({ safe_regex: { regex } })),
      ],
    },
  },
})
