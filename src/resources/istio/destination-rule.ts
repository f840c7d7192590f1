/** DestinationRule (networking.istio.io): how a client talks to a host, and its subsets. */
import type { KubeObject } from '../kube-object.ts'
import type { IstioStatus } from './istio-status.ts'
import type { TrafficPolicy } from './traffic-policy.ts'

export interface Subset {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly trafficPolicy?: TrafficPolicy
}

export interface DestinationRuleSpec {
  readonly host: string
  readonly trafficPolicy?: TrafficPolicy
  readonly subsets?: readonly Subset[]
  readonly exportTo?: readonly string[]
  readonly workloadSelector?: { readonly matchLabels?: Readonly<Record<string, string>> }
}

export interface DestinationRule extends KubeObject {
  readonly spec: DestinationRuleSpec
  readonly status?: IstioStatus
}
