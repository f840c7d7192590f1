import { controllerReference } from '../../machinery/object-meta.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { StatefulSet } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { OwnerReference } from '../../resources/kube-object.ts'
import { claimName, isWanted, ordinalOf } from './stateful-pods.ts'

const ownersOf = (set: StatefulSet, pod: Pod, ordinal: number): readonly OwnerReference[] => {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } =
    set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenScaled === 'Delete' && !isWanted(set, ordinal)) {
    const { controller: _, ...reference } = controllerReference({ ...pod, apiVersion: 'v1', kind: 'Pod' })
    return [reference]
  }
  return whenDeleted === 'Delete' ? [controllerReference(set)] : []
}

/** Claims whose owners say otherwise than persistentVolumeClaimRetentionPolicy: what owns a claim takes it along. */
export const planClaimOwners = (
  set: StatefulSet,
  pods: readonly Pod[],
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
): readonly PersistentVolumeClaim[] =>
  pods.flatMap((pod) => {
    const ordinal = ordinalOf(set, pod)
    if (ordinal === undefined) return []
    const podUids = new Set([set.metadata.uid, pod.metadata.uid])
    return (set.spec.volumeClaimTemplates ?? []).flatMap((template) => {
      const claim = claims.get(claimName(set, template, ordinal))
      if (claim === undefined) return []
      const before = claim.metadata.ownerReferences ?? []
      const strangers = before.filter(
        ({ uid, kind, name }) => !podUids.has(uid) && !(kind === 'Pod' && name === pod.metadata.name),
      )
      const ownerReferences = [...strangers, ...ownersOf(set, pod, ordinal)]
      return jsonEqual(before, ownerReferences)
        ? []
        : [{ ...claim, metadata: { ...claim.metadata, ownerReferences } }]
    })
  })
