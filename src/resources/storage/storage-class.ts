/** StorageClass (storage.k8s.io/v1): how volumes of a kind are made. */
import type { KubeObject } from '../kube-object.ts'

export interface StorageClass extends KubeObject {
  readonly provisioner: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly reclaimPolicy?: 'Retain' | 'Delete' | 'Recycle'
  readonly mountOptions?: readonly string[]
  readonly allowVolumeExpansion?: boolean
  /** When a claim gets its volume: at once, or when a pod wants it. */
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer'
}

/** Marks the class of claims that name none. */
export const isDefaultClass = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
  metadata.annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
