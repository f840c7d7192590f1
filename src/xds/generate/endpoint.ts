/** Endpoints: the assignment of every cluster that uses EDS. */
import type { Endpoint, EndpointSet, EntryEndpoint, Service, ServicePort } from '../../mesh/model/service.ts'
import { entryPort, selects } from '../../mesh/model/service.ts'
import {
  overlayPolicy,
  policyForPort,
  type Subset,
  type TrafficPolicy,
} from '../../mesh/model/traffic-policy.ts'
import type { ServiceView } from '../../mesh/view/proxy-view.ts'
import { HealthStatus } from '../proto/generated/envoy/config/core/v3/health_check_pb.js'
import { ClusterLoadAssignmentSchema } from '../proto/generated/envoy/config/endpoint/v3/endpoint_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import type { ProxyKind } from './names.ts'
import { encodeResource, istioMetadata, socketAddress, type Plain } from './encoded-resource.ts'
import { outboundCluster } from './names.ts'

/** True for the clusters whose endpoints travel by EDS. */
export const usesEndpointDiscovery = (service: Service, kind: ProxyKind, policy: TrafficPolicy): boolean =>
  policy.balancer !== 'original-destination' &&
  (service.resolution === 'endpoints' || (service.resolution === 'original-destination' && kind === 'router'))

/** The endpoints of a service that proxies look up in the DNS; without any of its own, the host itself. */
export const dnsAssignment = (
  clusterName: string,
  port: ServicePort,
  { host, entry, namespace }: Service,
  labels: Readonly<Record<string, string>>,
): Plain<typeof ClusterLoadAssignmentSchema> => {
  const itself: EntryEndpoint = { address: host, ports: {}, labels: {}, serviceAccount: '' }
  const listed = entry === undefined || entry.endpoints.length === 0 ? [itself] : entry.endpoints
  const members = listed.filter((endpoint) => selects(labels, endpoint.labels))
  return {
    clusterName,
    endpoints: members.map((member) => ({
      ...(member.locality === undefined ? {} : { locality: localityOf(member.locality) }),
      loadBalancingWeight: member.weight ?? 1,
      lbEndpoints: [
        {
          hostIdentifier: {
            case: 'endpoint',
            value: { address: socketAddress(member.address, entryPort(member, port)) },
          },
          loadBalancingWeight: member.weight ?? 1,
          metadata: istioMetadata({ workload: `;${namespace};;;Kubernetes` }),
        },
      ],
    })),
  }
}

/** `region/zone/subzone`, as users write it. */
const localityOf = (text: string): { region: string; zone: string; subZone: string } => {
  const [region = '', zone = '', subZone = ''] = text.split('/')
  return { region, zone, subZone }
}

/** One assignment per cluster of the service that uses EDS, empty where no endpoint is ready. */
export const loadAssignments = (
  view: ServiceView,
  endpoints: EndpointSet,
  kind: ProxyKind,
): readonly EncodedResource[] => {
  const { service, policy } = view
  if (service.resolution === 'alias') return []
  return service.ports
    .filter((port) => port.protocol !== 'udp')
    .flatMap((port) => {
      const base = policy === undefined ? {} : policyForPort(policy, port.number)
      const found = endpoints.byPort.get(port.number) ?? []
      const whole = usesEndpointDiscovery(service, kind, base) ? [assignment(view, port, found)] : []
      const subsets = (policy?.subsets ?? [])
        .filter((subset) =>
          usesEndpointDiscovery(service, kind, overlayPolicy(base, policyForPort(subset, port.number))),
        )
        .map((subset) =>
          assignment(
            view,
            port,
            found.filter((endpoint) => selects(subset.labels, endpoint.labels)),
            subset,
          ),
        )
      return [...whole, ...subsets]
    })
}

const assignment = (
  { service }: ServiceView,
  port: ServicePort,
  endpoints: readonly Endpoint[],
  subset?: Subset,
): EncodedResource => {
  const clusterName = outboundCluster(service.host, port.number, subset?.name)
  const localities = byLocality(endpoints.filter((endpoint) => endpoint.health === 'healthy'))
  return encodeResource(
    ClusterLoadAssignmentSchema,
    clusterName,
    {
      clusterName,
      endpoints: [...localities].map(([zone, members]) => ({
        ...(zone === '' ? {} : { locality: { zone } }),
        loadBalancingWeight: members.reduce((sum, { weight = 1 }) => sum + weight, 0),
        lbEndpoints: members.map((endpoint) => ({
          hostIdentifier: {
            case: 'endpoint' as const,
            value: { address: socketAddress(endpoint.address, endpoint.port) },
          },
          healthStatus: HealthStatus.HEALTHY,
          loadBalancingWeight: endpoint.weight ?? 1,
          metadata: istioMetadata({ workload: workloadMetadata(endpoint) }),
        })),
      })),
    },
    [...(subset === undefined ? [] : [subset.origin]), service.origin],
  )
}

const byLocality = (endpoints: readonly Endpoint[]): ReadonlyMap<string, readonly Endpoint[]> => {
  const localities = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const members = localities.get(endpoint.locality ?? '') ?? []
    members.push(endpoint)
    localities.set(endpoint.locality ?? '', members)
  }
  return localities
}

/** Istio's short form: workload, namespace, canonical name, canonical revision, cluster. */
const workloadMetadata = (endpoint: Endpoint): string => {
  const { labels } = endpoint
  const name =
    labels['service.istio.io/canonical-name'] ??
    labels['app.kubernetes.io/name'] ??
    labels['app'] ??
    endpoint.workload
  const revision =
    labels['service.istio.io/canonical-revision'] ??
    labels['app.kubernetes.io/version'] ??
    labels['version'] ??
    'latest'
  return [endpoint.workload, endpoint.namespace, name, revision, 'Kubernetes'].join(';')
}
