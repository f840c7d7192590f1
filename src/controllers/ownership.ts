import { controllerOf } from '../machinery/object-meta.ts'
import type { KubeObject, OwnerReference } from '../resources/kube-object.ts'

/** The index of objects by the uid of their controller. */
export const controllerIndex = 'controller'
export const controllerWords = (object: KubeObject): readonly string[] => {
  const reference = controllerOf(object)
  return reference === undefined ? [] : [reference.uid]
}

export const withOwner = <T extends KubeObject>(object: T, reference: OwnerReference): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: [...(object.metadata.ownerReferences ?? []), reference],
  },
})

/** Without the references to those uids. An empty list stays as such: an update must say that nothing is left. */
export const withoutOwners = <T extends KubeObject>(object: T, uids: ReadonlySet<string>): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid)),
  },
})

/** What an owner with a selector does about the objects around it (adoption and release). */
export interface Claims<T> {
  /** Controlled by the owner and selected. */
  readonly owned: readonly T[]
  /** Selected orphans, to adopt. */
  readonly adopt: readonly T[]
  /** Controlled by the owner but no longer selected, to release. */
  readonly release: readonly T[]
}

/** Kubernetes' ControllerRefManager as a decision: what goes away itself is neither adopted nor adopts. */
export const claimObjects = <T extends KubeObject>(
  owner: KubeObject,
  candidates: readonly T[],
  selects: (labels: Readonly<Record<string, string>>) => boolean,
): Claims<T> => {
  const ownerGoing = owner.metadata.deletionTimestamp !== undefined
  const owned: T[] = []
  const adopt: T[] = []
  const release: T[] = []
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const selected = selects(candidate.metadata.labels ?? {})
    const going = candidate.metadata.deletionTimestamp !== undefined
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue
      if (selected) owned.push(candidate)
      else if (!ownerGoing) release.push(candidate)
    } else if (selected && !ownerGoing && !going) adopt.push(candidate)
  }
  return { owned, adopt, release }
}
