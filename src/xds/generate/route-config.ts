/** Route configurations in both forms: a shell whose virtual hosts travel by VHDS, and the whole table. */
import { create, toBinary } from '@bufbuild/protobuf'
import type { Origin } from '../../mesh/model/origin.ts'
import { ApiVersion } from '../proto/generated/envoy/config/core/v3/config_source_pb.js'
import { RouteConfigurationSchema } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { ROUTE_TYPE } from '../protocol/ads-port.ts'
import type { EncodedResource } from '../protocol/resource.ts'
import { encodeResource, rawResource, uniqueOrigins, type Plain } from './encoded-resource.ts'
import { concatenate, virtualHostField, type EncodedVirtualHost } from './virtual-host.ts'

export interface RouteConfig {
  readonly name: string
  /** At least one: Envoy opens a listener only after a first virtual host came. */
  readonly hosts: readonly EncodedVirtualHost[]
  readonly origins: readonly Origin[]
}

type RouteConfigurationInit = Plain<typeof RouteConfigurationSchema>

/** Clusters may come after the routes; port numbers in Host headers do not count; bodies as long as validation allows. */
const shared = (name: string): RouteConfigurationInit => ({
  name,
  validateClusters: false,
  ignorePortInHostMatching: true,
  maxDirectResponseBodySizeBytes: 1024 * 1024,
})

/** The table without virtual hosts, for proxies on delta ADS. */
export const routeShell = (config: RouteConfig): EncodedResource =>
  encodeResource(
    RouteConfigurationSchema,
    config.name,
    {
      ...shared(config.name),
      vhds: {
        configSource: {
          configSourceSpecifier: { case: 'ads', value: {} },
          resourceApiVersion: ApiVersion.V3,
        },
      },
    },
    config.origins,
  )

/** The whole table, for state-of-the-world proxies: the shared fields, then each virtual host's bytes as they are. */
export const wholeRoute = (config: RouteConfig): EncodedResource => {
  const head = toBinary(RouteConfigurationSchema, create(RouteConfigurationSchema, shared(config.name)))
  return rawResource(
    ROUTE_TYPE,
    config.name,
    concatenate([head, ...config.hosts.map(virtualHostField)]),
    uniqueOrigins([...config.origins, ...config.hosts.flatMap((host) => host.origins)]),
  )
}
