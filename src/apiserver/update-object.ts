/** Changes to a stored object: read, change, check, compare-and-swap, again when somebody else wrote in between. */
import { jsonEqual } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { mutated, validated } from './admit-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { isBuiltIn } from './decode-object.ts'
import { isReadyToRemove } from '../machinery/deletion.ts'
import { conflict, notFound } from '../machinery/status-errors.ts'
import { isHeldBySpec } from './kind-strategies.ts'
import { metadataForUpdate, withGeneration } from './prepare-metadata.ts'
import { asJson, decodeStored, encodeStored, objectKey } from './stored-object.ts'
import type { WriteOptions } from './write-options.ts'

export interface Change {
  readonly options: WriteOptions
  /** The wanted object from the stored one, in the client's version; throws to refuse. May run more than once. */
  readonly propose: (old: KubeObject) => KubeObject | Promise<KubeObject>
  /** Records who manages which fields; `object` is final but for that. */
  readonly track: (object: KubeObject, old: KubeObject) => KubeObject
  /** Which part the client writes; the rest stays as stored. */
  readonly part: 'main' | 'status' | 'all'
  /** True for a PUT: of custom resources it must name the version that it replaces. */
  readonly replaces?: boolean
}

const attempts = 50

/** The stored text of the object that a target names; throws 404. */
export const storedOf = (context: ApiContext, target: ObjectTarget): StoredValue =>
  context.store.get(objectKey(target.kind, target.namespace, target.name)) ??
  refuse(notFound(target.kind, target.name))

/** The object with its status as given; without one when that is undefined. */
const withStatus = (object: KubeObject, from: KubeObject): KubeObject => {
  const { status: _status, ...rest } = asJson(object)
  const status = asJson(from)['status']
  return status === undefined ? rest : { ...rest, ...{ status } }
}

const onlyPart = (
  target: ObjectTarget,
  change: Change,
  proposed: KubeObject,
  old: KubeObject,
): KubeObject => {
  switch (change.part) {
    case 'main':
      return target.kind.subresources.status ? withStatus(proposed, old) : proposed
    case 'status': {
      const { managedFields } = proposed.metadata
      const metadata = { ...old.metadata, ...(managedFields === undefined ? {} : { managedFields }) }
      return withStatus({ ...old, metadata }, proposed)
    }
    case 'all':
      return proposed
  }
}

const finalObject = async (
  context: ApiContext,
  target: ObjectTarget,
  old: KubeObject,
  change: Change,
): Promise<KubeObject> => {
  const { kind } = target
  const proposed = await change.propose(old)
  const updated = metadataForUpdate(target, proposed, old, {
    requireResourceVersion: change.replaces === true && !isBuiltIn(kind),
  })
  const object = onlyPart(target, change, updated, old)
  const admitted =
    change.part === 'status'
      ? object
      : await mutated(context, target, change.options, { operation: 'UPDATE', object, old })
  const tracked = change.track(withGeneration(kind, kind.applyDefaults(admitted), old), old)
  await validated(context, target, change.options, { operation: 'UPDATE', object: tracked, old })
  return tracked
}

// The last finalizer of an object under deletion went: so does the object.
const mayGo = (target: ObjectTarget, object: KubeObject): boolean =>
  isReadyToRemove(object) && !isHeldBySpec(target.kind, object)

/** Stores the change and gives the object as stored; one that does not change anything writes nothing. */
export const updateObject = async (
  context: ApiContext,
  target: ObjectTarget,
  change: Change,
): Promise<KubeObject> => {
  const { kind, apiVersion } = target
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const stored = storedOf(context, target)
    const old = decodeStored(kind, apiVersion, stored)
    const object = await finalObject(context, target, old, change)
    if (jsonEqual(object, old) || change.options.dryRun) return object
    const value = encodeStored(kind, object)
    const outcome = mayGo(target, object)
      ? await context.store.delete(stored.key, stored.revision)
      : await context.store.compareAndSwap(stored.key, stored.revision, value)
    if (outcome.ok) return decodeStored(kind, apiVersion, { value, revision: outcome.revision })
  }
  return refuse(conflict(kind, target.name))
}
