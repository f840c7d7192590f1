/** What the API server does to metadata when an object is created or updated. Time and identifiers come as values. */
import { fail, ok, type Result } from '../primitives/result.ts'
import { parseTimestamp } from '../primitives/timestamp.ts'
import type { FieldError } from '../resources/kind.ts'
import type { KubeObject, ObjectMeta, OwnerReference } from '../resources/kube-object.ts'

export interface CreateContext {
  readonly uid: string
  /** RFC 3339 in whole seconds (see `timestampOf`). */
  readonly now: string
  /** Appended to generateName; five characters of `bcdfghjklmnpqrstvwxz2456789`. */
  readonly nameSuffix: string
}

/** The longest base that leaves room for the suffix in a DNS label. */
const maximumGeneratedBase = 58

/** Fills name, uid, creationTimestamp and generation 1; clears what only deletion sets. */
export const prepareForCreate = <T extends KubeObject>(
  object: T,
  context: CreateContext,
): Result<T, readonly FieldError[]> => {
  const {
    deletionTimestamp: _,
    deletionGracePeriodSeconds: __,
    resourceVersion: ___,
    ...given
  } = object.metadata
  const { generateName = '' } = given
  const name =
    given.name || (generateName && generateName.slice(0, maximumGeneratedBase) + context.nameSuffix)
  if (!name) {
    return fail([
      { field: 'metadata.name', reason: 'FieldValueRequired', message: 'name or generateName is required' },
    ])
  }
  const metadata: ObjectMeta = {
    ...given,
    name,
    uid: context.uid,
    creationTimestamp: context.now,
    generation: 1,
  }
  return ok({ ...object, metadata })
}

export interface UpdateContext {
  /** From the table of kinds. */
  readonly generationChanges: (object: KubeObject, old: KubeObject) => boolean
  /** True for custom resources: an update without resourceVersion is refused. */
  readonly requireResourceVersion?: boolean
}

export type UpdateRefusal =
  /** resourceVersion or uid are another object's: 409. `why` replaces the usual sentence. */
  | { readonly type: 'conflict'; readonly why?: string }
  | { readonly type: 'invalid'; readonly errors: readonly FieldError[] }

/** Keeps what an update cannot change, refuses what it must not, and counts the generation. */
export const prepareForUpdate = <T extends KubeObject>(
  object: T,
  old: KubeObject,
  context: UpdateContext,
): Result<T, UpdateRefusal> => {
  const given = object.metadata
  const before = old.metadata
  if (given.uid !== undefined && given.uid !== '' && given.uid !== before.uid) {
    const why = `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${before.uid ?? ''}`
    return fail({ type: 'conflict', why })
  }
  const version = given.resourceVersion || undefined
  if (version === undefined && context.requireResourceVersion === true) {
    const message = 'must be specified for an update'
    return fail({
      type: 'invalid',
      errors: [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', value: 0, message }],
    })
  }
  if (version !== undefined && version !== before.resourceVersion) return fail({ type: 'conflict' })
  const errors = [...immutableErrors(given, before), ...newFinalizerErrors(given, before)]
  if (errors.length > 0) return fail({ type: 'invalid', errors })
  const kept = { ...object, metadata: { ...given, ...systemFields(before) } }
  if (before.deletionTimestamp === undefined) {
    const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...alive } = kept.metadata
    return ok(withGeneration({ ...kept, metadata: alive }, old, context))
  }
  return ok(withGeneration(kept, old, context))
}

const systemFields = (before: ObjectMeta): Partial<ObjectMeta> => {
  const { uid, creationTimestamp, resourceVersion, deletionTimestamp, deletionGracePeriodSeconds } = before
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  }
}

const withGeneration = <T extends KubeObject>(object: T, old: KubeObject, context: UpdateContext): T => {
  const generation = (old.metadata.generation ?? 0) + (context.generationChanges(object, old) ? 1 : 0)
  return { ...object, metadata: { ...object.metadata, generation } }
}

/** The same moment, however it is written: clients send times back as their language prints them. */
const isSameTime = (given: string, before: string | undefined): boolean => {
  const [left, right] = [parseTimestamp(given), parseTimestamp(before ?? '')]
  return left !== undefined && right !== undefined && Math.floor(left / 1000) === Math.floor(right / 1000)
}

const isKept = (
  field: 'name' | 'namespace' | 'creationTimestamp',
  given: ObjectMeta,
  before: ObjectMeta,
): boolean => {
  if (given[field] === before[field]) return true
  if (field !== 'creationTimestamp') return false
  return !given.creationTimestamp || isSameTime(given.creationTimestamp, before.creationTimestamp)
}

const immutableErrors = (given: ObjectMeta, before: ObjectMeta): readonly FieldError[] =>
  (['name', 'namespace', 'creationTimestamp'] as const)
    .filter((field) => !isKept(field, given, before))
    .map((field) => ({
      field: `metadata.${field}`,
      reason: 'FieldValueInvalid',
      value: given[field] ?? '',
      message: 'field is immutable',
    }))

const newFinalizerErrors = (given: ObjectMeta, before: ObjectMeta): readonly FieldError[] => {
  if (before.deletionTimestamp === undefined) return []
  const added = (given.finalizers ?? []).filter(
    (finalizer) => before.finalizers?.includes(finalizer) !== true,
  )
  if (added.length === 0) return []
  const shown = added.map((finalizer) => JSON.stringify(finalizer)).join(', ')
  return [
    {
      field: 'metadata.finalizers',
      reason: 'FieldValueForbidden',
      message: `no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown}}`,
    },
  ]
}

/** The owner that manages the object, if it has one. */
export const controllerOf = (object: Pick<KubeObject, 'metadata'>): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

/** The reference that makes `owner` the controller of what carries it. */
export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
