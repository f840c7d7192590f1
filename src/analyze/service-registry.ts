/** The services that a route can reach: ServiceEntries and Kubernetes Services, each in the scopes that see it. */
import { numberAt, objectAt, objectsAt, textMapAt, textsAt } from '../mesh/translate/json-reader.ts'
import { ALL, exportScopes } from './export-scope.ts'
import { fullHost, namespaceOfHost, serviceOfHost } from './host-names.ts'
import { kinds } from './kind-keys.ts'
import { arePodsRunning } from './mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import type { Labels } from './selector.ts'
import { meantHost } from './suggestions.ts'

export interface RegisteredService {
  readonly ports: readonly number[]
  /** The workloads of a ServiceEntry. */
  readonly workloadLabels: Labels
  /** The selector of a Kubernetes Service; undefined for ServiceEntries. */
  readonly podSelector?: Labels
}

interface Registration extends RegisteredService {
  readonly scope: string
  readonly host: string
}

const EXPORT_ANNOTATION = 'networking.istio.io/exportTo'

const ofServiceEntry = ({ spec, namespace }: AnalysisObject): readonly Registration[] => {
  const ports = objectsAt(spec, 'ports').map((port) => numberAt(port, 'number') ?? 0)
  const workloadLabels = textMapAt(objectAt(spec, 'workloadSelector'), 'labels')
  return exportScopes(textsAt(spec, 'exportTo'), namespace).flatMap((scope) =>
    textsAt(spec, 'hosts').map((host) => ({ scope, host: fullHost(namespace, host), ports, workloadLabels })),
  )
}

const ofService = ({ spec, name, namespace, annotations }: AnalysisObject): readonly Registration[] => {
  const ports = objectsAt(spec, 'ports').map((port) => numberAt(port, 'port') ?? 0)
  const written = annotations[EXPORT_ANNOTATION] ?? ''
  const exportTo = written === '' ? [] : written.split(',').map((scope) => scope.trim())
  return exportScopes(exportTo, namespace).map((scope) => ({
    scope,
    host: fullHost(namespace, name),
    ports,
    workloadLabels: {},
    podSelector: textMapAt(spec, 'selector'),
  }))
}

export interface ServiceRegistry {
  /** The service that `host` means in `namespace`; the exportTo of the object that asks widens where it is looked for. */
  readonly find: (
    namespace: string,
    exportTo: readonly string[],
    host: string,
  ) => RegisteredService | undefined
  /** All hosts that are visible to every namespace, for suggestions. */
  readonly hosts: readonly string[]
}

const isVisibleIn = ({ scope, host }: Registration, namespace: string): boolean =>
  scope === ALL || scope === namespace || (scope === '.' && namespaceOfHost(host) === namespace)

export const createServiceRegistry = (set: ObjectSet): ServiceRegistry => {
  const registrations = [
    ...set.of(kinds.serviceEntry).flatMap(ofServiceEntry),
    ...set.of(kinds.service).flatMap(ofService),
  ]
  const byScope = new Map(registrations.map((one) => [`${one.scope}/${one.host}`, one]))
  const wildcards = registrations.filter(({ host }) => host.startsWith('*'))
  return {
    find: (namespace, exportTo, host) => {
      const full = fullHost(namespace, host)
      const scopes =
        exportTo.length === 0 ? [namespace] : exportTo.map((scope) => (scope === '.' ? namespace : scope))
      for (const scope of [ALL, ...scopes]) {
        const found = byScope.get(`${scope}/${full}`)
        if (found !== undefined) return found
      }
      return wildcards.find((one) => isVisibleIn(one, namespace) && full.endsWith(one.host.slice(1)))
    },
    hosts: registrations.map(({ host }) => host),
  }
}

/** Services that come with Istio, in its own namespace. */
const ISTIO_SERVICES: ReadonlySet<string> = new Set([
  'istiod',
  'istio-ingressgateway',
  'istio-egressgateway',
  'istio-eastwestgateway',
])

/** An object that says no namespace goes where it is applied to (`kubectl apply -n`): to that of a service of this name? */
const mayGoToService = (registry: ServiceRegistry, { fullName }: AnalysisObject, host: string): boolean =>
  !fullName.includes('/') &&
  registry.hosts.some((known) => known.startsWith(`${host}.`) && namespaceOfHost(known) !== '')

/** False where an unknown host is a mistake: all services of its namespace are here, or a like one is. */
export const mayBeElsewhere = (
  set: ObjectSet,
  registry: ServiceRegistry,
  subject: AnalysisObject,
  host: string,
): boolean => {
  const { namespace } = subject
  if (!set.isComplete && mayGoToService(registry, subject, host)) return true
  const full = fullHost(namespace, host)
  const owner = namespaceOfHost(full)
  if (arePodsRunning(set) || owner === '') return false
  const name = serviceOfHost(namespace, full).replace(/^.*\//, '')
  if (owner === set.rootNamespace && ISTIO_SERVICES.has(name)) return true
  const isNamespaceHere = set.of(kinds.service).some((service) => service.namespace === owner)
  return !isNamespaceHere && meantHost(host, namespace, registry.hosts) === undefined
}
