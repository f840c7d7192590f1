/** PriorityClass (scheduling.k8s.io/v1): a name for how important a pod is. */
import type { KubeObject } from '../kube-object.ts'

export interface PriorityClass extends KubeObject {
  readonly value: number
  readonly globalDefault?: boolean
  readonly description?: string
  readonly preemptionPolicy?: string
}

/** The classes that every cluster has (scheduling/v1 helpers), and their values. */
export const systemPriorities: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
])

/** The highest value that a class of a user may have. */
export const highestUserPriority = 1_000_000_000
