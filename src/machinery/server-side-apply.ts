/** Server-side apply and the bookkeeping of field owners on every other write. */
import { type JsonObject, jsonEqual } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { KubeObject, ManagedFieldsEntry } from '../resources/kube-object.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import type { FieldConflict } from './apply-conflicts.ts'
import { cappedOwners } from './cap-managers.ts'
import {
  difference,
  emptySet,
  type FieldSet,
  intersection,
  isEmptySet,
  membersOf,
  setOfPaths,
  union,
} from './field-set.ts'
import { fieldsOfLastApplied, kubectlManager, withLastApplied } from './last-applied.ts'
import {
  decodeManagedFields,
  encodeManagedFields,
  ownable,
  type Owner,
  ownerKey,
  type Owners,
} from './managed-fields.ts'
import { type Comparison, compareValues, fieldsOf, mergeValues, pruneValue } from './structured-merge.ts'
import { resolveSchema } from './schema-walk.ts'

export interface FieldManager {
  readonly manager: string
  /** RFC 3339, whole seconds. */
  readonly now: string
  /** `status`, `scale` ...; absent for the resource itself. */
  readonly subresource?: string
  /** What this endpoint ignores of a request, e.g. `setOfPaths([['f:status']])` for the resource itself. */
  readonly resetFields?: FieldSet
  readonly schema: Schema
  readonly library: SchemaLibrary
}

/** Objects are JSON at this level; KubeObject's declared fields alone have no index signature. */
type Json<T> = T & JsonObject

const jsonOf = <T extends KubeObject>(object: T): Json<T> => object as Json<T>

/**
 * Applies `configuration` (the whole intent of one manager) to `live` (undefined: the object does not exist).
 * Gives the object to store with its managedFields, or the conflicts with other managers unless `force`.
 * What the manager applied before and no longer names is removed unless somebody else owns it.
 * Nothing changed: the result is `live` itself.
 */
export const applyConfiguration = <T extends KubeObject>(
  live: T | undefined,
  configuration: T,
  context: FieldManager & { readonly force: boolean },
): Result<T, readonly FieldConflict[]> => {
  const { library, resetFields = emptySet } = context
  const schema = resolveSchema(context.schema, library)
  const before = live === undefined ? undefined : withoutManagedFields(live)
  const intent = jsonOf(withoutManagedFields(configuration))
  const owners = live === undefined ? new Map<string, Owner>() : ownersOf(live, context)
  const self = ownerOf('Apply', configuration.apiVersion, context)
  const key = ownerKey(self)
  const last = owners.get(key)?.fields ?? emptySet
  const fields = ownable(fieldsOf(intent, schema, library), resetFields)
  const merged = mergeValues(before, intent, schema, library)
  const all = [...owners].reduce(
    (set, [each, owner]) => (each === key ? set : union(set, owner.fields)),
    fields,
  )
  const pruned = (pruneValue(merged, { last, owned: all }, schema, library) ?? merged) as Json<T>
  const comparison = compareValues(before, pruned, schema, library)
  const others = new Map([...owners].filter(([each]) => each !== key))
  const conflicts = context.force
    ? []
    : refusedConflicts(before, conflictsOf(others, comparison, resetFields), context)
  if (conflicts.length > 0) return fail(conflicts)
  const after = new Map(withoutChanged(others, comparison))
  after.set(key, { ...self, fields })
  return ok(
    stored(live, context.manager === kubectlManager ? withLastApplied(pruned, intent) : pruned, after),
  )
}

/** kubectl takes over what its client-side apply set before, without force: what else stands against it. */
const refusedConflicts = (
  live: Json<KubeObject> | undefined,
  conflicts: readonly FieldConflict[],
  { manager, schema, library }: FieldManager,
): readonly FieldConflict[] => {
  if (conflicts.length === 0 || live === undefined || manager !== kubectlManager) return conflicts
  const own = fieldsOfLastApplied(live, resolveSchema(schema, library), library)
  if (own === undefined) return conflicts
  return conflicts.filter(({ path }) => !isEmptySet(difference(setOfPaths([path]), own)))
}

/**
 * The object to store with ownership kept up to date, after a create, update or patch (not apply) by `context.manager`:
 * it owns what it changed or added, and others lose that. `object` may carry managedFields: they replace live's
 * (an empty first entry clears them).
 */
export const trackUpdate = <T extends KubeObject>(
  live: T | undefined,
  object: T,
  context: FieldManager,
): T => {
  const { library, resetFields = emptySet } = context
  const schema = resolveSchema(context.schema, library)
  const before = live === undefined ? undefined : withoutManagedFields(live)
  const plain = withoutManagedFields(object)
  const comparison = compareValues(before ?? identityOf(plain), plain, schema, library)
  const given = object.metadata.managedFields
  if (isReset(given)) return plain
  const owners = decodeManagedFields(
    given !== undefined && given.length > 0 ? given : live?.metadata.managedFields,
  )
  // Nobody is recorded for an object whose record was cleared, until the first apply.
  if (live !== undefined && owners.size === 0) return plain
  const self = ownerOf('Update', object.apiVersion, context)
  const key = ownerKey(self)
  const previous = owners.get(key)
  const changed = ownable(union(comparison.added, comparison.modified), resetFields)
  const after = new Map(withoutChanged(owners, comparison))
  const kept = difference(previous?.fields ?? emptySet, comparison.removed)
  const fields = union(kept, changed)
  if (isEmptySet(fields)) after.delete(key)
  else
    after.set(
      key,
      isEmptySet(changed) && previous !== undefined ? { ...previous, fields } : { ...self, fields },
    )
  return withManagedFields(plain, cappedOwners(after))
}

const isReset = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries?.length === 1 && Object.keys(entries[0] ?? {}).length === 0

/** A new object is compared with its bare identity, so that `metadata` and `spec` themselves are nobody's. */
const identityOf = (object: KubeObject): JsonObject => {
  const containers = Object.entries(jsonOf(object)).filter(
    ([key, value]) =>
      ['metadata', 'spec', 'status'].includes(key) && typeof value === 'object' && value !== null,
  )
  return Object.fromEntries(containers.map(([key]) => [key, {}]))
}

const ownerOf = (
  operation: Owner['operation'],
  apiVersion: string,
  context: FieldManager,
): Omit<Owner, 'fields'> => ({
  manager: context.manager,
  operation,
  apiVersion,
  time: context.now,
  ...(context.subresource === undefined ? {} : { subresource: context.subresource }),
})

/** An object that nobody was recorded for belongs to `before-first-apply`, so that the first apply meets its fields. */
const ownersOf = <T extends KubeObject>(live: T, context: FieldManager): Owners => {
  const entries = live.metadata.managedFields
  if (entries !== undefined && entries.length > 0) return decodeManagedFields(entries)
  const { library } = context
  const all = fieldsOf(jsonOf(withoutManagedFields(live)), resolveSchema(context.schema, library), library)
  const owner: Owner = {
    manager: 'before-first-apply',
    operation: 'Update',
    apiVersion: live.apiVersion,
    time: context.now,
    fields: ownable(all, emptySet),
  }
  return new Map([[ownerKey(owner), owner]])
}

const conflictsOf = (
  others: Owners,
  comparison: Comparison,
  resetFields: FieldSet,
): readonly FieldConflict[] => {
  const changed = ownable(union(comparison.added, comparison.modified), resetFields)
  return [...others.values()].flatMap((owner) =>
    membersOf(intersection(owner.fields, changed)).map((path) => ({ owner, path })),
  )
}

/** Others no longer own what was changed against them or is gone. */
const withoutChanged = (owners: Owners, comparison: Comparison): Owners => {
  const lost = union(union(comparison.added, comparison.modified), comparison.removed)
  return new Map(
    [...owners].map(([key, owner]) => [key, { ...owner, fields: difference(owner.fields, lost) }]),
  )
}

/** Keeps live when only times of entries would differ. */
const stored = <T extends KubeObject>(live: T | undefined, pruned: T, owners: Owners): T => {
  const next = withManagedFields(pruned, owners)
  if (live === undefined) return next
  const timeless = (object: T): readonly unknown[] =>
    (object.metadata.managedFields ?? []).map((entry) => JSON.stringify({ ...entry, time: '' })).toSorted()
  const same =
    jsonEqual(withoutManagedFields(live), withoutManagedFields(next)) &&
    jsonEqual(timeless(live), timeless(next))
  return same ? live : next
}

const withoutManagedFields = <T extends KubeObject>(object: T): Json<T> => {
  const { managedFields: _, ...metadata } = object.metadata
  return jsonOf({ ...object, metadata })
}

const withManagedFields = <T extends KubeObject>(object: T, owners: Owners): T => ({
  ...object,
  metadata: { ...object.metadata, managedFields: encodeManagedFields(owners) },
})
