/** The rules of service addresses as text for `nft -f -`: the whole table, or what changed in it; pure. */
import { formatCidr, type Cidr } from '../../primitives/cidr.ts'
import type { ServiceRules } from './plan-nft-rules.ts'

const table = 'ip weft-services'

const block = (items: readonly string[]): string =>
  items.length === 0 ? '' : `    elements = {\n      ${items.join(',\n      ')}\n    }\n`

/** Replaces the table in one transaction; connections that exist keep their endpoint. */
export const wholeTable = (rules: ServiceRules, serviceRange: Cidr): string => `add table ${table}
delete table ${table}
table ${table} {
${[...rules.chains].map(([chain, rule]) => `  chain ${chain} {\n    ${rule}\n  }\n`).join('')}  map service-ports {
    type ipv4_addr . inet_proto . inet_service : verdict
${block([...rules.servicePorts].map(portElement).toSorted())}  }
  set no-endpoints {
    type ipv4_addr . inet_proto . inet_service
${block([...rules.noEndpoints])}  }
  set cluster-ips {
    type ipv4_addr
${block([...rules.clusterIps])}  }
  set hairpin {
    type ipv4_addr . ipv4_addr
${block([...rules.hairpin])}  }
${baseChains(serviceRange)}}
`

/**
 * Turns a table that holds `before` into one that holds `after`, in one transaction and one command a line; empty
 * when they are equal. Costs what changed: a table of a thousand services takes nft a quarter of a second.
 */
export const tableChanges = (before: ServiceRules, after: ServiceRules): string => {
  const goneChains = [...before.chains.keys()].filter((chain) => !after.chains.has(chain))
  const goneKeys = [...before.servicePorts].filter(([key, chain]) => after.servicePorts.get(key) !== chain)
  const newKeys = [...after.servicePorts].filter(([key, chain]) => before.servicePorts.get(key) !== chain)
  const commands = [
    ...[...after.chains].flatMap(([chain, rule]) => refilled(chain, before.chains.get(chain), rule)),
    // An element that names a chain goes before the chain, and comes after it.
    ...elements(
      'delete',
      'service-ports',
      goneKeys.map(([key]) => key),
    ),
    ...elements('add', 'service-ports', newKeys.map(portElement)),
    ...goneChains.flatMap((chain) => [`flush chain ${table} ${chain}`, `delete chain ${table} ${chain}`]),
    ...setChanges('no-endpoints', before.noEndpoints, after.noEndpoints),
    ...setChanges('cluster-ips', before.clusterIps, after.clusterIps),
    ...setChanges('hairpin', before.hairpin, after.hairpin),
  ]
  return commands.map((command) => `${command}\n`).join('')
}

const portElement = ([key, chain]: readonly [string, string]): string => `${key} : goto ${chain}`

const refilled = (chain: string, before: string | undefined, rule: string): readonly string[] => {
  if (before === rule) return []
  const prepare = before === undefined ? 'add' : 'flush'
  return [`${prepare} chain ${table} ${chain}`, `add rule ${table} ${chain} ${rule}`]
}

const elements = (verb: 'add' | 'delete', set: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`${verb} element ${table} ${set} { ${items.join(', ')} }`]

const setChanges = (
  set: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly string[] => [
  ...elements(
    'delete',
    set,
    [...before].filter((item) => !after.has(item)),
  ),
  ...elements(
    'add',
    set,
    [...after].filter((item) => !before.has(item)),
  ),
]

const baseChains = (serviceRange: Cidr): string => `  chain refuse {
    ip daddr . meta l4proto . th dport @no-endpoints reject
    ip daddr @cluster-ips reject
    ip daddr ${formatCidr(serviceRange)} reject with icmp type host-unreachable
  }
  chain prerouting {
    type nat hook prerouting priority dstnat
    ip daddr . meta l4proto . th dport vmap @service-ports
  }
  chain nat-output {
    type nat hook output priority -100
    ip daddr . meta l4proto . th dport vmap @service-ports
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ct status dnat ip saddr . ip daddr @hairpin masquerade
  }
  chain forward {
    type filter hook forward priority filter
    ct state new jump refuse
  }
  chain filter-output {
    type filter hook output priority filter
    oifname != "lo" ct state new jump refuse
  }
`
