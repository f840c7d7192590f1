/** EndpointSlices for Endpoints that users write: only slices are read where traffic is sent. */
import type { Endpoints, EndpointAddress, EndpointSubset } from '../../resources/core/endpoints.ts'
import type { Service } from '../../resources/core/service.ts'
import type { Endpoint, EndpointPort } from '../../resources/discovery/endpoint-slice.ts'
import { managedByLabel, serviceNameLabel, type SliceOwner } from './plan-slices.ts'
import type { AddressType, EndpointGroup } from './service-endpoints.ts'

export const mirrorManager = 'endpointslicemirroring-controller.k8s.io'

const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** As Kubernetes' EndpointSliceMirroring controller decides: there is a Service of the name, and it has no selector. */
export const isMirrored = (endpoints: Endpoints, service: Service | undefined): boolean =>
  service !== undefined &&
  service.spec.selector === undefined &&
  endpoints.metadata.labels?.[skipLabel] !== 'true' &&
  endpoints.metadata.annotations?.[leaderAnnotation] === undefined

export const mirrorOwner = (endpoints: Endpoints): SliceOwner => ({
  object: endpoints,
  labels: {
    ...endpoints.metadata.labels,
    [serviceNameLabel]: endpoints.metadata.name,
    [managedByLabel]: mirrorManager,
  },
  families: [],
})

/** One group per subset and family of addresses. */
export const mirroredGroups = ({ subsets = [] }: Endpoints): readonly EndpointGroup[] =>
  subsets.flatMap((subset) =>
    (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
      const endpoints = endpointsOf(subset, addressType)
      return endpoints.length === 0 ? [] : [{ addressType, ports: portsOf(subset), endpoints }]
    }),
  )

const endpointsOf = (
  { addresses = [], notReadyAddresses = [] }: EndpointSubset,
  type: AddressType,
): readonly Endpoint[] =>
  [
    ...addresses.map((address) => ({ address, ready: true })),
    ...notReadyAddresses.map((address) => ({ address, ready: false })),
  ]
    .filter(({ address }) => address.ip.includes(':') === (type === 'IPv6'))
    .map(({ address, ready }) => endpointOf(address, ready))

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname === undefined ? {} : { hostname }),
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(targetRef === undefined ? {} : { targetRef }),
})

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const

const portsOf = ({ ports = [] }: EndpointSubset): readonly EndpointPort[] =>
  ports.map(({ name = '', port, protocol, appProtocol }) => ({
    name,
    port,
    protocol: PROTOCOLS.find((known) => known === protocol) ?? 'TCP',
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }))
