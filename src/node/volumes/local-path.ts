/** Volumes that are directories of the instance's home: what a claim of the default class gets, and what becomes of it. */
import { join, normalize } from 'node:path'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'

/** The provisioner of StorageClasses whose volumes this node makes. */
export const localPathProvisioner = 'weft.dev/local-path'
const provisionedBy = 'pv.kubernetes.io/provisioned-by'
const askedFor = 'volume.kubernetes.io/storage-provisioner'

/** True for a claim that asks this node for a volume. */
export const wantsVolume = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  metadata.annotations?.[askedFor] === localPathProvisioner &&
  (spec.volumeName ?? '') === '' &&
  metadata.deletionTimestamp === undefined

const directoryOf = ({ metadata }: PersistentVolumeClaim): string =>
  `pvc-${metadata.uid ?? ''}_${metadata.namespace ?? ''}_${metadata.name}`

/** The volume of a claim, bound to it beforehand. Its name is the same however often it is made. */
export const volumeFor = (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  place: { readonly directory: string; readonly node: string },
): PersistentVolume => {
  const { name, namespace, uid } = claim.metadata
  const storage = claim.spec.resources?.requests?.['storage'] ?? '0'
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid ?? ''}`,
      annotations: { [provisionedBy]: localPathProvisioner },
    },
    spec: {
      capacity: { storage },
      ...(claim.spec.accessModes === undefined ? {} : { accessModes: claim.spec.accessModes }),
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
      },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
      hostPath: { path: join(place.directory, directoryOf(claim)), type: 'DirectoryOrCreate' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [place.node] }] },
          ],
        },
      },
    },
  }
}

/** The directory to delete with a volume that its claim has left; undefined: the volume stays, or is not ours. */
export const directoryToReclaim = (volume: PersistentVolume, directory: string): string | undefined => {
  const { metadata, spec, status } = volume
  const ours = metadata.annotations?.[provisionedBy] === localPathProvisioner
  const over = status?.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete'
  const path = normalize(spec.hostPath?.path ?? '')
  // Whoever edits a volume must not have this node delete what lies elsewhere.
  return ours && over && path.startsWith(`${directory}/`) ? path : undefined
}
