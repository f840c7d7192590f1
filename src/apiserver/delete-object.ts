/** DELETE: grace periods, finalizers, propagation and preconditions, as Kubernetes' registry has them. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { planDeletion } from '../machinery/deletion.ts'
import type { DeleteOptions } from '../machinery/ports.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { validated } from './admit-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { badRequest, conflict } from '../machinery/status-errors.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import { deletionGrace, hasGeneration, isHeldBySpec, preparedForDelete } from './kind-strategies.ts'
import { decodeStored, encodeStored, section } from './stored-object.ts'
import { storedOf } from './update-object.ts'
import type { WriteOptions } from './write-options.ts'

export interface Deletion {
  /** The object as it was last stored. */
  readonly object: KubeObject
  /** False: it waits for its grace period or finalizers. */
  readonly gone: boolean
}

const secondsOf = (value: JsonValue | undefined): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const seconds = Number(value)
  return Number.isInteger(seconds) && seconds >= 0
    ? seconds
    : refuse(
        badRequest(
          `gracePeriodSeconds: Invalid value: ${JSON.stringify(value)}: must be a number that is not negative`,
        ),
      )
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

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

const givenOptions = (body: JsonValue | undefined): JsonObject => {
  if (body === undefined) return {}
  if (!isJsonObject(body)) {
    return refuse(badRequest('the request body is not an object: send DeleteOptions, or nothing'))
  }
  const kind = textOf(body['kind'])
  return kind === undefined || kind === 'DeleteOptions'
    ? body
    : refuse(badRequest(`the kind in the data (${kind}) does not match the expected kind (DeleteOptions)`))
}

/** DeleteOptions from the body (when there is one) and the query; throws 400 for values that Kubernetes does not know. */
export const deleteOptionsOf = (body: JsonValue | undefined, query: URLSearchParams): DeleteOptions => {
  const given = givenOptions(body)
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

// A namespace under deletion says so in its phase.
const terminatingPhase = (target: ObjectTarget, object: KubeObject): KubeObject =>
  target.kind.group === '' && target.kind.plural === 'namespaces'
    ? { ...object, ...{ status: { ...section(object, 'status'), phase: 'Terminating' } } }
    : object

// What spec.finalizers of a namespace does, said in the words of metadata.finalizers.
const heldBySpec = 'weft.dev/held-by-spec'

const withoutPlaceholder = (kind: Kind, object: KubeObject): KubeObject => {
  const { finalizers = [], generation, ...metadata } = object.metadata
  const kept = finalizers.filter((finalizer) => finalizer !== heldBySpec)
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(generation === undefined || !hasGeneration(kind) ? {} : { generation }),
      ...(kept.length === 0 ? {} : { finalizers: kept }),
    },
  }
}

/** The object as a deletion leaves it: marked, unchanged, or undefined when nothing holds it; throws 409. */
const afterDeletion = (
  context: ApiContext,
  target: ObjectTarget,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined => {
  const { kind, name } = target
  const prepared = preparedForDelete(kind, object, timestampOf(context.clock.now()))
  const { metadata } = prepared
  const held = isHeldBySpec(kind, object)
    ? { ...prepared, metadata: { ...metadata, finalizers: [...(metadata.finalizers ?? []), heldBySpec] } }
    : prepared
  const grace = deletionGrace(kind, object)
  const plan = planDeletion<KubeObject>(held, {
    options,
    now: context.clock.now(),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
  })
  if (!plan.ok) return refuse(conflict(kind, name, plan.error))
  switch (plan.value.type) {
    case 'remove':
      return undefined
    case 'pending':
      return object
    case 'mark':
      return terminatingPhase(target, withoutPlaceholder(kind, plan.value.object))
  }
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
    await validated(context, target, how, { operation: 'DELETE', object, old: object })
    const after = afterDeletion(context, target, object, options)
    if (how.dryRun) return { object: after ?? object, gone: after === undefined }
    const deletion = await write(context, target, stored, after)
    if (deletion !== undefined) return deletion
  }
  return refuse(conflict(target.kind, target.name))
}
