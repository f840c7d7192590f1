/** Route configurations of gateways: `http.<port>`, one virtual host per host that a server and a table share. */
import { bySpecificity, intersectHosts } from '../../mesh/model/host-name.ts'
import type { Origin } from '../../mesh/model/origin.ts'
import type { RouteTable } from '../../mesh/model/route-table.ts'
import type { GatewayListenerView, ServerView } from '../../mesh/view/proxy-view.ts'
import { objectMemo, type ObjectMemo } from '../../primitives/object-memo.ts'
import { uniqueOrigins } from './encoded-resource.ts'
import { gatewayRoute, hostWithPort } from './names.ts'
import type { RouteConfig } from './route-config.ts'
import { routesOfTable } from './route.ts'
import { emptyHost, encodeVirtualHost, type EncodedVirtualHost } from './virtual-host.ts'

export interface GatewayRoutes {
  readonly config: (listener: GatewayListenerView) => RouteConfig
}

export const gatewayRoutes = (): GatewayRoutes => {
  const hosts = objectMemo<EncodedVirtualHost>()
  const configs = objectMemo<RouteConfig>()
  return { config: (listener) => configs.at([listener], '', () => buildConfig(listener, hosts)) }
}

/** The rules of a table, each with its field; a table without rules stands for itself. */
export const tableOrigins = (table: RouteTable): readonly Origin[] =>
  table.rules.length === 0 ? [table.origin] : table.rules.map((rule) => rule.origin)

const buildConfig = (listener: GatewayListenerView, memo: ObjectMemo<EncodedVirtualHost>): RouteConfig => {
  const origins = listener.servers.map(({ server }) => server.origin)
  const groups = collapse(collectHosts(listener.servers))
  const hosts = groups.map((group) => encodeGroup(group, memo))
  return {
    name: gatewayRoute(listener.port, listener.bind),
    hosts:
      hosts.length > 0
        ? hosts
        : [emptyHost(listener.servers[0]?.server.portNumber ?? listener.port, origins)],
    origins: uniqueOrigins(origins),
  }
}

interface GatewayHost {
  readonly host: string
  /** The port that the Gateway names, which the virtual host's name and `match.port` speak of. */
  readonly port: number
  readonly tables: readonly RouteTable[]
  readonly redirectToHttps: boolean
  readonly server: ServerView
}

/** Several tables of one host act as one, in their order. */
const collectHosts = (servers: readonly ServerView[]): readonly GatewayHost[] => {
  const hosts = new Map<string, GatewayHost>()
  for (const view of servers) {
    for (const table of view.tables) {
      if (routesOfTablePort(table, view.server.portNumber)) addTable(hosts, view, table)
    }
    if (view.server.httpsRedirect) addRedirects(hosts, view)
  }
  return [...hosts.values()].toSorted((left, right) => bySpecificity(left.host, right.host))
}

const routesOfTablePort = (table: RouteTable, port: number): boolean =>
  table.rules.some(
    (rule) =>
      rule.matches.length === 0 ||
      rule.matches.some((match) => match.port === undefined || match.port === port),
  )

const addTable = (hosts: Map<string, GatewayHost>, view: ServerView, table: RouteTable): void => {
  const { server } = view
  const shared = new Set(
    server.hosts
      .filter(({ namespace }) => namespace === undefined || namespace === table.namespace)
      .flatMap(({ host }) => table.hosts.flatMap((own) => intersectHosts(host, own) ?? [])),
  )
  for (const host of shared) {
    const known = hosts.get(host)
    hosts.set(host, {
      host,
      port: known?.port ?? server.portNumber,
      tables: [...(known?.tables ?? []), table],
      redirectToHttps: (known?.redirectToHttps ?? false) || server.httpsRedirect,
      server: known?.server ?? view,
    })
  }
}

/** A server that redirects does so for its hosts even where no table serves them. */
const addRedirects = (hosts: Map<string, GatewayHost>, view: ServerView): void => {
  for (const { host } of view.server.hosts) {
    const known = hosts.get(host) ?? { host, port: view.server.portNumber, tables: [], server: view }
    hosts.set(host, { ...known, redirectToHttps: true })
  }
}

interface HostGroup extends GatewayHost {
  readonly domains: readonly string[]
}

/** Hosts with the same routes become one virtual host, named after the first. */
const collapse = (hosts: readonly GatewayHost[]): readonly HostGroup[] => {
  const groups: HostGroup[] = []
  const byFirstTable = new Map<RouteTable | undefined, number[]>()
  for (const host of hosts) {
    const candidates = byFirstTable.get(host.tables[0]) ?? []
    const found = candidates.find((index) => isSameGroup(groups[index], host))
    const group = found === undefined ? undefined : groups[found]
    if (found !== undefined && group !== undefined) {
      groups[found] = { ...group, domains: [...group.domains, host.host] }
    } else {
      byFirstTable.set(host.tables[0], [...candidates, groups.length])
      groups.push({ ...host, domains: [host.host] })
    }
  }
  return groups
}

const isSameGroup = (group: HostGroup | undefined, host: GatewayHost): boolean =>
  group !== undefined &&
  group.port === host.port &&
  group.redirectToHttps === host.redirectToHttps &&
  group.tables.length === host.tables.length &&
  group.tables.every((table, index) => table === host.tables[index])

const encodeGroup = (group: HostGroup, memo: ObjectMemo<EncodedVirtualHost>): EncodedVirtualHost => {
  const { tables, port, domains, redirectToHttps, server } = group
  const text = `${port} ${redirectToHttps} ${domains.join(',')}`
  return memo.at([...tables, server.server], text, () => {
    const routes = tables.flatMap((table) => routesOfTable(table, port))
    // What matches everything goes last, or it would hide the routes of later tables.
    const ordered = [
      ...routes.filter(({ catchAll }) => !catchAll),
      ...routes.filter(({ catchAll }) => catchAll),
    ]
    return encodeVirtualHost({
      name: hostWithPort(group.host, port),
      domains,
      routes: ordered.map(({ route }) => route),
      redirectToHttps,
      origins: uniqueOrigins([...tables.flatMap(tableOrigins), server.server.origin]),
    })
  })
}
