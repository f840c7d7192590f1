/** Which workloads are in the mesh: by their containers, their labels, or the label of their namespace. */
import { objectAt, objectsAt, textAt, textMapAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import type { Labels } from './selector.ts'

export const INJECT = 'sidecar.istio.io/inject'
export const PROXY_CONTAINER = 'istio-proxy'

interface Workload {
  readonly labels: Labels
  readonly annotations: Labels
  readonly containers: readonly JsonObject[]
}

export const containersOf = (podSpec: JsonObject | undefined): readonly JsonObject[] => [
  ...objectsAt(podSpec, 'containers'),
  ...objectsAt(podSpec, 'initContainers'),
]

const isInMesh = (set: ObjectSet, namespace: string, workload: Workload): boolean => {
  const hasProxy = workload.containers.some(
    (container) => textAt(container, 'name') === PROXY_CONTAINER && (textAt(container, 'image') ?? '') !== '',
  )
  const inject = workload.labels[INJECT] ?? workload.annotations[INJECT]
  if (hasProxy || inject !== undefined) return hasProxy || inject === 'true'
  return set.find(kinds.namespace, '', namespace)?.labels['istio-injection'] === 'enabled'
}

export const isPodInMesh = (set: ObjectSet, pod: AnalysisObject): boolean =>
  isInMesh(set, pod.namespace, { ...pod, containers: containersOf(pod.spec) })

export const podTemplateOf = (deployment: AnalysisObject): Workload => {
  const template = objectAt(deployment.spec, 'template')
  const metadata = objectAt(template, 'metadata')
  return {
    labels: textMapAt(metadata, 'labels'),
    annotations: textMapAt(metadata, 'annotations'),
    containers: objectsAt(objectAt(template, 'spec'), 'containers'),
  }
}

export const isDeploymentInMesh = (set: ObjectSet, deployment: AnalysisObject): boolean =>
  isInMesh(set, deployment.namespace, podTemplateOf(deployment))

/** Objects of Istio itself, whose ports and users are its own business. */
export const isControlPlane = ({ labels }: AnalysisObject): boolean =>
  labels['istio'] !== undefined || labels['release'] === 'istio'

/** A pod, or the pods that a Deployment will make. */
export interface SelectableWorkload {
  readonly namespace: string
  readonly labels: Labels
}

export const selectableWorkloads = (set: ObjectSet): readonly SelectableWorkload[] => [
  ...set.of(kinds.pod),
  ...set
    .of(kinds.deployment)
    .map((deployment) => ({ namespace: deployment.namespace, labels: podTemplateOf(deployment).labels })),
]

/**
 * True when the pods are those that run in a cluster, all of them: the set is complete, or has pods of the mesh itself,
 * which nobody writes by hand. Else pods are manifests: injection is still to come, and others may exist.
 */
export const arePodsRunning = (set: ObjectSet): boolean =>
  set.isComplete || set.of(kinds.pod).some(({ namespace }) => namespace === set.rootNamespace)
