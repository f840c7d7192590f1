/** DELETE: grace periods, finalizers, propagation and preconditions, as Kubernetes' registry has them. */
import { isJsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { DeleteOptions } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { validated } from './admit-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { badRequest, conflict, objectModified } from './failures.ts'
import { deletionGrace, hasGeneration, isHeldBySpec } from './kind-strategies.ts'
import { decodeStored, encodeStored, section } from './stored-object.ts'
import { timestampText } from './timestamp.ts'
import { storedOf } from './update-object.ts'
import type { WriteOptions } from './write-options.ts'

export interface Deletion {
  /** The object as it was last stored. */
  readonly object: KubeObject
  /** False: it waits for its grace period or finalizers. */
  readonly gone: boolean
}

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

const secondsOf = (value: JsonValue | undefined): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const seconds = Number(value)
  return Number.isInteger(seconds) && seconds >= 0
    ? seconds
    : refuse(badRequest(`gracePeriodSeconds: Invalid value: ${JSON.stringify(value)}: must be a number that is not negative`))
}

const policyOf = (value: JsonValue | undefined): DeleteOptions['propagationPolicy'] => {
  switch (value) {
    case undefined:
    case null:
    case '':
      return undefined
    case 'Background':
    case 'Foreground':
    case 'Orphan':
      return value
    default:
      return refuse(
        badRequest(
          `propagationPolicy: Unsupported value: ${JSON.stringify(value)}: supported values: "Background", "Foreground", "Orphan"`,
        ),
      )
  }
}

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** DeleteOptions from the body (when there is one) and the query; throws 400 for values that Kubernetes does not know. */
export const deleteOptionsOf = (body: JsonValue | undefined, query: URLSearchParams): DeleteOptions => {
  const given = isJsonObject(body) ? body : {}
  const kind = textOf(given['kind'])
  if (kind !== undefined && kind !== 'DeleteOptions') {
    refuse(badRequest(`the kind in the data (${kind}) does not match the expected kind (DeleteOptions)`))
  }
  const gracePeriodSeconds = secondsOf(given['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds'))
  const orphans = given['orphanDependents'] ?? query.get('orphanDependents')
  const propagationPolicy =
    policyOf(given['propagationPolicy'] ?? query.get('propagationPolicy')) ??
    (orphans === true || orphans === 'true' ? 'Orphan' : undefined)
  const preconditions = isJsonObject(given['preconditions']) ? given['preconditions'] : {}
  const uid = textOf(preconditions['uid'])
  const resourceVersion = textOf(preconditions['resourceVersion'])
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  }
}

const checkPreconditions = (target: ObjectTarget, object: KubeObject, options: DeleteOptions): void => {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const { metadata } = object
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`
    refuse(conflict(target.kind, target.name, why))
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`
    refuse(conflict(target.kind, target.name, why))
  }
}

const finalizersFor = (object: KubeObject, policy: DeleteOptions['propagationPolicy']): readonly string[] => {
  const before = object.metadata.finalizers ?? []
  const others = before.filter((finalizer) => finalizer !== orphan && finalizer !== foreground)
  switch (policy) {
    case undefined:
      return before
    case 'Background':
      return others
    case 'Foreground':
      return [...others, foreground]
    case 'Orphan':
      return [...others, orphan]
  }
}

// A namespace under deletion says so in its phase.
const terminatingPhase = (target: ObjectTarget, object: KubeObject): KubeObject =>
  target.kind.group === '' && target.kind.plural === 'namespaces'
    ? { ...object, ...{ status: { ...section(object, 'status'), phase: 'Terminating' } } }
    : object

/** The object as a deletion leaves it: marked, or undefined when nothing holds it. */
const afterDeletion = (
  context: ApiContext,
  target: ObjectTarget,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined => {
  const { metadata } = object
  const before = metadata.deletionGracePeriodSeconds
  const asked = deletionGrace(target.kind, object, options.gracePeriodSeconds)
  const deleting = metadata.deletionTimestamp !== undefined
  // A deletion under way becomes shorter, never longer; without a grace period of its own it stays as it is.
  const grace = !deleting
    ? asked
    : options.gracePeriodSeconds === undefined
      ? (before ?? 0)
      : Math.min(asked, before ?? 0)
  const finalizers = finalizersFor(object, options.propagationPolicy)
  if (grace === 0 && finalizers.length === 0 && !isHeldBySpec(target.kind, object)) return undefined
  const { finalizers: _finalizers, ...others } = metadata
  const changesSpec = !deleting && hasGeneration(target.kind)
  return terminatingPhase(target, {
    ...object,
    metadata: {
      ...others,
      ...(changesSpec ? { generation: (metadata.generation ?? 0) + 1 } : {}),
      ...(deleting && grace === (before ?? 0)
        ? {}
        : { deletionTimestamp: timestampText(context.clock.now() + grace * 1000) }),
      deletionGracePeriodSeconds: grace,
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  })
}

const write = async (
  context: ApiContext,
  target: ObjectTarget,
  stored: StoredValue,
  after: KubeObject | undefined,
): Promise<Deletion | undefined> => {
  const { kind, apiVersion } = target
  if (after === undefined) {
    const outcome = await context.store.delete(stored.key, stored.revision)
    if (!outcome.ok) return undefined
    const { value } = stored
    return { object: decodeStored(kind, apiVersion, { value, revision: outcome.revision }), gone: true }
  }
  const value = encodeStored(kind, after)
  if (value === stored.value) return { object: after, gone: false }
  const outcome = await context.store.compareAndSwap(stored.key, stored.revision, value)
  return outcome.ok
    ? { object: decodeStored(kind, apiVersion, { value, revision: outcome.revision }), gone: false }
    : undefined
}

const attempts = 50

/** Deletes an object or marks it for deletion; throws 404, or 409 for a precondition that does not hold. */
export const deleteObject = async (
  context: ApiContext,
  target: ObjectTarget,
  options: DeleteOptions,
  how: WriteOptions,
): Promise<Deletion> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const stored = storedOf(context, target)
    const object = decodeStored(target.kind, target.apiVersion, stored)
    checkPreconditions(target, object, options)
    await validated(context, target, how, { operation: 'DELETE', object, old: object })
    const after = afterDeletion(context, target, object, options)
    if (how.dryRun) return { object: after ?? object, gone: after === undefined }
    const deletion = await write(context, target, stored, after)
    if (deletion !== undefined) return deletion
  }
  return refuse(conflict(target.kind, target.name, objectModified))
}
