/** What Kubernetes does to objects of some kinds when they are created or deleted, beyond defaults and validation. */
import { qualityOfService } from '../resources/core/pod-quality-of-service.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { qualifiedResource } from '../machinery/status-errors.ts'
import { asJson, section } from './stored-object.ts'

/** Kinds whose metadata.generation counts; pods, services and the like have none. */
export const hasGeneration = (kind: Kind): boolean =>
  !['', 'coordination.k8s.io', 'events.k8s.io', 'rbac.authorization.k8s.io'].includes(kind.group)

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
      spec: {
        ...spec,
        finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'],
      },
      status: { phase: 'Active' },
    },
  }
}

// Decoding has checked the object against the schema of its kind.
const isPod = (object: KubeObject): object is Pod => object.kind === 'Pod'

const podForCreate = (object: KubeObject): KubeObject => ({
  ...object,
  ...{ status: { phase: 'Pending', ...(isPod(object) ? { qosClass: qualityOfService(object.spec) } : {}) } },
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
 * How long a deletion waits by default before the object goes, in seconds. Pods alone wait: for their node, unless they
 * never had one or have ended (0). Undefined for all other kinds.
 */
export const deletionGrace = (kind: Kind, object: KubeObject): number | undefined => {
  if (qualifiedResource(kind) !== 'pods') return undefined
  const spec = section(object, 'spec')
  const phase = section(object, 'status')['phase']
  if ((spec['nodeName'] ?? '') === '' || phase === 'Succeeded' || phase === 'Failed') return 0
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
