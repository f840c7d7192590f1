/** What the API server does to metadata when an object is created or updated. Time and identifiers come as values. */
import { fail, ok, type Result } from '../primitives/result.ts'
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

const immutableErrors = (given: ObjectMeta, before: ObjectMeta): readonly FieldError[] =>
  (['name', 'namespace', 'creationTimestamp'] as const)
    .filter((field) => given[field] !== before[field] && !(field === 'creationTimestamp' && !given[field]))
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

/** RFC 3339 in UTC and whole seconds, as metadata carries it, from milliseconds since the epoch. */
export const timestampOf = (milliseconds: number): string => {
  const days = Math.floor(milliseconds / 86_400_000)
  const second = Math.floor((milliseconds - days * 86_400_000) / 1000)
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
    two(part),
  )
  return `${dateOf(days)}T${clock.join(':')}Z`
}

const two = (part: number): string => String(part).padStart(2, '0')

/** The Gregorian date of a day since the epoch (400-year cycles of 146,097 days, years beginning in March). */
const dateOf = (days: number): string => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** The owner that manages the object, if it has one. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  owner.metadata.uid !== undefined && controllerOf(object)?.uid === owner.metadata.uid

/** The reference that makes `owner` the controller of what carries it. */
export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
