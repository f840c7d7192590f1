/** No object collects managers without end (managedfields capmanagers.go). */
import { union } from './field-set.ts'
import { type Owner, ownerKey, type Owners } from './managed-fields.ts'

/** Entries of updates that are kept apart; older ones become one per version. */
const mostUpdates = 10
const bucketManager = 'ancient-changes'

const isOlder = ([leftKey, left]: readonly [string, Owner], [rightKey, right]: readonly [string, Owner]) => {
  const [a, b] = [left.time ?? '', right.time ?? '']
  if (a !== b) return a < b ? -1 : 1
  return leftKey < rightKey ? -1 : 1
}

/** The owners with the oldest of too many updates merged into `ancient-changes`. */
export const cappedOwners = (owners: Owners): Owners => {
  const updates = [...owners].filter(([, { operation }]) => operation === 'Update')
  if (updates.length <= mostUpdates) return owners
  const capped = new Map(owners)
  let count = updates.length
  for (const [key, owner] of updates.toSorted(isOlder)) {
    if (count <= mostUpdates) break
    const { apiVersion, fields, time } = owner
    const identity = { manager: bucketManager, operation: 'Update', apiVersion } as const
    const bucket = ownerKey(identity)
    const known = capped.get(bucket)
    capped.delete(key)
    if (known !== undefined && key !== bucket) count -= 1
    capped.set(bucket, {
      ...identity,
      ...(time === undefined ? {} : { time }),
      fields: known === undefined ? fields : union(known.fields, fields),
    })
  }
  return capped
}
