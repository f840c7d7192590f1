/** ServiceEntry (networking.istio.io): a service that no Kubernetes Service stands for. */
import type { KubeObject } from '../kube-object.ts'
import type { WorkloadEntrySpec } from './workload-entry.ts'

export interface ServiceEntryPort {
  readonly number?: number
  readonly name?: string
  readonly protocol?: string
  readonly targetPort?: number
}

export interface ServiceEntrySpec {
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly ports?: readonly ServiceEntryPort[]
  readonly location?: 'MESH_EXTERNAL' | 'MESH_INTERNAL'
  readonly resolution?: 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS'
  readonly endpoints?: readonly WorkloadEntrySpec[]
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> }
  readonly exportTo?: readonly string[]
}

export interface ServiceEntry extends KubeObject {
  readonly spec: ServiceEntrySpec
}
