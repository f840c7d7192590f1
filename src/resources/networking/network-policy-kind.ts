/** NetworkPolicy's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { fill, mapField } from '../fill-defaults.ts'
import { formatLabelSelector } from '../meta/format-selector.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { NetworkPolicy, NetworkPolicyPort, NetworkPolicySpec } from './network-policy.ts'
import { validateNetworkPolicy } from './validate-network-policy.ts'

const withPortDefaults = <T extends { readonly ports?: readonly NetworkPolicyPort[] }>(rule: T): T => ({
  ...rule,
  ...(rule.ports === undefined ? {} : { ports: rule.ports.map((port) => fill(port, { protocol: 'TCP' })) }),
})

const withSpecDefaults = (spec: NetworkPolicySpec): NetworkPolicySpec => {
  const rules = mapField(
    mapField(spec, 'ingress', (ingress) => ingress.map(withPortDefaults)),
    'egress',
    (egress) => egress.map(withPortDefaults),
  )
  const types = ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])]
  return fill(rules, { policyTypes: types })
}

export const networkPolicyKind = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<NetworkPolicy>('Pod-Selector', 'The pods that the policy is for.', ({ spec }) =>
      formatLabelSelector(spec?.podSelector),
    ),
    ageColumn,
  ],
  applyDefaults: (policy) => mapField(policy, 'spec', withSpecDefaults),
  validate: validateNetworkPolicy,
  warnings: () => [
    'NetworkPolicy is stored but not enforced by this cluster: every pod reaches every pod; write an Istio AuthorizationPolicy to refuse requests',
  ],
})
