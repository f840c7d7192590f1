/** Job (batch/v1): pods that run to their end, as many times as asked for. */
import type { PodTemplateSpec } from '../core/pod.ts'
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export interface PodFailurePolicyRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count'
  readonly onExitCodes?: {
    readonly containerName?: string
    readonly operator: 'In' | 'NotIn'
    readonly values: readonly number[]
  }
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[]
}

export interface SuccessPolicyRule {
  /** Indexes and ranges of them, e.g. `0,2-4`. */
  readonly succeededIndexes?: string
  readonly succeededCount?: number
}

export interface JobSpec {
  readonly parallelism?: number
  /** Absent: a work queue, done when its pods are and one has succeeded. */
  readonly completions?: number
  readonly activeDeadlineSeconds?: number
  readonly podFailurePolicy?: { readonly rules: readonly PodFailurePolicyRule[] }
  readonly successPolicy?: { readonly rules: readonly SuccessPolicyRule[] }
  readonly backoffLimit?: number
  readonly backoffLimitPerIndex?: number
  readonly maxFailedIndexes?: number
  readonly selector?: LabelSelector
  readonly manualSelector?: boolean
  readonly template: PodTemplateSpec
  readonly ttlSecondsAfterFinished?: number
  readonly completionMode?: 'NonIndexed' | 'Indexed'
  readonly suspend?: boolean
  readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed'
  readonly managedBy?: string
}

export interface JobCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastProbeTime?: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

/** Pods (by uid) that have ended and still hold the finalizer, because the counters do not have them yet. */
export interface UncountedTerminatedPods {
  readonly succeeded?: readonly string[]
  readonly failed?: readonly string[]
}

export interface JobStatus {
  readonly conditions?: readonly JobCondition[]
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly terminating?: number
  readonly completedIndexes?: string
  readonly failedIndexes?: string
  readonly uncountedTerminatedPods?: UncountedTerminatedPods
  readonly ready?: number
}

export interface Job extends KubeObject {
  readonly spec: JobSpec
  readonly status?: JobStatus
}

/** The labels by which a Job finds its pods; the older names stay for those who select by them. */
export const jobPodLabels = (name: string, uid: string): Readonly<Record<string, string>> => ({
  'batch.kubernetes.io/controller-uid': uid,
  'batch.kubernetes.io/job-name': name,
  'controller-uid': uid,
  'job-name': name,
})

/** Kept by a Job's pod until the Job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
/** Annotation and label of an Indexed Job's pod. */
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index'
