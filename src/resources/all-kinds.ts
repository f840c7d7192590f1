/** The table of kinds that Weft serves. */
import { definitionKind } from './apiextensions/definition-kind.ts'
import { controllerRevisionKind } from './apps/controller-revision-kind.ts'
import { daemonSetKind } from './apps/daemon-set-kind.ts'
import { deploymentKind } from './apps/deployment-kind.ts'
import { replicaSetKind } from './apps/replica-set-kind.ts'
import { statefulSetKind } from './apps/stateful-set-kind.ts'
import { cronJobKind } from './batch/cron-job-kind.ts'
import { jobKind } from './batch/job-kind.ts'
import { leaseKind } from './coordination/lease-kind.ts'
import { configMapKind } from './core/config-map-kind.ts'
import { endpointsKind } from './core/endpoints-kind.ts'
import { eventKind } from './core/event-kind.ts'
import { limitRangeKind } from './core/limit-range-kind.ts'
import { namespaceKind } from './core/namespace-kind.ts'
import { nodeKind } from './core/node-kind.ts'
import { persistentVolumeClaimKind } from './core/persistent-volume-claim-kind.ts'
import { persistentVolumeKind } from './core/persistent-volume-kind.ts'
import { podKind } from './core/pod-kind.ts'
import { replicationControllerKind } from './core/replication-controller-kind.ts'
import { resourceQuotaKind } from './core/resource-quota-kind.ts'
import { secretKind } from './core/secret-kind.ts'
import { serviceAccountKind } from './core/service-account-kind.ts'
import { serviceKind } from './core/service-kind.ts'
import { endpointSliceKind } from './discovery/endpoint-slice-kind.ts'
import { destinationRuleKind } from './istio/destination-rule-kind.ts'
import { appMeshKinds } from './appmesh/app-mesh-kinds.ts'
import { gatewayApiKinds } from './gateway-api/gateway-api-kinds.ts'
import { extensionKinds } from './istio/extension-kinds.ts'
import { gatewayKind } from './istio/gateway-kind.ts'
import { networkingKinds } from './istio/networking-kinds.ts'
import { securityKinds } from './istio/security-kinds.ts'
import { telemetryKind } from './istio/telemetry-kind.ts'
import { virtualServiceKind } from './istio/virtual-service-kind.ts'
import type { Kind } from './kind.ts'
import {
  mutatingWebhookConfigurationKind,
  validatingWebhookConfigurationKind,
} from './admission/webhook-configuration-kinds.ts'
import { ingressClassKind, ingressKind } from './networking/ingress-kinds.ts'
import { networkPolicyKind } from './networking/network-policy-kind.ts'
import { podDisruptionBudgetKind } from './policy/pod-disruption-budget-kind.ts'
import { clusterRoleBindingKind, roleBindingKind } from './rbac/role-binding-kinds.ts'
import { clusterRoleKind, roleKind } from './rbac/role-kinds.ts'
import { priorityClassKind } from './scheduling/priority-class-kind.ts'
import { storageClassKind } from './storage/storage-class-kind.ts'

export const allKinds: readonly Kind[] = [
  configMapKind,
  endpointsKind,
  eventKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  persistentVolumeKind,
  persistentVolumeClaimKind,
  podKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  cronJobKind,
  jobKind,
  leaseKind,
  definitionKind,
  endpointSliceKind,
  mutatingWebhookConfigurationKind,
  validatingWebhookConfigurationKind,
  ingressKind,
  ingressClassKind,
  networkPolicyKind,
  podDisruptionBudgetKind,
  roleKind,
  clusterRoleKind,
  roleBindingKind,
  clusterRoleBindingKind,
  priorityClassKind,
  storageClassKind,
  destinationRuleKind,
  gatewayKind,
  virtualServiceKind,
  ...networkingKinds,
  ...securityKinds,
  telemetryKind,
  ...extensionKinds,
  ...gatewayApiKinds,
  ...appMeshKinds,
]

/** The kind behind a path such as /apis/apps/v1/deployments. */
export const findKind = (kinds: readonly Kind[], group: string, plural: string): Kind | undefined =>
  kinds.find((kind) => kind.group === group && kind.plural === plural)

/** The kind that an object's apiVersion and kind name. */
export const findKindByName = (kinds: readonly Kind[], group: string, kind: string): Kind | undefined =>
  kinds.find((row) => row.group === group && row.kind === kind)
