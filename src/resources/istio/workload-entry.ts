/** WorkloadEntry (networking.istio.io): a workload outside of the cluster. */
import type { KubeObject } from '../kube-object.ts'

export interface WorkloadEntrySpec {
  readonly address?: string
  readonly ports?: Readonly<Record<string, number>>
  readonly labels?: Readonly<Record<string, string>>
  readonly network?: string
}

export interface WorkloadEntry extends KubeObject {
  readonly spec: WorkloadEntrySpec
}
