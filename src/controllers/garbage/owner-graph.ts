import { type ObjectChange, objectKey } from '../../cluster/object-change.ts'
import type { KubeObject, OwnerReference } from '../../resources/kube-object.ts'
import type { ControlledKind } from '../controller-context.ts'

/** What the garbage collector keeps of an object. */
export interface OwnedObject {
  readonly uid: string
  readonly kind: ControlledKind
  readonly namespace: string | undefined
  readonly name: string
  readonly owners: readonly OwnerReference[]
  readonly deleting: boolean
  readonly finalizers: readonly string[]
}

/** All objects by uid, and who depends on whom. */
export interface OwnerGraph {
  readonly get: (uid: string) => OwnedObject | undefined
  readonly dependents: (owner: string) => readonly OwnedObject[]
  /** Gives the uids to look at because of the change. */
  readonly apply: (kind: ControlledKind, change: ObjectChange<KubeObject>) => readonly string[]
}

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

/** Its deletion waits until its dependents are gone. */
export const waitsForDependents = (object: Pick<OwnedObject, 'deleting' | 'finalizers'>): boolean =>
  object.deleting && object.finalizers.includes(foregroundFinalizer)

export const ownedObject = (kind: ControlledKind, object: KubeObject): OwnedObject => ({
  uid: object.metadata.uid ?? objectKey(object.metadata),
  kind,
  namespace: object.metadata.namespace,
  name: object.metadata.name,
  owners: object.metadata.ownerReferences ?? [],
  deleting: object.metadata.deletionTimestamp !== undefined,
  finalizers: object.metadata.finalizers ?? [],
})

export const createOwnerGraph = (): OwnerGraph => {
  const objects = new Map<string, OwnedObject>()
  const dependents = new Map<string, Set<string>>()
  const unlink = ({ uid, owners }: OwnedObject): void => {
    for (const owner of owners) {
      const set = dependents.get(owner.uid)
      set?.delete(uid)
      if (set?.size === 0) dependents.delete(owner.uid)
    }
  }
  const link = ({ uid, owners }: OwnedObject): void => {
    for (const owner of owners) {
      const set = dependents.get(owner.uid)
      if (set === undefined) dependents.set(owner.uid, new Set([uid]))
      else set.add(uid)
    }
  }
  const dependentUids = (uid: string): readonly string[] => [...(dependents.get(uid) ?? [])]
  return {
    get: (uid) => objects.get(uid),
    dependents: (owner) =>
      dependentUids(owner).flatMap((uid) => {
        const dependent = objects.get(uid)
        return dependent === undefined ? [] : [dependent]
      }),
    apply: (kind, change) => {
      const next = ownedObject(kind, change.object)
      const before = objects.get(next.uid)
      if (before !== undefined) unlink(before)
      // Owners that wait for this one look whether it still stands in their way.
      const waiting = (before ?? next).owners
        .map(({ uid }) => uid)
        .filter((uid) => {
          const owner = objects.get(uid)
          return owner !== undefined && owner.deleting
        })
      if (change.type === 'deleted') {
        objects.delete(next.uid)
        return [...dependentUids(next.uid), ...waiting]
      }
      objects.set(next.uid, next)
      link(next)
      const own = next.owners.length > 0 || next.deleting ? [next.uid] : []
      return [...own, ...waiting, ...(waitsForDependents(next) ? dependentUids(next.uid) : [])]
    },
  }
}
