/** Volume (core/v1): the sources of files that Weft's node can mount. */
import type { ObjectFieldSelector, ResourceFieldSelector } from './container.ts'

export interface KeyToPath {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

export interface ConfigMapVolumeSource {
  readonly name?: string
  readonly items?: readonly KeyToPath[]
  readonly defaultMode?: number
  readonly optional?: boolean
}

export interface SecretVolumeSource {
  readonly secretName?: string
  readonly items?: readonly KeyToPath[]
  readonly defaultMode?: number
  readonly optional?: boolean
}

export interface EmptyDirVolumeSource {
  readonly medium?: string
  readonly sizeLimit?: string | number
}

export interface HostPathVolumeSource {
  readonly path: string
  readonly type?: string
}

export interface DownwardApiFile {
  readonly path: string
  readonly fieldRef?: ObjectFieldSelector
  readonly resourceFieldRef?: ResourceFieldSelector
  readonly mode?: number
}

export interface DownwardApiVolumeSource {
  readonly items?: readonly DownwardApiFile[]
  readonly defaultMode?: number
}

export interface VolumeProjection {
  readonly configMap?: {
    readonly name?: string
    readonly items?: readonly KeyToPath[]
    readonly optional?: boolean
  }
  readonly secret?: {
    readonly name?: string
    readonly items?: readonly KeyToPath[]
    readonly optional?: boolean
  }
  readonly downwardAPI?: { readonly items?: readonly DownwardApiFile[] }
  readonly serviceAccountToken?: {
    readonly path: string
    readonly audience?: string
    readonly expirationSeconds?: number
  }
}

export interface ProjectedVolumeSource {
  readonly sources?: readonly VolumeProjection[]
  readonly defaultMode?: number
}

export interface Volume {
  readonly name: string
  readonly emptyDir?: EmptyDirVolumeSource
  readonly configMap?: ConfigMapVolumeSource
  readonly secret?: SecretVolumeSource
  readonly hostPath?: HostPathVolumeSource
  readonly downwardAPI?: DownwardApiVolumeSource
  readonly projected?: ProjectedVolumeSource
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
}
