/** References inside a snapshot: what Envoy would look for and not find. */
import { fromBinary } from '@bufbuild/protobuf'
import {
  Cluster_DiscoveryType,
  ClusterSchema,
} from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import {
  VirtualHostSchema,
  type Route,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { RouteConfigurationSchema } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { CLUSTER_TYPE, ENDPOINT_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../protocol/resource.ts'

export interface Inconsistency {
  readonly resource: string
  readonly kind:
    /** A route to a cluster that is not there: Envoy answers 503. */
    | 'missing-cluster'
    /** An EDS cluster without an assignment: Envoy would wait for it. */
    | 'missing-assignment'
    /** A table for VHDS without virtual hosts: Envoy would not open the listener. */
    | 'empty-table'
  readonly name: string
}

/** Empty: everything that is named is there. Decodes everything: for tests and debugging, not for every change. */
export const inconsistencies = (snapshot: Snapshot): readonly Inconsistency[] => {
  const of = (typeUrl: string): readonly EncodedResource[] => [
    ...(snapshot.resources.get(typeUrl)?.values() ?? []),
  ]
  const clusters = new Set(of(CLUSTER_TYPE).map(({ name }) => name))
  const assignments = new Set(of(ENDPOINT_TYPE).map(({ name }) => name))
  const hosts = of(VIRTUAL_HOST_TYPE)
  return [
    ...of(CLUSTER_TYPE).flatMap((resource) => {
      const { clusterDiscoveryType } = fromBinary(ClusterSchema, resource.body)
      const needs =
        clusterDiscoveryType.case === 'type' && clusterDiscoveryType.value === Cluster_DiscoveryType.EDS
      return needs && !assignments.has(resource.name)
        ? [finding(resource, 'missing-assignment', resource.name)]
        : []
    }),
    ...hosts.flatMap((resource) =>
      missingClusters(resource, fromBinary(VirtualHostSchema, resource.body).routes, clusters),
    ),
    ...of(ROUTE_TYPE).flatMap((resource) => {
      const table = fromBinary(RouteConfigurationSchema, resource.body)
      const own = hosts.filter(({ name }) => name.startsWith(`${resource.name}/`))
      return [
        ...(table.virtualHosts.length === 0 && own.length === 0
          ? [finding(resource, 'empty-table', resource.name)]
          : []),
        ...table.virtualHosts.flatMap((host) => missingClusters(resource, host.routes, clusters)),
      ]
    }),
  ]
}

const finding = (resource: EncodedResource, kind: Inconsistency['kind'], name: string): Inconsistency => ({
  resource: resource.name,
  kind,
  name,
})

const missingClusters = (
  resource: EncodedResource,
  routes: readonly Route[],
  clusters: ReadonlySet<string>,
): readonly Inconsistency[] =>
  routes
    .flatMap(clustersOfRoute)
    .filter((cluster) => !clusters.has(cluster))
    .map((cluster) => finding(resource, 'missing-cluster', cluster))

/** The clusters that a route forwards or mirrors to. */
export const clustersOfRoute = (route: Route): readonly string[] => {
  if (route.action.case !== 'route') return []
  const { clusterSpecifier, requestMirrorPolicies } = route.action.value
  const mirrors = requestMirrorPolicies.map(({ cluster }) => cluster)
  switch (clusterSpecifier.case) {
    case 'cluster':
      return [clusterSpecifier.value, ...mirrors]
    case 'weightedClusters':
      return [...clusterSpecifier.value.clusters.map(({ name }) => name), ...mirrors]
    default:
      return mirrors
  }
}
