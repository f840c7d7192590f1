import type { Container } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Service, ServicePort } from '../../resources/core/service.ts'
import type { Endpoint, EndpointPort } from '../../resources/discovery/endpoint-slice.ts'
import { hasLabels } from '../../resources/meta/label-selector.ts'
import { isPodFinished, isPodReady } from '../pods/pod-state.ts'

export type AddressType = 'IPv4' | 'IPv6'

/** Pods that share their ports: one named target port may have another number in another pod. */
export interface EndpointGroup {
  readonly addressType: AddressType
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** Only a Service with a selector has endpoints that a controller writes. */
export const hasManagedEndpoints = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0

export const selectsPod = (service: Service, pod: Pod): boolean =>
  hasManagedEndpoints(service) && hasLabels(service.spec.selector, pod.metadata.labels)

/** Sidecars (init containers that restart) have ports as other containers do. */
const portContainers = ({ spec }: Pod): readonly Container[] => [
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ...spec.containers,
]

/** The number of a service's port in this pod; undefined when no container declares the name. */
const targetPort = (port: ServicePort, pod: Pod): number | undefined => {
  const { targetPort: target = port.port, protocol = 'TCP' } = port
  if (typeof target === 'number') return target === 0 ? port.port : target
  return portContainers(pod)
    .flatMap(({ ports }) => ports ?? [])
    .find((declared) => declared.name === target && (declared.protocol ?? 'TCP') === protocol)?.containerPort
}

const portsOf = (service: Service, pod: Pod): readonly EndpointPort[] =>
  (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod)
    if (number === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = port
    return [{ name, protocol, port: number, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })

const addressOf = (pod: Pod, type: AddressType): string | undefined => {
  const { podIP, podIPs } = pod.status ?? {}
  const addresses = podIPs?.map(({ ip }) => ip) ?? (podIP === undefined ? [] : [podIP])
  return addresses.find((ip) => ip !== '' && ip.includes(':') === (type === 'IPv6'))
}

const endpointOf = (service: Service, pod: Pod, address: string): Endpoint => {
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const serving = isPodReady(pod)
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const { name, namespace, uid } = pod.metadata
  const named = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(named && pod.spec.hostname !== undefined ? { hostname: pod.spec.hostname } : {}),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
  }
}

/** The endpoints of a service as they are to be: all its pods with an address that have not finished. */
export const endpointGroups = (service: Service, pods: readonly Pod[]): readonly EndpointGroup[] => {
  const groups = new Map<string, Omit<EndpointGroup, 'endpoints'> & { readonly endpoints: Endpoint[] }>()
  for (const addressType of service.spec.ipFamilies ?? ['IPv4' as const]) {
    for (const pod of pods) {
      const address = addressOf(pod, addressType)
      if (address === undefined || isPodFinished(pod) || !selectsPod(service, pod)) continue
      const ports = portsOf(service, pod)
      const key = JSON.stringify([addressType, ports])
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(endpointOf(service, pod, address))
    }
  }
  return [...groups.values()]
}
