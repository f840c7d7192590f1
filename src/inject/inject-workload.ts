/** Injection into the objects that make pods, as `istioctl kube-inject` does it. */
import { isJsonObject, type JsonObject } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { injectSidecar } from './inject-sidecar.ts'
import type { InjectionSettings } from './injection-settings.ts'

/** Where each kind keeps the template of its pods; a Pod is its own. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  ReplicationController: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

export interface WorkloadOutcome {
  readonly object: KubeObject
  readonly changed: boolean
  /** The rule that decided; absent: the object makes no pods. */
  readonly why?: string
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), value)

const replaceAt = (object: JsonObject, [key, ...rest]: readonly string[], value: JsonObject): JsonObject => {
  if (key === undefined) return value
  const inner = object[key]
  return { ...object, [key]: replaceAt(isJsonObject(inner) ? inner : {}, rest, value) }
}

const isTemplate = (value: unknown): value is JsonObject =>
  isJsonObject(value) &&
  isJsonObject(value['spec']) &&
  Array.isArray(value['spec']['containers']) &&
  value['spec']['containers'].every(isJsonObject) &&
  (value['metadata'] === undefined || isJsonObject(value['metadata']))

/** The pod that the workload will make, so far as the template tells. */
const podOf = (workload: KubeObject, template: JsonObject): Pod => {
  const { metadata, spec } = template as unknown as Partial<Pod>
  const { apiVersion, kind, metadata: own } = workload
  const owner = { apiVersion, kind, name: own.name, uid: '', controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: '', ownerReferences: [owner] },
    spec: { containers: [], ...spec },
  }
}

const templateOf = ({ metadata, spec }: Pod): JsonObject => {
  const { name: _name, ownerReferences: _owners, ...rest } = metadata
  return { metadata: rest, spec } as unknown as JsonObject
}

/**
 * The object with its sidecar, whatever its namespace's labels say; labels and annotations of the pods may still refuse.
 * Fails with what is wrong with the template.
 */
export const injectWorkload = (
  workload: KubeObject,
  settings: InjectionSettings,
): Result<WorkloadOutcome, string> => {
  const path = templatePaths[workload.kind]
  if (path === undefined) return ok({ object: workload, changed: false })
  const isPod = path.length === 0
  const where = isPod ? 'the Pod' : path.join('.')
  const template = valueAt(workload, path)
  if (!isTemplate(template))
    return fail(`${where} has no spec.containers; write the containers of the pod there`)
  const namespace = workload.metadata.namespace ?? 'default'
  const outcome = injectSidecar({
    pod: isPod ? (workload as Pod) : podOf(workload, template),
    namespace: { name: namespace, labels: { 'istio-injection': 'enabled' } },
    settings,
  })
  if (!outcome.ok) return outcome
  const { pod, changed, why } = outcome.value
  if (!changed) return ok({ object: workload, changed, why })
  const object = isPod ? pod : replaceAt({ ...workload } as unknown as JsonObject, path, templateOf(pod))
  return ok({ object: object as unknown as KubeObject, changed, why })
}
