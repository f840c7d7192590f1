/** What Kubernetes refuses in a NetworkPolicy beyond its schema (pkg/apis/networking/validation). */
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { isAddressOrBlock } from '../meta/ip-address.ts'
import { portNameProblem, portNumberProblem } from '../meta/name-syntax.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './network-policy.ts'

type Errors = readonly FieldError[]

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['Egress', 'Ingress']

const endPortErrors = (path: string, { port, endPort }: NetworkPolicyPort): Errors => {
  if (endPort === undefined) return []
  const field = child(path, 'endPort')
  if (port === undefined)
    return [required(child(path, 'port'), 'must be specified when `endPort` is specified')]
  if (typeof port === 'string') {
    return [invalid(field, endPort, 'must not be specified when `port` is non-numeric')]
  }
  return endPort < port ? [invalid(field, endPort, 'must be greater than or equal to `port`')] : []
}

const portErrors = (path: string, port: NetworkPolicyPort): Errors => {
  const { protocol, port: target } = port
  const problem =
    target === undefined
      ? undefined
      : typeof target === 'number'
        ? portNumberProblem(target)
        : portNameProblem(target)
  return [
    ...(protocol === undefined || PROTOCOLS.includes(protocol)
      ? []
      : [notSupported(child(path, 'protocol'), protocol, PROTOCOLS)]),
    ...(problem === undefined ? [] : [invalid(child(path, 'port'), target ?? 0, problem)]),
    ...endPortErrors(path, port),
  ]
}

const blockErrors = (path: string, cidr: string): Errors =>
  cidr.includes('/') && isAddressOrBlock(cidr)
    ? []
    : [invalid(path, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]

const peerErrors = (path: string, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): Errors => {
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) {
    return [required(path, 'must specify a peer')]
  }
  return [
    ...(podSelector === undefined ? [] : validateLabelSelector(child(path, 'podSelector'), podSelector)),
    ...(namespaceSelector === undefined
      ? []
      : validateLabelSelector(child(path, 'namespaceSelector'), namespaceSelector)),
    ...(ipBlock === undefined ? [] : blockErrors(child(path, 'ipBlock.cidr'), ipBlock.cidr)),
    ...itemsAt(child(path, 'ipBlock.except'), ipBlock?.except).flatMap((except) =>
      blockErrors(except.path, except.value),
    ),
    ...(ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)
      ? [forbidden(path, 'may not specify both ipBlock and another peer')]
      : []),
  ]
}

export const validateNetworkPolicy = (policy: NetworkPolicy): Errors => {
  const { podSelector, ingress, egress, policyTypes } = policy.spec ?? {}
  const rules = [
    ...itemsAt('spec.ingress', ingress).map(({ path, value }) => ({
      path,
      ...value,
      peers: 'from' as const,
    })),
    ...itemsAt('spec.egress', egress).map(({ path, value }) => ({ path, ...value, peers: 'to' as const })),
  ]
  const peersOf = (rule: (typeof rules)[number]): readonly NetworkPolicyPeer[] | undefined =>
    'from' in rule ? rule.from : 'to' in rule ? rule.to : undefined
  return [
    ...validateMetadata(policy),
    ...(podSelector === undefined ? [] : validateLabelSelector('spec.podSelector', podSelector)),
    ...rules.flatMap((rule) => [
      ...itemsAt(child(rule.path, 'ports'), rule.ports).flatMap(({ path, value }) => portErrors(path, value)),
      ...itemsAt(child(rule.path, rule.peers), peersOf(rule)).flatMap(({ path, value }) =>
        peerErrors(path, value),
      ),
    ]),
    ...itemsAt('spec.policyTypes', policyTypes).flatMap(({ path, value }) =>
      TYPES.includes(value) ? [] : [notSupported(path, value, TYPES)],
    ),
  ]
}
