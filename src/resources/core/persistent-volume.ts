/** PersistentVolume (core/v1): storage of the cluster; here a directory of the node. */
import type { KubeObject } from '../kube-object.ts'
import type { ObjectReference } from './object-reference.ts'
import type { AccessMode } from './persistent-volume-claim.ts'
import type { HostPathVolumeSource } from './volume.ts'

export interface PersistentVolumeSpec {
  readonly capacity?: Readonly<Record<string, string | number>>
  readonly accessModes?: readonly AccessMode[]
  readonly claimRef?: ObjectReference
  readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle'
  readonly storageClassName?: string
  readonly volumeMode?: 'Filesystem' | 'Block'
  readonly hostPath?: HostPathVolumeSource
  readonly local?: { readonly path: string; readonly fsType?: string }
  readonly nodeAffinity?: object
}

export interface PersistentVolumeStatus {
  readonly phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed'
  readonly message?: string
  readonly reason?: string
  readonly lastPhaseTransitionTime?: string
}

export interface PersistentVolume extends KubeObject {
  readonly spec: PersistentVolumeSpec
  readonly status?: PersistentVolumeStatus
}
