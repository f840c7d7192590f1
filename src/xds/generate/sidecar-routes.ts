/** Route configurations of sidecars: `8080` for all HTTP services on a port, `host:8080` for a port of unknown protocol. */
import { bySpecificity, isCoveredBy, isWildcard } from '../../mesh/model/host-name.ts'
import type { RouteTable } from '../../mesh/model/route-table.ts'
import { mayBeHttp, type Service } from '../../mesh/model/service.ts'
import type { OutboundView } from '../../mesh/view/proxy-view.ts'
import { objectMemo, type ObjectMemo } from '../../primitives/object-memo.ts'
import { hostWithPort, outboundCluster } from './names.ts'
import type { RouteConfig } from './route-config.ts'
import { retryFields, timeoutFields } from './route-forward.ts'
import { routesOfTable } from './route.ts'
import { serviceDomains } from './service-domains.ts'
import { defaultRoute, encodeVirtualHost, unknownHosts, type EncodedVirtualHost } from './virtual-host.ts'
import { tableOrigins } from './gateway-routes.ts'

export interface SidecarRoutes {
  readonly configs: (view: OutboundView, unknown: 'pass' | 'refuse') => readonly RouteConfig[]
}

export const sidecarRoutes = (): SidecarRoutes => {
  const memos: Memos = {
    hosts: objectMemo(),
    domains: objectMemo(),
    indexes: objectMemo(),
    unknown: objectMemo(),
  }
  const configs = objectMemo<readonly RouteConfig[]>()
  return {
    configs: (view, unknown) =>
      configs.at([view.tables, view.services], `${view.namespace} ${unknown}`, () =>
        buildConfigs(view, unknown, memos),
      ),
  }
}

interface Memos {
  readonly hosts: ObjectMemo<EncodedVirtualHost>
  readonly domains: ObjectMemo<readonly string[]>
  readonly indexes: ObjectMemo<TableIndex>
  readonly unknown: ObjectMemo<EncodedVirtualHost>
}

/** Where a host's tables are found without walking all of them. */
interface TableIndex {
  readonly exact: ReadonlyMap<string, readonly RouteTable[]>
  /** Narrowest host first, then by precedence. */
  readonly wildcard: readonly { readonly host: string; readonly table: RouteTable }[]
}

const indexTables = (tables: readonly RouteTable[]): TableIndex => {
  const exact = new Map<string, RouteTable[]>()
  const wildcard: { readonly host: string; readonly table: RouteTable }[] = []
  for (const table of tables) {
    for (const host of table.hosts) {
      if (isWildcard(host)) wildcard.push({ host, table })
      else exact.set(host, [...(exact.get(host) ?? []), table])
    }
  }
  return { exact, wildcard: wildcard.toSorted((left, right) => bySpecificity(left.host, right.host)) }
}

/** Key of what does not depend on any object. */
const ALWAYS = Object.freeze({})

/** All that the virtual hosts of one port are made of. */
interface PortContext {
  readonly view: OutboundView
  readonly port: number
  /** Services with that port by host. */
  readonly services: ReadonlyMap<string, Service>
  readonly index: TableIndex
  readonly aliases: ReadonlyMap<string, readonly Service[]>
  readonly memos: Memos
}

const buildConfigs = (
  view: OutboundView,
  unknown: 'pass' | 'refuse',
  memos: Memos,
): readonly RouteConfig[] => {
  const aliases = aliasesByHost(view)
  const index = memos.indexes.at([view.tables], '', () => indexTables(view.tables))
  const fallback = memos.unknown.at([ALWAYS], unknown, () => unknownHosts(unknown))
  return [...servicesByPort(view)].flatMap(([port, services]) => {
    const context: PortContext = { view, port, services, index, aliases, memos }
    const own = [...services.values()].filter((service) => isHttpAt(service, port))
    if (own.length === 0) return []
    const assigned = assignTables(own, context)
    const shared: RouteConfig = {
      name: String(port),
      hosts: [...sharedHosts(own, assigned, context), fallback],
      origins: [],
    }
    return [shared, ...sniffedConfigs(own, assigned, context)]
  })
}

const servicesByPort = (view: OutboundView): ReadonlyMap<number, ReadonlyMap<string, Service>> => {
  const byPort = new Map<number, Map<string, Service>>()
  for (const { service } of view.services) {
    for (const { number } of service.ports) {
      const services = byPort.get(number) ?? new Map<string, Service>()
      if (!services.has(service.host)) services.set(service.host, service)
      byPort.set(number, services)
    }
  }
  return byPort
}

const aliasesByHost = (view: OutboundView): ReadonlyMap<string, readonly Service[]> => {
  const aliases = new Map<string, readonly Service[]>()
  for (const { service } of view.services) {
    if (service.aliasOf === undefined) continue
    aliases.set(service.aliasOf, [...(aliases.get(service.aliasOf) ?? []), service])
  }
  return aliases
}

const isHttpAt = (service: Service, port: number): boolean =>
  service.resolution !== 'alias' &&
  service.ports.some((own) => own.number === port && mayBeHttp(own.protocol))

/** True when some rule of the table can hold for calls to the port. */
const servesPort = (table: RouteTable, port: number): boolean =>
  table.rules.some(
    (rule) =>
      rule.matches.length === 0 ||
      rule.matches.some((match) => match.port === undefined || match.port === port),
  )

/** Istio: the first table that names the host; else the one whose wildcard fits most closely. */
const assignTables = (
  services: readonly Service[],
  context: PortContext,
): ReadonlyMap<Service, RouteTable> => {
  const assigned = new Map<Service, RouteTable>()
  for (const service of services) {
    const named = context.index.exact.get(service.host)
    const table =
      named?.find((candidate) => servesPort(candidate, context.port)) ??
      (named === undefined
        ? context.index.wildcard.find(
            ({ host, table: candidate }) =>
              isCoveredBy(service.host, host) && servesPort(candidate, context.port),
          )?.table
        : undefined)
    if (table !== undefined) assigned.set(service, table)
  }
  return assigned
}

/** Names and domains that are taken: Envoy refuses a table that says either twice. */
interface Taken {
  readonly names: Set<string>
  readonly domains: Set<string>
}

const sharedHosts = (
  services: readonly Service[],
  assigned: ReadonlyMap<Service, RouteTable>,
  context: PortContext,
): readonly EncodedVirtualHost[] => {
  const taken: Taken = { names: new Set(), domains: new Set(services.map((service) => service.host)) }
  const withTable = services.filter((service) => assigned.has(service))
  const others = services.filter((service) => !assigned.has(service))
  return [
    ...withTable.flatMap((service) => serviceHost(service, assigned.get(service), taken, context)),
    ...foreignHosts(new Set(assigned.values()), taken, context),
    ...others.flatMap((service) => serviceHost(service, undefined, taken, context)),
  ]
}

const serviceHost = (
  service: Service,
  table: RouteTable | undefined,
  taken: Taken,
  context: PortContext,
): readonly EncodedVirtualHost[] => {
  const { port, memos, view } = context
  const name = hostWithPort(service.host, port)
  if (taken.names.has(name)) return []
  taken.names.add(name)
  const aliases = context.aliases.get(service.host) ?? []
  const scope = [service, ...aliases].some(({ namespace }) => namespace === view.namespace)
    ? view.namespace
    : ''
  const all = memos.domains.at([service, ...aliases], scope, () => serviceDomains(service, aliases, scope))
  const domains = all.filter((domain) => domain === service.host || !taken.domains.has(domain))
  for (const domain of domains) taken.domains.add(domain)
  const text = `${port} ${scope} ${domains.length === all.length ? '' : domains.join(',')}`
  return [
    memos.hosts.at(table === undefined ? [service, ...aliases] : [table, service, ...aliases], text, () =>
      encodeServiceHost({ service, table, port, domains }),
    ),
  ]
}

interface ServiceHost {
  readonly service: Service
  readonly table: RouteTable | undefined
  readonly port: number
  readonly domains: readonly string[]
}

const encodeServiceHost = ({ service, table, port, domains }: ServiceHost): EncodedVirtualHost => {
  const name = hostWithPort(service.host, port)
  if (table !== undefined) {
    const routes = routesOfTable(table, port).map(({ route }) => route)
    return encodeVirtualHost({ name, domains, routes, origins: [...tableOrigins(table), service.origin] })
  }
  const retryPolicy = retryFields(undefined)
  const route = defaultRoute(outboundCluster(service.host, port), `${name}/*`, {
    ...timeoutFields(0),
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
  })
  return encodeVirtualHost({ name, domains, routes: [route], origins: [service.origin] })
}

/**
 * Hosts of tables that are no service on this port. Istio serves them on the ports of the services that the same
 * table names, and on port 80 in any case.
 */
const foreignHosts = (
  used: ReadonlySet<RouteTable>,
  taken: Taken,
  context: PortContext,
): readonly EncodedVirtualHost[] => {
  const { port, view, services, memos } = context
  const tables = port === 80 ? view.tables.filter((table) => servesPort(table, port)) : [...used]
  return tables.flatMap((table) =>
    table.hosts
      .filter((host) => (isWildcard(host) ? !coversAny(host, services) : !services.has(host)))
      .flatMap((host) => {
        const name = hostWithPort(host, port)
        if (taken.names.has(name) || taken.domains.has(host)) return []
        taken.names.add(name)
        taken.domains.add(host)
        return [
          memos.hosts.at([table], `${port} ${host}`, () =>
            encodeVirtualHost({
              name,
              domains: [host],
              routes: routesOfTable(table, port).map(({ route }) => route),
              origins: tableOrigins(table),
            }),
          ),
        ]
      }),
  )
}

const coversAny = (wildcard: string, services: ReadonlyMap<string, Service>): boolean =>
  [...services.keys()].some((host) => isCoveredBy(host, wildcard))

/** A port of unknown protocol has a listener and a table of its own: whatever the Host header says, it is this service. */
const sniffedConfigs = (
  services: readonly Service[],
  assigned: ReadonlyMap<Service, RouteTable>,
  context: PortContext,
): readonly RouteConfig[] =>
  services
    .filter((service) => hasSniffedListener(service, context.port))
    .map((service) => {
      const { port, memos } = context
      const table = assigned.get(service)
      const host = memos.hosts.at(table === undefined ? [service] : [table, service], `${port} *`, () =>
        encodeServiceHost({ service, table, port, domains: ['*'] }),
      )
      return { name: hostWithPort(service.host, port), hosts: [host], origins: [service.origin] }
    })

export const hasSniffedListener = (service: Service, port: number): boolean =>
  service.resolution === 'endpoints' &&
  service.addresses.length > 0 &&
  service.ports.some((own) => own.number === port && own.protocol === 'auto')
