import type { Informer } from '../../cluster/informer.ts'
import { objectKey } from '../../cluster/object-change.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../../machinery/ports.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'

export interface StorageInformers {
  readonly claims: Informer<PersistentVolumeClaim>
  readonly volumes: Informer<PersistentVolume>
  readonly classes: Informer<StorageClass>
  readonly pods: Informer<Pod>
}

/** The key of the claim that a volume names. */
export const claimKeyOf = ({ spec }: PersistentVolume): string | undefined =>
  spec.claimRef === undefined
    ? undefined
    : objectKey({ namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name ?? '' })

/** Takes a finalizer from an object that has it; one that is gone is no failure. */
export const dropFinalizer = async <T extends KubeObject>(
  cluster: ClusterPort,
  resource: ResourceRef,
  { object, finalizer }: { readonly object: T; readonly finalizer: string },
  signal: AbortSignal,
): Promise<void> => {
  const before = object.metadata.finalizers ?? []
  if (!before.includes(finalizer)) return
  const finalizers = before.filter((name) => name !== finalizer)
  const next = { ...object, metadata: { ...object.metadata, finalizers } }
  await cluster.update(resource, next, { signal }).catch((error: unknown) => {
    if (!isApiError(error, 404)) throw error
  })
}
