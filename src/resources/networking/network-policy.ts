/** NetworkPolicy (networking.k8s.io/v1): which connections pods may open and take. */
import type { KubeObject } from '../kube-object.ts'
import type { LabelSelector } from '../meta/label-selector.ts'

export interface NetworkPolicyPort {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] }
}

export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector
  readonly ingress?: readonly {
    readonly ports?: readonly NetworkPolicyPort[]
    readonly from?: readonly NetworkPolicyPeer[]
  }[]
  readonly egress?: readonly {
    readonly ports?: readonly NetworkPolicyPort[]
    readonly to?: readonly NetworkPolicyPeer[]
  }[]
  readonly policyTypes?: readonly string[]
}

export interface NetworkPolicy extends KubeObject {
  readonly spec?: NetworkPolicySpec
}
