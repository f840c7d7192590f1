/** POST to a collection: a new object. */
import type { KubeObject } from '../resources/kube-object.ts'
import { mutated, requireNamespace, validated } from './admit-object.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { alreadyExists, generateNameConflict, methodNotAllowed } from '../machinery/status-errors.ts'
import { completedForCreate, preparedForCreate } from './kind-strategies.ts'
import { metadataForCreate } from './prepare-metadata.ts'
import { decodeStored, encodeStored, objectKey } from './stored-object.ts'
import type { WriteOptions } from './write-options.ts'

/** Who manages the fields of a new object: gives it back with metadata.managedFields. */
export type TrackFields = (object: KubeObject) => KubeObject

// A generated name may be taken by chance; Kubernetes tries anew this often.
const nameAttempts = 8

const createOnce = async (
  context: ApiContext,
  target: ResourceTarget,
  decoded: KubeObject,
  how: { readonly options: WriteOptions; readonly track: TrackFields },
): Promise<KubeObject | undefined> => {
  const { kind, apiVersion } = target
  const { options, track } = how
  if (kind.custom?.isTerminating === true) {
    refuse(methodNotAllowed('create not allowed while custom resource definition is terminating'))
  }
  const prepared = metadataForCreate(context, target, preparedForCreate(kind, decoded))
  const named = completedForCreate(kind, prepared)
  requireNamespace(context, target, named.metadata.name)
  const admitted = await mutated(context, target, options, { operation: 'CREATE', object: named })
  const object = track(kind.applyDefaults(admitted))
  await validated(context, target, options, { operation: 'CREATE', object })
  const key = objectKey(kind, target.namespace, object.metadata.name)
  if (options.dryRun) return context.store.get(key) === undefined ? object : undefined
  const value = encodeStored(kind, object)
  const outcome = await context.store.create(key, value)
  return outcome.ok ? decodeStored(kind, apiVersion, { value, revision: outcome.revision }) : undefined
}

/** Stores a decoded object under its own or a generated name; throws 409 AlreadyExists, 404 for its namespace. */
export const createObject = async (
  context: ApiContext,
  target: ResourceTarget,
  decoded: KubeObject,
  how: { readonly options: WriteOptions; readonly track: TrackFields },
): Promise<KubeObject> => {
  const generated = (decoded.metadata.name ?? '') === ''
  for (let attempt = 1; ; attempt += 1) {
    const created = await createOnce(context, target, decoded, how)
    if (created !== undefined) return created
    if (!generated) refuse(alreadyExists(target.kind, decoded.metadata.name))
    if (attempt === nameAttempts) {
      refuse(generateNameConflict(target.kind, decoded.metadata.generateName ?? ''))
    }
  }
}
