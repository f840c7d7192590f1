/** The resources of one proxy, decoded to be walked. */
import { fromBinary } from '@bufbuild/protobuf'
import { ListenerSchema, type Listener } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import { VirtualHostSchema } from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import {
  RouteConfigurationSchema,
  type RouteConfiguration,
} from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { CLUSTER_TYPE, LISTENER_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../protocol/resource.ts'

export interface SimulatedConfig {
  readonly listeners: readonly Listener[]
  /** By name, with all virtual hosts, whether they came inside the table or on their own (VHDS). */
  readonly routes: ReadonlyMap<string, RouteConfiguration>
  readonly clusters: ReadonlySet<string>
}

/** Decodes everything: for explanations and tests, not for every change. */
export const simulatedConfig = (snapshot: Snapshot): SimulatedConfig => {
  const of = (typeUrl: string): readonly EncodedResource[] => [
    ...(snapshot.resources.get(typeUrl)?.values() ?? []),
  ]
  const hosts = of(VIRTUAL_HOST_TYPE).map(({ name, body }) => ({
    table: name.slice(0, name.indexOf('/')),
    host: { ...fromBinary(VirtualHostSchema, body), name: name.slice(name.indexOf('/') + 1) },
  }))
  return {
    listeners: of(LISTENER_TYPE).map(({ body }) => fromBinary(ListenerSchema, body)),
    routes: new Map(
      of(ROUTE_TYPE).map(({ name, body }) => {
        const table = fromBinary(RouteConfigurationSchema, body)
        const own = hosts.filter((entry) => entry.table === name).map(({ host }) => host)
        return [name, { ...table, virtualHosts: [...table.virtualHosts, ...own] }]
      }),
    ),
    clusters: new Set(of(CLUSTER_TYPE).map(({ name }) => name)),
  }
}
