/** What Kubernetes does to objects of some kinds when they are created or deleted, beyond defaults and validation. */
import { isDefinition } from '../resources/apiextensions/custom-kind.ts'
import { cleanupFinalizer, withTerminating } from '../resources/apiextensions/definition-status.ts'
import { type Job, jobPodLabels } from '../resources/batch/job.ts'
import { claimProtection, volumeProtection } from '../resources/core/storage-protection.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { qualityOfService } from '../resources/core/pod-quality-of-service.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { qualifiedResource } from '../machinery/status-errors.ts'
import { asJson, section } from './stored-object.ts'

const ungeneratedGroups: ReadonlySet<string> = new Set([
  '',
  'coordination.k8s.io',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
])

/** Kinds whose metadata.generation counts; pods, services and the like have none. */
export const hasGeneration = (kind: Kind): boolean =>
  !ungeneratedGroups.has(kind.group) && kind.kind !== 'ControllerRevision'

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
const isPod = (object: KubeObject): object is Pod =>
  object.kind === 'Pod' && isJsonObject(asJson(object)['spec'])

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

/** The selector and labels of a Job that does not bring its own, by its uid (batch's generateSelector). */
const withGeneratedSelector = (job: Job): Job => {
  const { metadata, spec } = job
  if (spec.manualSelector === true || spec.template === undefined) return job
  const generated = jobPodLabels(metadata.name, metadata.uid ?? '')
  const { template } = spec
  const labels = { ...generated, ...template.metadata?.labels }
  const byUid = { 'batch.kubernetes.io/controller-uid': metadata.uid ?? '' }
  const selector = spec.selector ?? { matchLabels: byUid }
  const metadataOfPods = { ...template.metadata, labels }
  return { ...job, spec: { ...spec, selector, template: { ...template, metadata: metadataOfPods } } }
}

const withFinalizer = (object: KubeObject, finalizer: string): KubeObject => {
  const finalizers = object.metadata.finalizers ?? []
  return finalizers.includes(finalizer)
    ? object
    : { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

// As isPod.
const isJob = (object: KubeObject): object is Job => object.kind === 'Job'

/** What the name and uid of a new object decide; storage in use is protected by a finalizer from the beginning. */
export const completedForCreate = (kind: Kind, object: KubeObject): KubeObject => {
  switch (qualifiedResource(kind)) {
    case 'jobs.batch':
      return isJob(object) && object.spec !== undefined ? withGeneratedSelector(object) : object
    case 'persistentvolumeclaims':
      return withFinalizer(object, claimProtection)
    case 'persistentvolumes':
      return withFinalizer(object, volumeProtection)
    default:
      return object
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

const isDefinitionKind = (kind: Kind): boolean =>
  qualifiedResource(kind) === 'customresourcedefinitions.apiextensions.k8s.io'

/** What a deletion does to an object first: a definition waits until its objects are gone, and says so. */
export const preparedForDelete = (kind: Kind, object: KubeObject, now: string): KubeObject => {
  const { metadata } = object
  if (!isDefinitionKind(kind) || metadata.deletionTimestamp !== undefined || !isDefinition(object))
    return object
  const finalizers = metadata.finalizers ?? []
  const terminating = {
    ...object,
    status: withTerminating(object.status, {
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      lastTransitionTime: now,
    }),
  }
  return {
    ...terminating,
    metadata: {
      ...metadata,
      finalizers: finalizers.includes(cleanupFinalizer) ? finalizers : [...finalizers, cleanupFinalizer],
    },
  }
}
