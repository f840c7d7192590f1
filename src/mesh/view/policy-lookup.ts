/** Which destination policy a caller's traffic to a service follows. */
import { bySpecificity, isCoveredBy, isWildcard } from '../model/host-name.ts'
import { isExportedTo, selects, type Service } from '../model/service.ts'
import type { DestinationPolicy } from '../model/traffic-policy.ts'

export interface PolicyCaller {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

export interface PolicyLookup {
  /** Istio's order: the caller's namespace, then the service's, then the root namespace; in each the narrowest host. */
  readonly policyFor: (service: Service, caller: PolicyCaller) => DestinationPolicy | undefined
  /** Policies that hold for some workloads of a namespace only. */
  readonly selective: (namespace: string) => readonly DestinationPolicy[]
}

interface NamespacePolicies {
  readonly exact: ReadonlyMap<string, readonly DestinationPolicy[]>
  /** Narrowest first. */
  readonly wildcard: readonly DestinationPolicy[]
  readonly selective: readonly DestinationPolicy[]
}

const NONE: NamespacePolicies = { exact: new Map(), wildcard: [], selective: [] }

export const policyLookup = (policies: readonly DestinationPolicy[], rootNamespace: string): PolicyLookup => {
  const byNamespace = indexPolicies(policies)
  const find = (namespace: string, service: Service, accept: (policy: DestinationPolicy) => boolean) => {
    const { exact, wildcard } = byNamespace.get(namespace) ?? NONE
    return (
      exact.get(service.host)?.find(accept) ??
      wildcard.find((policy) => isCoveredBy(service.host, policy.host) && accept(policy))
    )
  }
  return {
    policyFor: (service, caller) => {
      const own = (policy: DestinationPolicy): boolean =>
        policy.workloadSelector === undefined || selects(policy.workloadSelector, caller.labels)
      const exported = (policy: DestinationPolicy): boolean =>
        policy.workloadSelector === undefined &&
        isExportedTo(policy.exportTo, policy.namespace, caller.namespace)
      return (
        (caller.namespace === rootNamespace ? undefined : find(caller.namespace, service, own)) ??
        find(service.namespace, service, exported) ??
        find(rootNamespace, service, exported)
      )
    },
    selective: (namespace) => (byNamespace.get(namespace) ?? NONE).selective,
  }
}

const indexPolicies = (policies: readonly DestinationPolicy[]): ReadonlyMap<string, NamespacePolicies> => {
  const grouped = new Map<string, DestinationPolicy[]>()
  for (const policy of policies) {
    const list = grouped.get(policy.namespace) ?? []
    list.push(policy)
    grouped.set(policy.namespace, list)
  }
  return new Map([...grouped].map(([namespace, list]) => [namespace, indexNamespace(list)]))
}

/** Policies with a workload selector are asked before those without. */
const indexNamespace = (policies: readonly DestinationPolicy[]): NamespacePolicies => {
  const selective = policies.filter((policy) => policy.workloadSelector !== undefined)
  const ordered = [...selective, ...policies.filter((policy) => policy.workloadSelector === undefined)]
  const exact = new Map<string, DestinationPolicy[]>()
  for (const policy of ordered) {
    if (isWildcard(policy.host)) continue
    const list = exact.get(policy.host) ?? []
    list.push(policy)
    exact.set(policy.host, list)
  }
  const wildcard = ordered
    .filter((policy) => isWildcard(policy.host))
    .toSorted((left, right) => bySpecificity(left.host, right.host))
  return { exact, wildcard, selective }
}
