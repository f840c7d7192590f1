import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import { claimProtection } from '../../resources/core/storage-protection.ts'
import { resources } from '../controller-context.ts'
import { isPodFinished } from '../pods/pod-state.ts'
import { type ClaimAction, planClaim } from './plan-claim.ts'
import { claimKeysOf } from './pod-claims.ts'
import { dropFinalizer, type StorageInformers } from './storage-informers.ts'

/** Brings the claim of a key to its volume; one that is deleted goes when no pod uses it any more. */
export const createClaimReconciler = (
  { cluster, recorder }: { readonly cluster: ClusterPort; readonly recorder: EventRecorder },
  { claims, volumes, classes, pods }: StorageInformers,
  signal: AbortSignal,
): ((key: string) => Promise<void>) => {
  const perform = async (
    claim: PersistentVolumeClaim,
    action: ClaimAction,
  ): Promise<PersistentVolumeClaim> => {
    switch (action.type) {
      case 'updateVolume':
        await cluster.update(resources.persistentVolumes, action.volume, { signal })
        return claim
      case 'updateClaim':
        return cluster.update(resources.persistentVolumeClaims, action.claim, { signal })
      case 'updateStatus': {
        const next = { ...claim, status: action.status }
        return cluster.update(resources.persistentVolumeClaims, next, { subresource: 'status', signal })
      }
      case 'note':
        recorder.record({ object: claim, ...action.note })
        return claim
    }
  }

  return async (key) => {
    const claim = claims.cache.get(key)
    if (claim === undefined) return
    const users = pods.cache.list(key.split('/')[0]).filter((pod) => claimKeysOf(pod).includes(key))
    if (claim.metadata.deletionTimestamp !== undefined) {
      if (users.some((pod) => !isPodFinished(pod))) return
      const held = { object: claim, finalizer: claimProtection }
      await dropFinalizer(cluster, resources.persistentVolumeClaims, held, signal)
      return
    }
    const wanted = users.length > 0
    const actions = planClaim({ claim, volumes: volumes.cache.list(), classes: classes.cache.list(), wanted })
    let latest = claim
    for (const action of actions) latest = await perform(latest, action)
  }
}
