/** Istio's kinds of networking beside VirtualService, DestinationRule and Gateway. */
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { adviseEnvoyFilter } from './advise-envoy-filter.ts'
import { adviseServiceEntry, adviseWorkloadEntry } from './advise-service-entry.ts'
import { adviseSidecar } from './advise-sidecar.ts'
import { adviseSelector } from './advise.ts'
import { networkingGroup } from './networking-group.ts'
import { validateSelectorLabels } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import type { ServiceEntry } from './service-entry.ts'
import { validateEnvoyFilter } from './validate-envoy-filter.ts'
import type { EnvoyFilter } from './envoy-filter.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateServiceEntry } from './validate-service-entry.ts'
import { validateSidecar } from './validate-sidecar.ts'
import type { Sidecar } from './validate-sidecar.ts'
import { validateWorkloadEntry } from './validate-workload-entry.ts'
import { validateWorkloadGroup } from './validate-workload-group.ts'
import type { WorkloadGroup } from './validate-workload-group.ts'
import type { WorkloadEntry } from './workload-entry.ts'

/** ProxyConfig: settings of the proxies of a namespace or of some workloads. */
interface ProxyConfig extends KubeObject {
  readonly spec?: { readonly selector?: PolicyTarget['selector'] }
}

const serviceEntryColumns = [
  nameColumn,
  column<ServiceEntry>('Hosts', 'The hosts associated with the ServiceEntry', ({ spec }) =>
    spec?.hosts === undefined ? '' : JSON.stringify(spec.hosts),
  ),
  column<ServiceEntry>(
    'Location',
    'Whether the service is external to the mesh or part of the mesh (MESH_EXTERNAL or MESH_INTERNAL)',
    ({ spec }) => spec?.location ?? '',
  ),
  column<ServiceEntry>(
    'Resolution',
    'Service resolution mode for the hosts (NONE, STATIC, or DNS)',
    ({ spec }) => spec?.resolution ?? '',
  ),
  ageColumn,
]

export const networkingKinds: readonly Kind[] = [
  defineKind<ServiceEntry>({
    ...networkingGroup,
    kind: 'ServiceEntry',
    plural: 'serviceentries',
    shortNames: ['se'],
    columns: serviceEntryColumns,
    validate: validateServiceEntry,
    advice: adviseServiceEntry,
  }),
  defineKind<Sidecar>({
    ...networkingGroup,
    kind: 'Sidecar',
    plural: 'sidecars',
    validate: validateSidecar,
    advice: adviseSidecar,
  }),
  defineKind<WorkloadEntry>({
    ...networkingGroup,
    kind: 'WorkloadEntry',
    plural: 'workloadentries',
    shortNames: ['we'],
    requiresSpec: true,
    columns: [
      nameColumn,
      ageColumn,
      column<WorkloadEntry>(
        'Address',
        'Address associated with the network endpoint.',
        ({ spec }) => spec?.address ?? '',
      ),
    ],
    validate: validateWorkloadEntry,
    advice: adviseWorkloadEntry,
  }),
  defineKind<WorkloadGroup>({
    ...networkingGroup,
    kind: 'WorkloadGroup',
    plural: 'workloadgroups',
    shortNames: ['wg'],
    isCarriedOut: false,
    requiresSpec: true,
    validate: validateWorkloadGroup,
  }),
  defineKind<ProxyConfig>({
    ...networkingGroup,
    kind: 'ProxyConfig',
    plural: 'proxyconfigs',
    versions: ['v1beta1'],
    isCarriedOut: false,
    validate: (config) => [
      ...validateIstioMetadata(config),
      ...validateSelectorLabels('spec.selector.matchLabels', config.spec?.selector?.matchLabels),
    ],
    advice: ({ spec = {} }) => adviseSelector(spec),
  }),
  defineKind<EnvoyFilter>({
    ...networkingGroup,
    kind: 'EnvoyFilter',
    plural: 'envoyfilters',
    versions: ['v1alpha3'],
    isCarriedOut: false,
    validate: validateEnvoyFilter,
    advice: adviseEnvoyFilter,
  }),
]
