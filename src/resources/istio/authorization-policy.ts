/** AuthorizationPolicy (security.istio.io): who may call what. */
import type { KubeObject } from '../kube-object.ts'
import type { PolicyTarget } from './policy-target.ts'

type Names = readonly string[]

export interface Source {
  readonly principals?: Names
  readonly notPrincipals?: Names
  readonly requestPrincipals?: Names
  readonly notRequestPrincipals?: Names
  readonly namespaces?: Names
  readonly notNamespaces?: Names
  readonly ipBlocks?: Names
  readonly notIpBlocks?: Names
  readonly remoteIpBlocks?: Names
  readonly notRemoteIpBlocks?: Names
  readonly serviceAccounts?: Names
  readonly notServiceAccounts?: Names
  readonly trustDomains?: Names
  readonly notTrustDomains?: Names
}

export interface Operation {
  readonly hosts?: Names
  readonly notHosts?: Names
  readonly ports?: Names
  readonly notPorts?: Names
  readonly methods?: Names
  readonly notMethods?: Names
  readonly paths?: Names
  readonly notPaths?: Names
}

export interface AuthorizationCondition {
  readonly key?: string
  readonly values?: Names
  readonly notValues?: Names
}

export interface AuthorizationRule {
  readonly from?: readonly { readonly source?: Source }[]
  readonly to?: readonly { readonly operation?: Operation }[]
  readonly when?: readonly AuthorizationCondition[]
}

export interface AuthorizationPolicySpec extends PolicyTarget {
  readonly action?: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM'
  readonly provider?: { readonly name?: string }
  readonly rules?: readonly AuthorizationRule[]
}

export interface AuthorizationPolicy extends KubeObject {
  readonly spec?: AuthorizationPolicySpec
}
