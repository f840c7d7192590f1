/** What Kubernetes does to objects of some kinds when they are created or deleted, beyond defaults and validation. */
import { isJsonObject, type JsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { qualifiedResource } from './kind-index.ts'
import { asJson, section } from './stored-object.ts'

/** Kinds whose metadata.generation counts; pods, services and the like have none. */
export const hasGeneration = (kind: Kind): boolean =>
  kind.group !== '' && kind.group !== 'coordination.k8s.io' && kind.group !== 'events.k8s.io'

const withoutStatus = (object: KubeObject): KubeObject => {
  const { status: _status, ...rest } = asJson(object)
  return rest
}

const namespaceForCreate = (object: KubeObject): KubeObject => {
  const spec = section(object, 'spec')
  const finalizers = Array.isArray(spec['finalizers']) ? spec['finalizers'] : []
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    ...{
      spec: { ...spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
      status: { phase: 'Active' },
    },
  }
}

const resourcesOf = (container: unknown): { readonly requests: JsonObject; readonly limits: JsonObject } => {
  const resources = isJsonObject(container) && isJsonObject(container['resources']) ? container['resources'] : {}
  const part = (name: string): JsonObject => {
    const value = resources[name]
    return isJsonObject(value) ? value : {}
  }
  return { requests: part('requests'), limits: part('limits') }
}

/** Kubernetes' quality of service class, from the requests and limits of all containers. */
export const qosClassOf = (pod: KubeObject): 'Guaranteed' | 'Burstable' | 'BestEffort' => {
  const spec = section(pod, 'spec')
  const all = [spec['containers'], spec['initContainers']].flatMap((list) => (Array.isArray(list) ? list : []))
  const resources = all.map(resourcesOf)
  const names = ['cpu', 'memory']
  const asks = ({ requests, limits }: { requests: JsonObject; limits: JsonObject }): boolean =>
    names.some((name) => requests[name] !== undefined || limits[name] !== undefined)
  if (!resources.some(asks)) return 'BestEffort'
  const guaranteed = resources.every(({ requests, limits }) =>
    names.every(
      (name) => limits[name] !== undefined && (requests[name] === undefined || requests[name] === limits[name]),
    ),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const podForCreate = (object: KubeObject): KubeObject => ({
  ...object,
  ...{ status: { phase: 'Pending', qosClass: qosClassOf(object) } },
})

/** The strategy's PrepareForCreate: nobody but the system writes status. A Node brings its own, as kubelets do. */
export const preparedForCreate = (kind: Kind, object: KubeObject): KubeObject => {
  switch (qualifiedResource(kind)) {
    case 'namespaces':
      return namespaceForCreate(object)
    case 'pods':
      return podForCreate(object)
    case 'nodes':
      return object
    default:
      return kind.subresources.status ? withoutStatus(object) : object
  }
}

/**
 * How long a deletion waits before the object goes, in seconds; 0: at once. Pods alone wait: for their node, unless
 * they never had one or have ended.
 */
export const deletionGrace = (kind: Kind, object: KubeObject, asked: number | undefined): number => {
  if (qualifiedResource(kind) !== 'pods') return 0
  const spec = section(object, 'spec')
  const phase = section(object, 'status')['phase']
  const nodeName = spec['nodeName']
  if (typeof nodeName !== 'string' || nodeName === '' || phase === 'Succeeded' || phase === 'Failed') return 0
  if (asked !== undefined) return Math.max(0, asked)
  const own = spec['terminationGracePeriodSeconds']
  return typeof own === 'number' ? own : 30
}

/** True when something besides metadata.finalizers holds the object: a namespace's spec.finalizers. */
export const isHeldBySpec = (kind: Kind, object: KubeObject): boolean => {
  if (qualifiedResource(kind) !== 'namespaces') return false
  const finalizers = section(object, 'spec')['finalizers']
  return Array.isArray(finalizers) && finalizers.length > 0
}

/** Kinds whose deletion answers with the object instead of a Status, as in Kubernetes. */
export const answersDeletedObject = (kind: Kind): boolean =>
  ['pods', 'services', 'serviceaccounts'].includes(qualifiedResource(kind))
