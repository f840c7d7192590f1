import { jsonEqual } from '../../primitives/json-value.ts'
import type { EndpointAddress, EndpointSubset, Endpoints } from '../../resources/core/endpoints.ts'
import type { Service } from '../../resources/core/service.ts'
import type { Endpoint } from '../../resources/discovery/endpoint-slice.ts'
import type { EndpointGroup } from './service-endpoints.ts'

const legacyAddress = ({ addresses, hostname, nodeName, targetRef }: Endpoint): EndpointAddress => ({
  ip: addresses[0] ?? '',
  ...(hostname === undefined ? {} : { hostname }),
  ...(nodeName === undefined ? {} : { nodeName }),
  ...(targetRef === undefined ? {} : { targetRef }),
})

const byAddress = (left: EndpointAddress, right: EndpointAddress): number => (left.ip < right.ip ? -1 : 1)

const subsetOf = (group: EndpointGroup, publishNotReady: boolean): EndpointSubset => {
  // The older form knows no terminating pods.
  const present = group.endpoints.filter(
    ({ conditions }) => publishNotReady || conditions?.terminating !== true,
  )
  const pick = (ready: boolean): EndpointAddress[] =>
    present
      .filter(({ conditions }) => (conditions?.ready === true) === ready)
      .map(legacyAddress)
      .toSorted(byAddress)
  const [addresses, notReadyAddresses] = [pick(true), pick(false)]
  const ports = group.ports.map(({ name = '', port = 0, protocol = 'TCP', appProtocol }) => ({
    ...(name === '' ? {} : { name }),
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }))
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ports,
  }
}

/** The older Endpoints object of a service, or undefined when the stored one says the same. IPv4 only, as it was. */
export const planEndpoints = (
  service: Service,
  groups: readonly EndpointGroup[],
  stored: Endpoints | undefined,
): Endpoints | undefined => {
  const subsets = groups
    .filter(({ addressType }) => addressType === 'IPv4')
    .map((group) => subsetOf(group, service.spec.publishNotReadyAddresses === true))
    .filter(({ addresses, notReadyAddresses }) => addresses !== undefined || notReadyAddresses !== undefined)
  const labels = {
    ...service.metadata.labels,
    ...(service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
  }
  const same =
    stored !== undefined &&
    jsonEqual(stored.subsets ?? [], subsets) &&
    jsonEqual(stored.metadata.labels ?? {}, labels)
  if (same) return undefined
  const { name, namespace } = service.metadata
  const metadata = stored?.metadata ?? { name, ...(namespace === undefined ? {} : { namespace }) }
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...metadata, labels }, subsets }
}
