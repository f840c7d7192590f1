/** metadata on its way into the store: what the path says, and what the system sets (machinery/object-meta.ts). */
import { prepareForCreate, prepareForUpdate } from '../machinery/object-meta.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import { badRequest, conflict, invalid, nameMismatch, namespaceMismatch } from '../machinery/status-errors.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject, ObjectMeta } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget, ResourceTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { hasGeneration } from './kind-strategies.ts'

/** metadata with the path's namespace; throws 400 when the object names another. */
const inNamespace = (target: ResourceTarget, metadata: ObjectMeta): ObjectMeta => {
  const { namespace: given = '', ...rest } = metadata
  const { namespace } = target
  if (given !== '' && !target.kind.namespaced) {
    refuse(badRequest('namespace specified on an object that is cluster-scoped: remove metadata.namespace'))
  }
  if (given !== '' && given !== namespace) refuse(namespaceMismatch())
  return target.kind.namespaced && namespace !== undefined ? { ...rest, namespace } : rest
}

const withGenerationOf = (kind: Kind, object: KubeObject, generation: number | undefined): KubeObject => {
  const { generation: _generation, ...metadata } = object.metadata
  return {
    ...object,
    metadata: hasGeneration(kind) && generation !== undefined ? { ...metadata, generation } : metadata,
  }
}

/** metadata of a new object; throws 400 or 422 for what may not be set. */
export const metadataForCreate = (
  context: ApiContext,
  target: ResourceTarget,
  object: KubeObject,
): KubeObject => {
  if ((object.metadata.resourceVersion ?? '') !== '') {
    refuse(badRequest('resourceVersion should not be set on objects to be created'))
  }
  const { managedFields: _managedFields, ...metadata } = inNamespace(target, object.metadata)
  const prepared = prepareForCreate<KubeObject>(
    { ...object, metadata: { ...metadata, name: metadata.name ?? '' } },
    {
      uid: context.identifiers.uid(),
      now: timestampOf(context.clock.now()),
      nameSuffix: context.identifiers.nameSuffix(),
    },
  )
  if (!prepared.ok) return refuse(invalid(target.kind, '', prepared.error))
  return withGenerationOf(target.kind, prepared.value, 1)
}

/**
 * metadata of a changed object: the client's labels, annotations, owners and finalizers, the system's everything else.
 * Throws 400 for another name, 409 for another resourceVersion or uid, 422 for what is immutable.
 */
export const metadataForUpdate = (
  target: ObjectTarget,
  object: KubeObject,
  old: KubeObject,
  options: { readonly requireResourceVersion: boolean },
): KubeObject => {
  const { kind, name } = target
  const metadata = inNamespace(target, object.metadata)
  if ((metadata.name ?? '') !== '' && metadata.name !== name) refuse(nameMismatch(metadata.name, name))
  const { requireResourceVersion } = options
  const prepared = prepareForUpdate<KubeObject>({ ...object, metadata: { ...metadata, name } }, old, {
    generationChanges: () => false,
    requireResourceVersion,
  })
  if (prepared.ok) return withGenerationOf(kind, prepared.value, old.metadata.generation)
  return refuse(
    prepared.error.type === 'conflict'
      ? conflict(kind, name, prepared.error.why)
      : invalid(kind, name, prepared.error.errors),
  )
}

/** The object with generation one higher when what it asks for changed. */
export const withGeneration = (kind: Kind, object: KubeObject, old: KubeObject): KubeObject => {
  const before = old.metadata.generation ?? 0
  return withGenerationOf(kind, object, before + (kind.generationChanges(object, old) ? 1 : 0))
}
