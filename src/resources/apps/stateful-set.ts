/** StatefulSet (apps/v1): pods with names, addresses and volumes that outlive them. */
import type { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import type { PodTemplateSpec } from '../core/pod.ts'
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export interface ClaimRetentionPolicy {
  readonly whenDeleted?: 'Retain' | 'Delete'
  readonly whenScaled?: 'Retain' | 'Delete'
}

export interface StatefulSetUpdateStrategy {
  readonly type?: 'RollingUpdate' | 'OnDelete'
  /** Pods with an ordinal below the partition keep the older revision. */
  readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: number | string }
}

export interface StatefulSetSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[]
  readonly serviceName?: string
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
  readonly updateStrategy?: StatefulSetUpdateStrategy
  readonly revisionHistoryLimit?: number
  readonly minReadySeconds?: number
  readonly persistentVolumeClaimRetentionPolicy?: ClaimRetentionPolicy
  readonly ordinals?: { readonly start?: number }
}

export interface StatefulSetCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number
  readonly replicas: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly currentReplicas?: number
  readonly updatedReplicas?: number
  /** The name of the ControllerRevision that pods below the partition have. */
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly collisionCount?: number
  readonly conditions?: readonly StatefulSetCondition[]
}

export interface StatefulSet extends KubeObject {
  readonly spec: StatefulSetSpec
  readonly status?: StatefulSetStatus
}
