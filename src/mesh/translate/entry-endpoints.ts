/** The endpoints of ServiceEntries: those that they list, and the workloads that they select. */
import type { Endpoint, EndpointSet, EntryEndpoint, Service, ServicePort } from '../model/service.ts'
import { entryPort, selects } from '../model/service.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { optional, specOf } from './json-reader.ts'
import { translatePodEndpoints } from './pod-endpoints.ts'
import { translateEntryEndpoint } from './service-entry.ts'

/** With a selector the listed endpoints do not count (Istio refuses both at once). */
export const translateEntryEndpoints = (
  service: Service,
  from: { readonly pods: Iterable<KubeObject>; readonly workloadEntries: Iterable<KubeObject> },
): EndpointSet => {
  const { selector, host, namespace } = service
  const listed =
    selector === undefined
      ? (service.entry?.endpoints ?? [])
      : [...from.workloadEntries]
          .filter((object) => (object.metadata.namespace ?? '') === namespace)
          .map(labelledEntry)
          .filter(({ labels }) => selects(selector, labels))
  const pods = selector === undefined ? undefined : translatePodEndpoints(service, from.pods)
  return {
    host,
    byPort: new Map(
      service.ports.map((port) => [
        port.number,
        [
          ...(pods?.byPort.get(port.number) ?? []),
          ...listed.map((entry) => endpointAt(entry, port, service)),
        ],
      ]),
    ),
  }
}

/** The object's labels go over those of its spec, as in Istio. */
const labelledEntry = (object: KubeObject): EntryEndpoint => {
  const entry = translateEntryEndpoint(specOf(object))
  return { ...entry, labels: { ...entry.labels, ...object.metadata.labels } }
}

const endpointAt = (entry: EntryEndpoint, port: ServicePort, service: Service): Endpoint => ({
  address: entry.address,
  port: entryPort(entry, port),
  health: 'healthy',
  labels: entry.labels,
  serviceAccount: entry.serviceAccount,
  namespace: service.namespace,
  workload: service.origin.name,
  ...optional('weight', entry.weight),
  ...optional('locality', entry.locality),
})
