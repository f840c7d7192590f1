/** Which virtual host of a route table a Host header means. */
import type { VirtualHost } from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import type { RouteConfiguration } from '../proto/generated/envoy/config/route/v3/route_pb.js'

/** Envoy's order: the exact name, the longest `*suffix`, the longest `prefix*`, `*`. Without case. */
export const findVirtualHost = (
  { virtualHosts, ignorePortInHostMatching }: RouteConfiguration,
  authority: string,
): VirtualHost | undefined => {
  const name = (ignorePortInHostMatching ? authority.replace(/:\d+$/, '') : authority).toLowerCase()
  let best: { readonly rank: number; readonly host: VirtualHost } | undefined
  for (const host of virtualHosts) {
    for (const domain of host.domains) {
      const rank = rankOf(domain.toLowerCase(), name)
      if (rank > (best?.rank ?? 0)) best = { rank, host }
    }
  }
  return best?.host
}

/** DNS names are at most 253 bytes long. */
const LONGEST = 1000

/** Higher is closer; 0: no match. A wildcard stands for at least one character. */
const rankOf = (domain: string, name: string): number => {
  if (domain === name) return 3 * LONGEST
  if (domain === '*') return 1
  if (name.length < domain.length) return 0
  if (domain.startsWith('*')) return name.endsWith(domain.slice(1)) ? 2 * LONGEST + domain.length : 0
  return domain.endsWith('*') && name.startsWith(domain.slice(0, -1)) ? LONGEST + domain.length : 0
}
