/** Clusters: one per service port, one more per subset, and the fixed ones. */
import { isHttp2, type Protocol, type Service, type ServicePort } from '../../mesh/model/service.ts'
import {
  overlayPolicy,
  policyForPort,
  type ConnectionPool,
  type Subset,
  type TrafficPolicy,
} from '../../mesh/model/traffic-policy.ts'
import type { InboundPort, ProxySettings, ServiceView } from '../../mesh/view/proxy-view.ts'
import { ApiVersion } from '../proto/generated/envoy/config/core/v3/config_source_pb.js'
import {
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  Cluster_LbPolicy,
  ClusterSchema,
} from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { HttpProtocolOptionsSchema } from '../proto/generated/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js'
import type { EncodedResource } from '../protocol/resource.ts'
import { connectionPoolFields, outlierFields } from './cluster-policy.ts'
import { dnsAssignment, usesEndpointDiscovery } from './endpoint.ts'
import { duration, encodeResource, istioMetadata, pack, type Plain } from './encoded-resource.ts'
import {
  BLACKHOLE_CLUSTER,
  configPath,
  INBOUND_PASSTHROUGH_CLUSTER,
  inboundCluster,
  outboundCluster,
  PASSTHROUGH_CLUSTER,
  type ProxyKind,
} from './names.ts'

type ClusterInit = Plain<typeof ClusterSchema>
type ProtocolOptions = Plain<typeof HttpProtocolOptionsSchema>

const PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

/** True when sidecars and gateways get different clusters for a service. */
export const differsByProxy = (service: Service): boolean =>
  service.resolution === 'original-destination' || service.ports.some((port) => port.protocol === 'auto')

/** All outbound clusters of a service: `outbound|port||host` and one per subset. */
export const outboundClusters = (view: ServiceView, kind: ProxyKind): readonly EncodedResource[] => {
  const { service, policy } = view
  if (service.resolution === 'alias') return []
  return service.ports
    .filter((port) => port.protocol !== 'udp')
    .flatMap((port) => [
      outboundResource(view, port, { kind }),
      ...(policy?.subsets ?? []).map((subset) => outboundResource(view, port, { kind, subset })),
    ])
}

const outboundResource = (
  { service, policy }: ServiceView,
  port: ServicePort,
  how: { readonly kind: ProxyKind; readonly subset?: Subset },
): EncodedResource => {
  const { kind, subset } = how
  const name = outboundCluster(service.host, port.number, subset?.name)
  const base = policy === undefined ? {} : policyForPort(policy, port.number)
  const effective = subset === undefined ? base : overlayPolicy(base, policyForPort(subset, port.number))
  const options = upstreamProtocol(port.protocol, kind, effective.connectionPool)
  const message: ClusterInit = {
    name,
    ...discovery(name, port, { service, kind, policy: effective, labels: subset?.labels ?? {} }),
    ...connectionPoolFields(effective.connectionPool, options),
    ...outlierFields(effective.outlierDetection),
    metadata: istioMetadata({
      services: [serviceMetadata(service)],
      default_original_port: port.number,
      ...(policy === undefined ? {} : { config: configPath(policy.origin) }),
      ...(subset === undefined ? {} : { subset: subset.name }),
    }),
  }
  return encodeResource(ClusterSchema, name, message, [
    ...(subset === undefined ? [] : [subset.origin]),
    ...(policy?.origins ?? []),
    service.origin,
  ])
}

const balancerFields = ({ balancer = 'least-request', hash }: TrafficPolicy): ClusterInit => {
  if (hash?.algorithm.kind === 'ring') {
    return {
      lbPolicy: Cluster_LbPolicy.RING_HASH,
      lbConfig: {
        case: 'ringHashLbConfig',
        value: { minimumRingSize: BigInt(hash.algorithm.minimumSize) },
      },
    }
  }
  if (hash?.algorithm.kind === 'maglev') {
    const { tableSize } = hash.algorithm
    return {
      lbPolicy: Cluster_LbPolicy.MAGLEV,
      ...(tableSize === undefined
        ? {}
        : { lbConfig: { case: 'maglevLbConfig', value: { tableSize: BigInt(tableSize) } } }),
    }
  }
  return {
    lbPolicy: balancer === 'original-destination' ? Cluster_LbPolicy.LEAST_REQUEST : LB_POLICY[balancer],
  }
}

interface DiscoveryOf {
  readonly service: Service
  readonly kind: ProxyKind
  readonly policy: TrafficPolicy
  /** Of the subset; `{}` for the whole service. */
  readonly labels: Readonly<Record<string, string>>
}

const LB_POLICY = {
  'least-request': Cluster_LbPolicy.LEAST_REQUEST,
  'round-robin': Cluster_LbPolicy.ROUND_ROBIN,
  random: Cluster_LbPolicy.RANDOM,
} as const

const discovery = (
  name: string,
  port: ServicePort,
  { service, kind, policy, labels }: DiscoveryOf,
): ClusterInit => {
  const { balancer = 'least-request' } = policy
  if (service.resolution === 'dns' || service.resolution === 'dns-round-robin') {
    return {
      clusterDiscoveryType: {
        case: 'type',
        value:
          service.resolution === 'dns' ? Cluster_DiscoveryType.STRICT_DNS : Cluster_DiscoveryType.LOGICAL_DNS,
      },
      ...balancerFields(policy),
      dnsLookupFamily: Cluster_DnsLookupFamily.V4_ONLY,
      dnsRefreshRate: duration(60_000),
      respectDnsTtl: true,
      loadAssignment: dnsAssignment(name, port, service, labels),
    }
  }
  if (!usesEndpointDiscovery(service, kind, policy) || balancer === 'original-destination') {
    return {
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.ORIGINAL_DST },
      lbPolicy: Cluster_LbPolicy.CLUSTER_PROVIDED,
    }
  }
  return {
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
    ...balancerFields(policy),
    edsClusterConfig: {
      serviceName: name,
      edsConfig: {
        configSourceSpecifier: { case: 'ads', value: {} },
        resourceApiVersion: ApiVersion.V3,
        initialFetchTimeout: duration(0),
      },
    },
  }
}

/** HTTP/2 where declared (or asked for), the caller's protocol where unknown, else Envoy's default (HTTP/1.1). */
const upstreamProtocol = (
  protocol: Protocol,
  kind: ProxyKind,
  pool: ConnectionPool = {},
): ProtocolOptions => {
  const http2 =
    pool.maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams: pool.maxConcurrentStreams }
  if (
    pool.useClientProtocol === true ||
    (protocol === 'auto' && kind === 'sidecar' && pool.upgradeToHttp2 !== 'always')
  ) {
    return useCallersProtocol
  }
  if (
    isHttp2(protocol) ||
    (pool.upgradeToHttp2 === 'always' && (protocol === 'http' || protocol === 'auto'))
  ) {
    return {
      upstreamProtocolOptions: {
        case: 'explicitHttpConfig',
        value: { protocolConfig: { case: 'http2ProtocolOptions', value: http2 } },
      },
    }
  }
  return {}
}

const useCallersProtocol: ProtocolOptions = {
  upstreamProtocolOptions: {
    case: 'useDownstreamProtocolConfig',
    value: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
  },
}

const serviceMetadata = (service: Service): { host: string; name: string; namespace: string } => ({
  host: service.host,
  name: service.name,
  namespace: service.namespace,
})

/** To the application beside the proxy, at the address that the caller chose. */
export const inboundClusterResource = (inbound: InboundPort, settings: ProxySettings): EncodedResource => {
  const name = inboundCluster(inbound.target)
  const message: ClusterInit = {
    name,
    ...originalDestination,
    ...connectionPoolFields(undefined, upstreamProtocol(inbound.port.protocol, 'sidecar')),
    // A year: Istio turns the cleaning-up of inbound hosts off, and Envoy 1.40 refuses longer durations.
    cleanupInterval: { seconds: 31_536_000n },
    upstreamBindConfig: localSource(settings),
    metadata: istioMetadata({ services: inbound.services.map(serviceMetadata) }),
  }
  return encodeResource(
    ClusterSchema,
    name,
    message,
    inbound.services.map((service) => service.origin),
  )
}

const originalDestination: ClusterInit = {
  clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.ORIGINAL_DST },
  lbPolicy: Cluster_LbPolicy.CLUSTER_PROVIDED,
}

const SOL_SOCKET = 1n
const SO_MARK = 36n

/** Istio's "magic" source: the redirect lets connections from 127.0.0.6 pass, or they would come back to the proxy. */
const localSource = (settings: ProxySettings): NonNullable<ClusterInit['upstreamBindConfig']> => ({
  sourceAddress: { address: '127.0.0.6', portSpecifier: { case: 'portValue', value: 0 } },
  ...(settings.socketMark === undefined
    ? {}
    : {
        socketOptions: [
          {
            level: SOL_SOCKET,
            name: SO_MARK,
            value: { case: 'intValue', value: BigInt(settings.socketMark) },
          },
        ],
      }),
})

/** The clusters that every proxy has: `PassthroughCluster`, `BlackHoleCluster`, and at sidecars the inbound one. */
export const fixedClusters = (kind: ProxyKind, settings: ProxySettings): readonly EncodedResource[] => {
  const passthrough: ClusterInit = {
    ...originalDestination,
    connectTimeout: duration(10_000),
    ...connectionPoolFields(undefined, {}),
    typedExtensionProtocolOptions: {
      [PROTOCOL_OPTIONS]: pack(HttpProtocolOptionsSchema, {
        ...useCallersProtocol,
        commonHttpProtocolOptions: { idleTimeout: duration(300_000) },
      }),
    },
  }
  const make = (name: string, message: ClusterInit): EncodedResource =>
    encodeResource(ClusterSchema, name, { ...message, name }, [])
  return [
    make(BLACKHOLE_CLUSTER, {
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
      connectTimeout: duration(10_000),
    }),
    make(PASSTHROUGH_CLUSTER, passthrough),
    ...(kind === 'sidecar'
      ? [make(INBOUND_PASSTHROUGH_CLUSTER, { ...passthrough, upstreamBindConfig: localSource(settings) })]
      : []),
  ]
}
