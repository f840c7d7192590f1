/** Claims get their volumes, volumes their phases; what is in use is kept from being deleted. */
import { objectKey } from '../../cluster/object-change.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { volumeProtection } from '../../resources/core/storage-protection.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { createClaimReconciler } from './claim-reconciler.ts'
import { planVolumeStatus } from './plan-volume.ts'
import { claimKeysOf } from './pod-claims.ts'
import { claimKeyOf, dropFinalizer, type StorageInformers } from './storage-informers.ts'

const volumePrefix = 'volume:'

/** Which claims and volumes a change concerns. */
const subscribe = (
  { claims, volumes, classes, pods }: StorageInformers,
  enqueue: (key: string) => void,
): void => {
  const enqueuePending = (): void => {
    for (const { metadata, status } of claims.cache.list()) {
      if (status?.phase !== 'Bound') enqueue(objectKey(metadata))
    }
  }
  claims.subscribe(({ object }) => {
    const key = objectKey(object.metadata)
    enqueue(key)
    for (const volume of volumes.cache.list()) {
      if (claimKeyOf(volume) === key) enqueue(`${volumePrefix}${volume.metadata.name}`)
    }
  })
  volumes.subscribe(({ object }) => {
    enqueue(`${volumePrefix}${object.metadata.name}`)
    const claim = claimKeyOf(object)
    if (claim === undefined) enqueuePending()
    else enqueue(claim)
  })
  classes.subscribe(enqueuePending)
  pods.subscribe(({ object }) => claimKeysOf(object).forEach(enqueue))
}

/** Binds claims and volumes, and lets them go when nobody uses them. */
export const createPersistentVolumeController = (
  context: ControllerContext,
  signal: AbortSignal,
): Controller => {
  const { cluster, informers, clock } = context
  const name = 'persistentvolume-controller'
  const storage: StorageInformers = {
    claims: informers.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims),
    volumes: informers.informer<PersistentVolume>(resources.persistentVolumes),
    classes: informers.informer<StorageClass>(resources.storageClasses),
    pods: informers.informer<Pod>(resources.pods),
  }
  const reconcileClaim = createClaimReconciler({ cluster, recorder: context.recorder(name) }, storage, signal)

  const reconcileVolume = async (volumeName: string): Promise<void> => {
    const volume = storage.volumes.cache.get(volumeName)
    if (volume === undefined) return
    const claim = storage.claims.cache.get(claimKeyOf(volume) ?? '')
    if (volume.metadata.deletionTimestamp !== undefined) {
      if (claim !== undefined && claim.metadata.uid === volume.spec.claimRef?.uid) return
      const held = { object: volume, finalizer: volumeProtection }
      await dropFinalizer(cluster, resources.persistentVolumes, held, signal)
      return
    }
    const status = planVolumeStatus(volume, claim, clock.now())
    if (status === undefined) return
    const next = { ...volume, status }
    await cluster.update(resources.persistentVolumes, next, { subresource: 'status', signal })
  }

  const reconcile = (key: string): Promise<void> =>
    key.startsWith(volumePrefix) ? reconcileVolume(key.slice(volumePrefix.length)) : reconcileClaim(key)
  // One at a time: two claims must not choose the same volume.
  const reconciler = createReconciler({ ...context, name, reconcile, workers: 1 })
  subscribe(storage, reconciler.enqueue)
  return { name, run: reconciler.run }
}
