/** Istio's kinds that are checked but not served by the API server. */
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import type { AuthorizationPolicy } from './authorization-policy.ts'
import { validateSelectorLabels } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { networkingGroup } from './networking-group.ts'
import type { ServiceEntry } from './service-entry.ts'
import { validateAuthorizationPolicy } from './validate-authorization-policy.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validatePeerAuthentication } from './validate-peer-authentication.ts'
import type { PeerAuthentication } from './validate-peer-authentication.ts'
import { validateRequestAuthentication } from './validate-request-authentication.ts'
import type { RequestAuthentication } from './validate-request-authentication.ts'
import { validateServiceEntry } from './validate-service-entry.ts'
import { validateSidecar } from './validate-sidecar.ts'
import type { Sidecar } from './validate-sidecar.ts'
import { validateTelemetry } from './validate-telemetry.ts'
import type { Telemetry } from './validate-telemetry.ts'
import { validateWorkloadEntry } from './validate-workload-entry.ts'
import { validateWorkloadGroup } from './validate-workload-group.ts'
import type { WorkloadGroup } from './validate-workload-group.ts'
import type { WorkloadEntry } from './workload-entry.ts'

/** ProxyConfig: settings of the proxies of a namespace or of some workloads. */
interface ProxyConfig extends KubeObject {
  readonly spec?: { readonly selector?: PolicyTarget['selector'] }
}

const securityGroup = {
  group: 'security.istio.io',
  categories: ['istio-io', 'security-istio-io'],
  namespaced: true,
  versions: ['v1', 'v1beta1'],
  subresources: { status: true },
} as const

const telemetryGroup = {
  group: 'telemetry.istio.io',
  categories: ['istio-io', 'telemetry-istio-io'],
  namespaced: true,
  versions: ['v1', 'v1alpha1'],
  subresources: { status: true },
} as const

export const checkedIstioKinds: readonly Kind[] = [
  defineKind<ServiceEntry>({
    ...networkingGroup,
    kind: 'ServiceEntry',
    plural: 'serviceentries',
    shortNames: ['se'],
    validate: validateServiceEntry,
  }),
  defineKind<Sidecar>({
    ...networkingGroup,
    kind: 'Sidecar',
    plural: 'sidecars',
    validate: validateSidecar,
  }),
  defineKind<WorkloadEntry>({
    ...networkingGroup,
    kind: 'WorkloadEntry',
    plural: 'workloadentries',
    shortNames: ['we'],
    requiresSpec: true,
    validate: validateWorkloadEntry,
  }),
  defineKind<WorkloadGroup>({
    ...networkingGroup,
    kind: 'WorkloadGroup',
    plural: 'workloadgroups',
    shortNames: ['wg'],
    requiresSpec: true,
    validate: validateWorkloadGroup,
  }),
  defineKind<AuthorizationPolicy>({
    ...securityGroup,
    kind: 'AuthorizationPolicy',
    plural: 'authorizationpolicies',
    shortNames: ['ap'],
    validate: validateAuthorizationPolicy,
  }),
  defineKind<PeerAuthentication>({
    ...securityGroup,
    kind: 'PeerAuthentication',
    plural: 'peerauthentications',
    shortNames: ['pa'],
    validate: validatePeerAuthentication,
  }),
  defineKind<RequestAuthentication>({
    ...securityGroup,
    kind: 'RequestAuthentication',
    plural: 'requestauthentications',
    shortNames: ['ra'],
    validate: validateRequestAuthentication,
  }),
  defineKind<Telemetry>({
    ...telemetryGroup,
    kind: 'Telemetry',
    plural: 'telemetries',
    shortNames: ['telemetry'],
    validate: validateTelemetry,
  }),
  defineKind<ProxyConfig>({
    ...networkingGroup,
    kind: 'ProxyConfig',
    plural: 'proxyconfigs',
    versions: ['v1beta1'],
    validate: (config) => [
      ...validateIstioMetadata(config),
      ...validateSelectorLabels('spec.selector.matchLabels', config.spec?.selector?.matchLabels),
    ],
  }),
]
