/** Destinations of routes whose host or port does not exist. */
import { textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { httpDestinations, mirrorDestinations, routeDestinations } from '../route-destinations.ts'
import type { RouteDestination } from '../route-destinations.ts'
import { createServiceRegistry, mayBeElsewhere } from '../service-registry.ts'
import type { RegisteredService, ServiceRegistry } from '../service-registry.ts'
import { meantHost, suggest } from '../suggestions.ts'

const portFindings = (
  subject: AnalysisObject,
  target: RouteDestination,
  service: RegisteredService,
): readonly Finding[] => {
  if (target.port === undefined) {
    if (service.ports.length < 2) return []
    const place = { field: `${target.path}.host`, fix: `add port: {number: ${service.ports[0] ?? 0}}` }
    return [finding('IST0112', subject, [target.host, service.ports], place)]
  }
  if (service.ports.includes(target.port)) return []
  const place = {
    field: `${target.path}.port.number`,
    ...(service.ports.length === 0 ? {} : { fix: `the service has ${service.ports.join(', ')}` }),
  }
  return [finding('IST0101', subject, ['host:port', `${target.host}:${target.port}`], place)]
}

const analyzeVirtualService = (
  set: ObjectSet,
  subject: AnalysisObject,
  registry: ServiceRegistry,
): readonly Finding[] => {
  const exportTo = textsAt(subject.spec, 'exportTo')
  return [...routeDestinations(subject), ...mirrorDestinations(subject)].flatMap((target) => {
    const service = registry.find(subject.namespace, exportTo, target.host)
    if (service !== undefined) return portFindings(subject, target, service)
    if (mayBeElsewhere(set, registry, subject, target.host)) return []
    const place = {
      field: `${target.path}.host`,
      ...suggest(meantHost(target.host, subject.namespace, registry.hosts)),
    }
    return [finding('IST0101', subject, [target.isMirror ? 'mirror host' : 'host', target.host], place)]
  })
}

/** VirtualServices that route one of their own hosts to a subset, by that host. */
const subsetRoutes = (
  virtualServices: readonly AnalysisObject[],
): ReadonlyMap<string, readonly AnalysisObject[]> => {
  const routes = new Map<string, AnalysisObject[]>()
  for (const owner of virtualServices) {
    const hosts = new Set(textsAt(owner.spec, 'hosts'))
    const routed = httpDestinations(owner).filter(({ subset, host }) => subset !== '' && hosts.has(host))
    for (const host of new Set(routed.map(({ host }) => host))) {
      routes.set(host, [...(routes.get(host) ?? []), owner])
    }
  }
  return routes
}

/** A route from a gateway to a whole host does not see what another VirtualService does with that host's subsets. */
const bypassedSubsets = (
  subject: AnalysisObject,
  routes: ReadonlyMap<string, readonly AnalysisObject[]>,
): readonly Finding[] => {
  if (textsAt(subject.spec, 'gateways').length === 0) return []
  return httpDestinations(subject)
    .filter(({ subset }) => subset === '')
    .flatMap(({ host, path }) =>
      (routes.get(host) ?? []).map((owner) =>
        finding('IST0140', subject, [owner.fullName, subject.fullName], { field: `${path}.host` }),
      ),
    )
}

export const destinationHosts: Analyzer = {
  name: 'virtualservice.DestinationHostAnalyzer',
  description: 'Checks the destination hosts of each VirtualService',
  codes: ['IST0101', 'IST0112', 'IST0140'],
  analyze: (set) => {
    if (!set.knows(kinds.service)) return []
    const registry = createServiceRegistry(set)
    const virtualServices = set.of(kinds.virtualService)
    const routes = subsetRoutes(virtualServices)
    return virtualServices.flatMap((subject) => [
      ...analyzeVirtualService(set, subject, registry),
      ...bypassedSubsets(subject, routes),
    ])
  },
}
