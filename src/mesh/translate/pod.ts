/** Kubernetes Pods to workloads of the model. */
import type { Workload } from '../model/service.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { numberAt, objectsAt, sectionOf, specOf, textAt } from './json-reader.ts'
import { originOf } from './object-names.ts'

/** One Pod (core/v1). A pod without an address yet is a workload with address ''. */
export const translatePod = (object: KubeObject): Workload => {
  const spec = specOf(object)
  const containers = [...objectsAt(spec, 'initContainers'), ...objectsAt(spec, 'containers')]
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    address: textAt(sectionOf(object, 'status'), 'podIP') ?? '',
    labels: object.metadata.labels ?? {},
    serviceAccount: textAt(spec, 'serviceAccountName') ?? 'default',
    namedPorts: namedPorts(containers),
    workload: workloadName(object),
    node: textAt(spec, 'nodeName') ?? '',
    hasSidecar: containers.some((container) => textAt(container, 'name') === 'istio-proxy'),
    origin: originOf(object),
  }
}

const namedPorts = (containers: readonly JsonObject[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    containers
      .flatMap((container) => objectsAt(container, 'ports'))
      .flatMap((port): [string, number][] => {
        const name = textAt(port, 'name')
        const number = numberAt(port, 'containerPort')
        return name === undefined || number === undefined ? [] : [[name, number]]
      }),
  )

/** The Deployment behind a ReplicaSet's pod, else the owner, else the pod: as Istio names workloads. */
const workloadName = (object: KubeObject): string => {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true)
  if (owner === undefined) return object.metadata.name
  const hash = object.metadata.labels?.['pod-template-hash']
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? owner.name.slice(0, -hash.length - 1)
    : owner.name
}
