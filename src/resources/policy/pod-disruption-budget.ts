/** PodDisruptionBudget (policy/v1): how many pods of a selection must stay when pods are evicted. */
import type { Condition, KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: {
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: LabelSelector
    readonly unhealthyPodEvictionPolicy?: string
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly disruptionsAllowed?: number
    readonly currentHealthy?: number
    readonly desiredHealthy?: number
    readonly expectedPods?: number
    readonly conditions?: readonly Condition[]
  }
}
