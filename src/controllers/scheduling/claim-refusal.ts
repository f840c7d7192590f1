import { objectKey } from '../../cluster/object-change.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'

export interface StorageLookup {
  /** By key. */
  readonly claim: (key: string) => PersistentVolumeClaim | undefined
  readonly storageClass: (name: string) => StorageClass | undefined
}

/** Why a pod's claims keep it from being scheduled, in kube-scheduler's words; `waiting`: nobody needs to be told. */
export const claimRefusal = (
  pod: Pod,
  lookup: StorageLookup,
): { readonly message?: string; readonly waiting: boolean } => {
  let waiting = false
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue
    const { claimName } = persistentVolumeClaim
    const claim = lookup.claim(objectKey({ ...pod.metadata, name: claimName }))
    if (claim === undefined)
      return { message: `persistentvolumeclaim "${claimName}" not found`, waiting: true }
    if (claim.metadata.deletionTimestamp !== undefined)
      return { message: `persistentvolumeclaim "${claimName}" is being deleted`, waiting: true }
    if (claim.status?.phase === 'Bound') continue
    const mode = lookup.storageClass(claim.spec.storageClassName ?? '')?.volumeBindingMode
    if (mode !== 'WaitForFirstConsumer')
      return { message: 'pod has unbound immediate PersistentVolumeClaims', waiting: true }
    waiting = true
  }
  return { waiting }
}
