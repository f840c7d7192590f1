/** Kubernetes EndpointSlices, with the Pods behind them, to endpoints of the model. */
import type { Endpoint, EndpointSet, Service, Workload } from '../model/service.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import {
  booleanAt,
  numberAt,
  objectAt,
  objectsAt,
  optional,
  textAt,
  textsAt,
  wholeOf,
} from './json-reader.ts'
import { serviceHost } from './object-names.ts'

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name'

/** Finds the workload that an endpoint's `targetRef` names. */
export type WorkloadLookup = (namespace: string, name: string) => Workload | undefined

/** The host of the service that a slice belongs to; undefined for a slice of nobody. */
export const hostOfSlice = (slice: KubeObject, domain: string): string | undefined => {
  const service = slice.metadata.labels?.[SERVICE_NAME_LABEL]
  return service === undefined ? undefined : serviceHost(service, slice.metadata.namespace ?? '', domain)
}

/** All endpoints of a service: its slices united, an address counted once per port. */
export const translateEndpoints = (
  service: Service,
  slices: readonly KubeObject[],
  workloadOf: WorkloadLookup,
): EndpointSet => {
  return {
    host: service.host,
    byPort: new Map(
      service.ports.map((port) => [port.number, endpointsOfPort(service, port.name, { slices, workloadOf })]),
    ),
  }
}

const endpointsOfPort = (
  service: Service,
  portName: string,
  from: { readonly slices: readonly KubeObject[]; readonly workloadOf: WorkloadLookup },
): readonly Endpoint[] => {
  const found = new Map<string, Endpoint>()
  for (const slice of from.slices) {
    const port = portInSlice(slice, portName)
    const endpoints =
      port === undefined
        ? []
        : endpointsInSlice(slice, service).map((endpoint) =>
            resolveEndpoint(endpoint, { slice, port, workloadOf: from.workloadOf }),
          )
    for (const endpoint of endpoints) {
      if (found.get(endpoint.address)?.health !== 'healthy') found.set(endpoint.address, endpoint)
    }
  }
  return [...found.values()].toSorted(byAddress)
}

const byAddress = (left: Endpoint, right: Endpoint): number =>
  left.address < right.address ? -1 : left.address > right.address ? 1 : 0

const portInSlice = (slice: KubeObject, name: string): number | undefined => {
  const port = objectsAt(wholeOf(slice), 'ports').find(
    (candidate) => (textAt(candidate, 'name') ?? '') === name,
  )
  return numberAt(port, 'port')
}

interface SliceEndpoint {
  readonly address: string
  readonly health: Endpoint['health']
  readonly pod?: string
  readonly zone?: string
}

const endpointsInSlice = (slice: KubeObject, service: Service): readonly SliceEndpoint[] =>
  objectsAt(wholeOf(slice), 'endpoints').flatMap((endpoint) => {
    const target = objectAt(endpoint, 'targetRef')
    const health = healthOf(objectAt(endpoint, 'conditions'), service.publishNotReady)
    return textsAt(endpoint, 'addresses').map((address) => ({
      address,
      health,
      ...optional('pod', textAt(target, 'kind') === 'Pod' ? textAt(target, 'name') : undefined),
      ...optional('zone', textAt(endpoint, 'zone')),
    }))
  })

/** An absent `ready` means ready (discovery/v1). */
const healthOf = (conditions: JsonObject | undefined, publishNotReady: boolean): Endpoint['health'] => {
  if (booleanAt(conditions, 'ready') ?? true) return 'healthy'
  if (booleanAt(conditions, 'serving') === true && booleanAt(conditions, 'terminating') === true)
    return 'draining'
  return publishNotReady ? 'healthy' : 'unhealthy'
}

const resolveEndpoint = (
  endpoint: SliceEndpoint,
  at: { readonly slice: KubeObject; readonly port: number; readonly workloadOf: WorkloadLookup },
): Endpoint => {
  const namespace = at.slice.metadata.namespace ?? ''
  const workload = endpoint.pod === undefined ? undefined : at.workloadOf(namespace, endpoint.pod)
  return {
    address: endpoint.address,
    port: at.port,
    health: endpoint.health,
    labels: workload?.labels ?? {},
    serviceAccount: workload?.serviceAccount ?? '',
    namespace,
    workload: workload?.workload ?? '',
    ...optional('locality', endpoint.zone),
  }
}
