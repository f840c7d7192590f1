/** metadata on its way into the store: what the system sets, and what a client may not change. */
import type { Kind } from '../resources/kind.ts'
import type { KubeObject, ObjectMeta } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget, ResourceTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { badRequest, conflict, invalid } from './failures.ts'
import { timestampText } from './timestamp.ts'
import { hasGeneration } from './kind-strategies.ts'

// Kubernetes cuts the base so that a generated name stays within 63 characters.
const generatedName = (context: ApiContext, generateName: string): string =>
  `${generateName.slice(0, 58)}${context.identifiers.nameSuffix()}`

const namespaceOf = (target: ResourceTarget, metadata: ObjectMeta): { readonly namespace?: string } => {
  const { kind, namespace } = target
  if (!kind.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== '') {
      refuse(badRequest('namespace specified on an object that is cluster-scoped: remove metadata.namespace'))
    }
    return {}
  }
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace) {
    refuse(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  }
  return namespace === undefined ? {} : { namespace }
}

const systemFieldNames = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'namespace',
  'selfLink',
]

const userMetadata = (metadata: ObjectMeta): ObjectMeta => {
  const kept = Object.entries(metadata).filter(([key]) => !systemFieldNames.includes(key))
  return { name: '', ...Object.fromEntries(kept) }
}

/** metadata of a new object; throws 400 or 422 for what may not be set. */
export const metadataForCreate = (context: ApiContext, target: ResourceTarget, object: KubeObject): KubeObject => {
  const { metadata } = object
  if ((metadata.resourceVersion ?? '') !== '') {
    refuse(badRequest('resourceVersion should not be set on objects to be created'))
  }
  const given = metadata.name ?? ''
  const generateName = metadata.generateName ?? ''
  if (given === '' && generateName === '') {
    refuse(
      invalid(target.kind, '', [
        { field: 'metadata.name', reason: 'FieldValueRequired', message: 'name or generateName is required' },
      ]),
    )
  }
  return {
    ...object,
    metadata: {
      ...userMetadata(metadata),
      name: given === '' ? generatedName(context, generateName) : given,
      ...namespaceOf(target, metadata),
      uid: context.identifiers.uid(),
      ...(hasGeneration(target.kind) ? { generation: 1 } : {}),
      creationTimestamp: timestampText(context.clock.now()),
    },
  }
}

const checkIdentity = (target: ObjectTarget, object: KubeObject, old: KubeObject): void => {
  const { metadata } = object
  if ((metadata.name ?? '') !== '' && metadata.name !== target.name) {
    refuse(
      badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
      ),
    )
  }
  namespaceOf(target, metadata)
  const { uid } = metadata
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`
    refuse(conflict(target.kind, target.name, why))
  }
}

const checkFinalizers = (kind: Kind, object: KubeObject, old: KubeObject): void => {
  if (old.metadata.deletionTimestamp === undefined) return
  const before = old.metadata.finalizers ?? []
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer))
  if (added.length === 0) return
  refuse(
    invalid(kind, object.metadata.name, [
      {
        field: 'metadata.finalizers',
        reason: 'FieldValueForbidden',
        message: `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
      },
    ]),
  )
}

/** metadata of a changed object: the client's labels, annotations, owners and finalizers, the system's everything else. */
export const metadataForUpdate = (target: ObjectTarget, object: KubeObject, old: KubeObject): KubeObject => {
  checkIdentity(target, object, old)
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } =
    old.metadata
  const { managedFields } = object.metadata
  const updated: KubeObject = {
    ...object,
    metadata: {
      ...userMetadata(object.metadata),
      name: target.name,
      ...namespaceOf(target, object.metadata),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(generation === undefined ? {} : { generation }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
  }
  checkFinalizers(target.kind, updated, old)
  return updated
}

/** The object with generation one higher when what it asks for changed. */
export const withGeneration = (kind: Kind, object: KubeObject, old: KubeObject): KubeObject =>
  hasGeneration(kind) && kind.generationChanges(object, old)
    ? { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
    : object
