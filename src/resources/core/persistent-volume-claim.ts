/** PersistentVolumeClaim (core/v1): a request for storage that outlives the pods that use it. */
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod'

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly AccessMode[]
  readonly selector?: LabelSelector
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string | number>>
    readonly limits?: Readonly<Record<string, string | number>>
  }
  readonly volumeName?: string
  /** Absent: the default class; empty: only volumes without a class. */
  readonly storageClassName?: string
  readonly volumeMode?: 'Filesystem' | 'Block'
}

export interface PersistentVolumeClaimStatus {
  readonly phase?: 'Pending' | 'Bound' | 'Lost'
  readonly accessModes?: readonly AccessMode[]
  readonly capacity?: Readonly<Record<string, string | number>>
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: PersistentVolumeClaimSpec
  readonly status?: PersistentVolumeClaimStatus
}
