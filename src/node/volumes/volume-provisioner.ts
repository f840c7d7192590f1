/** Makes the volumes that claims ask this node for, and deletes them when they are released. */
import { chmod, mkdir, rm } from 'node:fs/promises'
import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { Informer } from '../../cluster/informer.ts'
import { objectKey } from '../../cluster/object-change.ts'
import { isApiError } from '../../machinery/api-error.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { type NodeContext, resources } from '../node-context.ts'
import { directoryToReclaim, volumeFor, wantsVolume } from './local-path.ts'

const retryMs = 1000

interface Provisioner {
  readonly context: NodeContext
  readonly recorder: EventRecorder
  /** `volumes` in the home. */
  readonly directory: string
  readonly classes: Informer<StorageClass>
}

const provision = async (
  { context, recorder, directory, classes }: Provisioner,
  claim: PersistentVolumeClaim,
): Promise<void> => {
  const className = claim.spec.storageClassName ?? ''
  const storageClass = classes.cache.get(className)
  if (storageClass === undefined || !wantsVolume(claim)) return
  const subject = objectKey(claim.metadata)
  const note = (reason: string, message: string): void =>
    recorder.record({ object: claim, type: 'Normal', reason, message })
  note('Provisioning', `External provisioner is provisioning volume for claim "${subject}"`)
  const volume = volumeFor(claim, storageClass, { directory, node: context.nodeName })
  const path = volume.spec.hostPath?.path ?? ''
  await mkdir(path, { recursive: true })
  // Whatever user a container has, the volume is the claim's own.
  await chmod(path, 0o777)
  try {
    await context.cluster.create(resources.persistentVolumes, volume)
  } catch (error) {
    if (!isApiError(error, 409)) throw error
  }
  note('ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`)
}

const reclaim = async ({ context, directory }: Provisioner, volume: PersistentVolume): Promise<void> => {
  const path = directoryToReclaim(volume, directory)
  if (path === undefined) return
  await rm(path, { recursive: true, force: true })
  const { uid } = volume.metadata
  const preconditions = uid === undefined ? {} : { uid }
  await context.cluster
    .delete(resources.persistentVolumes, volume.metadata, { preconditions })
    .catch((error: unknown) => {
      if (!isApiError(error, 404)) throw error
    })
}

/** Runs until `signal`. What fails is tried again every second. */
export const runVolumeProvisioner = async (
  context: NodeContext,
  { recorder, directory }: { readonly recorder: EventRecorder; readonly directory: string },
  signal: AbortSignal,
): Promise<void> => {
  const claims = context.informers.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims)
  const volumes = context.informers.informer<PersistentVolume>(resources.persistentVolumes)
  const classes = context.informers.informer<StorageClass>(resources.storageClasses)
  const provisioner = { context, recorder, directory, classes }
  let queue: Promise<void> = Promise.resolve()

  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (signal.aborted) return
      context.log('volume not provisioned', { what, error: messageOf(error) })
      void context.clock.sleep(retryMs, signal).then(
        () => add(what, work),
        () => undefined,
      )
    }
  }
  const add = (what: string, work: () => Promise<void>): void => {
    queue = queue.then(() => (signal.aborted ? undefined : attempt(what, work)))
  }
  const addClaim = (key: string): void =>
    add(key, async () => {
      const claim = claims.cache.get(key)
      if (claim !== undefined) await provision(provisioner, claim)
    })

  claims.subscribe(({ object }) => {
    if (wantsVolume(object)) addClaim(objectKey(object.metadata))
  })
  classes.subscribe(() => {
    for (const claim of claims.cache.list()) if (wantsVolume(claim)) addClaim(objectKey(claim.metadata))
  })
  volumes.subscribe(({ object: { metadata } }) =>
    add(metadata.name, async () => {
      const volume = volumes.cache.get(metadata.name)
      if (volume !== undefined) await reclaim(provisioner, volume)
    }),
  )
  await context.informers.synced().catch(() => undefined)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await queue
}
