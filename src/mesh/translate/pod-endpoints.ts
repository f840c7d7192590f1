/** Endpoints straight from Pods: for a service whose EndpointSlices went with it while routes still use it. */
import { selects, type Endpoint, type EndpointSet, type Service, type Workload } from '../model/service.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { objectsAt, sectionOf, textAt } from './json-reader.ts'
import { translatePod } from './pod.ts'

/** The ready pods that the service selects, by the number of the service's port. Without a selector: none. */
export const translatePodEndpoints = (service: Service, pods: Iterable<KubeObject>): EndpointSet => {
  const { selector, namespace } = service
  const workloads =
    selector === undefined
      ? []
      : [...pods]
          .filter((pod) => pod.metadata.namespace === namespace && isServing(pod, service))
          .map(translatePod)
          .filter(({ labels, address }) => address !== '' && selects(selector, labels))
          .toSorted(byAddress)
  return {
    host: service.host,
    byPort: new Map(
      service.ports.map(({ number, target }) => [
        number,
        workloads.flatMap((workload) => endpointAt(workload, target)),
      ]),
    ),
  }
}

const isServing = (pod: KubeObject, { publishNotReady }: Service): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  (publishNotReady ||
    objectsAt(sectionOf(pod, 'status'), 'conditions').some(
      (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    ))

const byAddress = (left: Workload, right: Workload): number =>
  left.address < right.address ? -1 : left.address > right.address ? 1 : 0

const endpointAt = (workload: Workload, target: number | string): readonly Endpoint[] => {
  const port = typeof target === 'number' ? target : workload.namedPorts[target]
  if (port === undefined) return []
  const { address, labels, serviceAccount, namespace } = workload
  return [
    { address, port, health: 'healthy', labels, serviceAccount, namespace, workload: workload.workload },
  ]
}
