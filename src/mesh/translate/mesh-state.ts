/** All objects of a cluster to the whole model at once; the control plane does the same in steps, by collections. */
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Finding } from '../model/finding.ts'
import type { LogPolicy } from '../model/access-log.ts'
import type { CallScope } from '../model/call-scope.ts'
import type { Gateway } from '../model/gateway.ts'
import { gatewayKey } from '../model/gateway.ts'
import { byAge } from '../model/origin.ts'
import type { RouteTable } from '../model/route-table.ts'
import type { EndpointSet, Service, Workload } from '../model/service.ts'
import type { DestinationPolicy } from '../model/traffic-policy.ts'
import { mergeDestinationPolicies, translateDestinationRule } from './destination-rule.ts'
import { hostOfSlice, translateEndpoints } from './endpoint-slice.ts'
import { translateEntryEndpoints } from './entry-endpoints.ts'
import { translateGateway } from './gateway.ts'
import { translatePod } from './pod.ts'
import { unresolvedReferences, type ReferenceLookup } from './references.ts'
import { mergeServices, translateServiceEntry } from './service-entry.ts'
import { translateSidecar } from './sidecar.ts'
import { translateTelemetry } from './telemetry.ts'
import { translateService } from './service.ts'
import { translateVirtualService } from './virtual-service.ts'

export interface TranslatedMesh {
  readonly services: readonly Service[]
  readonly endpoints: ReadonlyMap<string, EndpointSet>
  readonly workloads: ReadonlyMap<string, Workload>
  readonly tables: readonly RouteTable[]
  readonly policies: readonly DestinationPolicy[]
  readonly gateways: readonly Gateway[]
  readonly logPolicies: readonly LogPolicy[]
  readonly callScopes: readonly CallScope[]
  readonly findings: readonly Finding[]
}

/** Kinds that the mesh does not read are passed over. */
export const translateMesh = (objects: readonly KubeObject[], domain: string): TranslatedMesh => {
  const of = (kind: string): readonly KubeObject[] => objects.filter((object) => object.kind === kind)
  const workloads = new Map(
    of('Pod')
      .map(translatePod)
      .map((workload) => [`${workload.namespace}/${workload.name}`, workload]),
  )
  const services = mergeByHost([
    ...of('Service')
      .map((object) => translateService(object, domain))
      .toSorted(byAge),
    ...of('ServiceEntry').flatMap(translateServiceEntry).toSorted(byAge),
  ]).toSorted(byAge)
  const slices = of('EndpointSlice')
  const endpoints = new Map(
    services.map((service) => [
      service.host,
      service.entry === undefined
        ? translateEndpoints(
            service,
            slices.filter((slice) => hostOfSlice(slice, domain) === service.host),
            (namespace, name) => workloads.get(`${namespace}/${name}`),
          )
        : translateEntryEndpoints(service, { pods: of('Pod'), workloadEntries: of('WorkloadEntry') }),
    ]),
  )
  const policies = mergeDestinationPolicies(
    of('DestinationRule').map((object) => translateDestinationRule(object, domain)),
  )
  const gateways = of('Gateway').map(translateGateway).toSorted(byAge)
  const tables = of('VirtualService')
    .map((object) => translateVirtualService(object, domain))
    .toSorted(byAge)
  const lookup = referenceLookup({ services, policies, gateways })
  const findings = tables.flatMap((table) => unresolvedReferences(table, lookup))
  const logPolicies = of('Telemetry').map(translateTelemetry).toSorted(byAge)
  const callScopes = of('Sidecar').map(translateSidecar).toSorted(byAge)
  return { services, endpoints, workloads, tables, policies, gateways, logPolicies, callScopes, findings }
}

const mergeByHost = (services: readonly Service[]): readonly Service[] => {
  const byHost = new Map<string, Service[]>()
  for (const service of services) byHost.set(service.host, [...(byHost.get(service.host) ?? []), service])
  return [...byHost.values()].flatMap((same) => mergeServices(same) ?? [])
}

export const referenceLookup = (
  mesh: Pick<TranslatedMesh, 'services' | 'policies' | 'gateways'>,
): ReferenceLookup => {
  const byHost = new Map(mesh.services.map((service) => [service.host, service]))
  const gateways = new Set(mesh.gateways.map(gatewayKey))
  return {
    service: (host) => byHost.get(host),
    subsets: (service, from) =>
      mesh.policies
        .filter(
          (policy) => policy.host === service.host && [from, service.namespace].includes(policy.namespace),
        )
        .flatMap((policy) => policy.subsets.map((subset) => subset.name)),
    hasGateway: (gateway) => gateways.has(gateway),
    hosts: () => byHost.keys(),
  }
}
