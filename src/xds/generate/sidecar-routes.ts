/** Route configurations of sidecars: `8080` for all HTTP services on a port, `host:8080` for a port of unknown protocol. */
import { bySpecificity, isCoveredBy, isWildcard } from '../../mesh/model/host-name.ts'
import { hashKeyFor, mayHash, type DestinationPolicy } from '../../mesh/model/traffic-policy.ts'
import type { RouteTable } from '../../mesh/model/route-table.ts'
import { mayBeHttp, type Service } from '../../mesh/model/service.ts'
import type { OutboundView } from '../../mesh/view/proxy-view.ts'
import { objectMemo, type ObjectMemo } from '../../primitives/object-memo.ts'
import { hostWithPort, outboundCluster } from './names.ts'
import type { RouteConfig } from './route-config.ts'
import { hashFields, retryFields, timeoutFields } from './route-forward.ts'
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
    ports: objectMemo(),
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
  readonly ports: ObjectMemo<readonly HttpPort[]>
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

/** One object, so that tables without an origin share a shell. */
const NO_ORIGINS: RouteConfig['origins'] = []

/** Key of what does not depend on any object. */
const ALWAYS = Object.freeze({})

/** What of a port does not depend on route tables, so that a table's change does not compute it again. */
interface HttpPort {
  readonly port: number
  /** All services with that port, HTTP or not. */
  readonly services: ReadonlyMap<string, Service>
  readonly hosts: readonly ServiceHost[]
  /** The domains of `hosts`: Envoy refuses a table that says one twice. */
  readonly domains: ReadonlySet<string>
  /** Full names of aliases among them: a table of its own takes such a name away from the service behind it. */
  readonly aliases: ReadonlySet<string>
}

interface ServiceHost {
  readonly service: Service
  /** The service and its aliases: what the virtual host is made of. */
  readonly parts: readonly Service[]
  readonly name: string
  readonly domains: readonly string[]
  /** The policy towards the service, where it tells requests apart by a hash. */
  readonly hashing: DestinationPolicy | undefined
  /** What else the virtual host depends on, as text. */
  readonly variant: string
}

interface PortContext {
  readonly view: OutboundView
  readonly http: HttpPort
  readonly index: TableIndex
  readonly memos: Memos
}

const buildConfigs = (
  view: OutboundView,
  unknown: 'pass' | 'refuse',
  memos: Memos,
): readonly RouteConfig[] => {
  const index = memos.indexes.at([view.tables], '', () => indexTables(view.tables))
  const fallback = memos.unknown.at([ALWAYS], unknown, () => unknownHosts(unknown))
  const ports = memos.ports.at([view.services], view.namespace, () => httpPorts(view))
  return ports.flatMap((http) => {
    const context: PortContext = { view, http, index, memos }
    const assigned = assignTables(context)
    const shared: RouteConfig = {
      name: String(http.port),
      hosts: [...sharedHosts(assigned, context), fallback],
      origins: NO_ORIGINS,
    }
    return [shared, ...sniffedConfigs(assigned, context)]
  })
}

const httpPorts = (view: OutboundView): readonly HttpPort[] => {
  const aliases = aliasesByHost(view)
  const hashing = new Map(
    view.services.flatMap(({ service, policy }) =>
      policy !== undefined && mayHash(policy) ? [[service, policy] as const] : [],
    ),
  )
  return [...servicesByPort(view)].flatMap(([port, services]) => {
    const own = [...services.values()].filter((service) => isHttpAt(service, port))
    const domains = new Set(own.map((service) => service.host))
    const hosts = own.map((service) =>
      serviceHost(service, aliases.get(service.host) ?? [], {
        view,
        port,
        taken: domains,
        hashing: hashing.get(service),
      }),
    )
    const named = new Set(hosts.flatMap(({ parts }) => parts.slice(1).map(({ host }) => host)))
    return own.length === 0 ? [] : [{ port, services, hosts, domains, aliases: named }]
  })
}

const serviceHost = (
  service: Service,
  aliases: readonly Service[],
  at: {
    readonly view: OutboundView
    readonly port: number
    readonly taken: Set<string>
    readonly hashing: DestinationPolicy | undefined
  },
): ServiceHost => {
  const parts = [service, ...aliases]
  const { namespace } = at.view
  const scope = parts.some((part) => part.namespace === namespace) ? namespace : ''
  const all = serviceDomains(service, aliases, scope)
  const domains = all.filter((domain) => domain === service.host || !at.taken.has(domain))
  for (const domain of domains) at.taken.add(domain)
  const variant = `${at.port} ${scope} ${domains.length === all.length ? '' : domains.join(',')}`
  return {
    service,
    parts,
    name: hostWithPort(service.host, at.port),
    domains,
    hashing: at.hashing,
    variant,
  }
}

const servicesByPort = (view: OutboundView): ReadonlyMap<number, ReadonlyMap<string, Service>> => {
  const byPort = new Map<number, Map<string, Service>>()
  for (const { service } of view.services) {
    // An alias is served by the service that it stands for, on that service's ports.
    if (service.resolution === 'alias') continue
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
const assignTables = ({ http, index }: PortContext): ReadonlyMap<Service, RouteTable> => {
  const assigned = new Map<Service, RouteTable>()
  for (const { service } of http.hosts) {
    const named = index.exact.get(service.host)
    const table =
      named?.find((candidate) => servesPort(candidate, http.port)) ??
      (named === undefined
        ? index.wildcard.find(
            ({ host, table: candidate }) =>
              isCoveredBy(service.host, host) && servesPort(candidate, http.port),
          )?.table
        : undefined)
    if (table !== undefined) assigned.set(service, table)
  }
  return assigned
}

const sharedHosts = (
  assigned: ReadonlyMap<Service, RouteTable>,
  { view, http, memos }: PortContext,
): readonly EncodedVirtualHost[] => {
  const foreign = foreignHosts(
    http.port === 80
      ? view.tables.filter((table) => servesPort(table, http.port))
      : new Set(assigned.values()),
    http,
    memos,
  )
  const own = http.hosts.map((host) => {
    const table = assigned.get(host.service)
    const taken = host.domains.filter((domain) => foreign.has(domain))
    const domains = taken.length === 0 ? host.domains : host.domains.filter((domain) => !foreign.has(domain))
    return memos.hosts.at(
      memoKey(host.parts, table, host.hashing),
      `${host.variant} ${taken.join(',')}`,
      () => encodeServiceHost({ ...host, domains }, table, http.port),
    )
  })
  return [...own, ...foreign.values()]
}

/** A table has the keys of its destinations already. */
const memoKey = (
  parts: readonly Service[],
  table: RouteTable | undefined,
  hashing: DestinationPolicy | undefined,
): readonly object[] =>
  table !== undefined ? [table, ...parts] : hashing === undefined ? parts : [hashing, ...parts]

const encodeServiceHost = (
  { service, name, domains, hashing }: Pick<ServiceHost, 'service' | 'name' | 'domains' | 'hashing'>,
  table: RouteTable | undefined,
  port: number,
): EncodedVirtualHost => {
  if (table !== undefined) {
    const routes = routesOfTable(table, port).map(({ route }) => route)
    return encodeVirtualHost({ name, domains, routes, origins: [...tableOrigins(table), service.origin] })
  }
  const retryPolicy = retryFields(undefined)
  const key = hashing === undefined ? undefined : hashKeyFor(hashing, { port })
  const route = defaultRoute(outboundCluster(service.host, port), `${name}/*`, {
    ...hashFields(key === undefined ? [] : [key]),
    ...timeoutFields(0),
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
  })
  const origins = [service.origin, ...(hashing?.origins ?? [])]
  return encodeVirtualHost({ name, domains, routes: [route], origins })
}

/**
 * Hosts of tables that are no service on this port. Istio serves them on the ports of the services that the same
 * table names, and on port 80 in any case. The first table that names a host has it.
 */
const foreignHosts = (
  tables: Iterable<RouteTable>,
  http: HttpPort,
  memos: Memos,
): ReadonlyMap<string, EncodedVirtualHost> => {
  const { port, services } = http
  const found = new Map<string, EncodedVirtualHost>()
  for (const table of tables) {
    for (const host of table.hosts) {
      const isKnown = isWildcard(host) ? coversAny(host, services) : services.has(host)
      const isTaken = http.domains.has(host) && !http.aliases.has(host)
      if (isKnown || isTaken || found.has(host)) continue
      const encoded = memos.hosts.at([table], `${port} ${host}`, () =>
        encodeVirtualHost({
          name: hostWithPort(host, port),
          domains: [host],
          routes: routesOfTable(table, port).map(({ route }) => route),
          origins: tableOrigins(table),
        }),
      )
      found.set(host, encoded)
    }
  }
  return found
}

const coversAny = (wildcard: string, services: ReadonlyMap<string, Service>): boolean =>
  [...services.keys()].some((host) => isCoveredBy(host, wildcard))

/** A port of unknown protocol has a listener and a table of its own: whatever the Host header says, it is this service. */
const sniffedConfigs = (
  assigned: ReadonlyMap<Service, RouteTable>,
  { http, memos }: PortContext,
): readonly RouteConfig[] =>
  http.hosts
    .filter(({ service }) => hasSniffedListener(service, http.port))
    .map(({ service, name, hashing }) => {
      const table = assigned.get(service)
      const host = memos.hosts.at(memoKey([service], table, hashing), `${http.port} *`, () =>
        encodeServiceHost({ service, name, domains: ['*'], hashing }, table, http.port),
      )
      return { name, hosts: [host], origins: [service.origin] }
    })

const hasSniffedListener = (service: Service, port: number): boolean =>
  (service.addresses.length > 0 || service.entry === undefined) &&
  service.ports.some((own) => own.number === port && own.protocol === 'auto')
