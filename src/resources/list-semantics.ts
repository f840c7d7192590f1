/** Merge keys, list types and map types of Kubernetes' API reference: npm's schemas do not carry them. */
import type { Schema } from './schema.ts'

const mapBy = (...keys: readonly [string, ...string[]]): Schema => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  'x-kubernetes-patch-merge-key': keys[0],
  'x-kubernetes-patch-strategy': 'merge',
})

const ATOMIC: Schema = { 'x-kubernetes-list-type': 'atomic' }
const ATOMIC_MAP: Schema = { 'x-kubernetes-map-type': 'atomic' }
const MERGED_SET: Schema = { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' }
const CONDITIONS = mapBy('type')
/** Part of a list's key: server-side apply needs the default to find the item. */
const PROTOCOL: Schema = { default: 'TCP' }

const retainKeys = (schema: Schema): Schema => ({
  ...schema,
  'x-kubernetes-patch-strategy': 'merge,retainKeys',
})

const atomic = (...fields: readonly string[]): Readonly<Record<string, Schema>> =>
  Object.fromEntries(fields.map((field) => [field, ATOMIC]))

const container: Readonly<Record<string, Schema>> = {
  ...atomic('args', 'command', 'envFrom', 'resizePolicy', 'restartPolicyRules'),
  env: mapBy('name'),
  ports: mapBy('containerPort', 'protocol'),
  volumeMounts: mapBy('mountPath'),
  volumeDevices: mapBy('devicePath'),
}

const core: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  Capabilities: atomic('add', 'drop'),
  ConfigMapProjection: atomic('items'),
  ConfigMapVolumeSource: atomic('items'),
  Container: container,
  ContainerPort: { protocol: PROTOCOL },
  DownwardAPIProjection: atomic('items'),
  DownwardAPIVolumeSource: atomic('items'),
  EndpointSubset: atomic('addresses', 'notReadyAddresses', 'ports'),
  Endpoints: atomic('subsets'),
  EphemeralContainer: container,
  ExecAction: atomic('command'),
  HTTPGetAction: atomic('httpHeaders'),
  HostAlias: atomic('hostnames'),
  LoadBalancerIngress: atomic('ports'),
  LoadBalancerStatus: atomic('ingress'),
  NamespaceSpec: atomic('finalizers'),
  NamespaceStatus: { conditions: CONDITIONS },
  NodeSpec: { ...atomic('taints'), podCIDRs: MERGED_SET },
  NodeStatus: {
    ...atomic('images', 'volumesInUse', 'volumesAttached'),
    addresses: mapBy('type'),
    conditions: CONDITIONS,
  },
  PodDNSConfig: atomic('nameservers', 'searches', 'options'),
  LimitRangeSpec: atomic('limits'),
  PodSecurityContext: atomic('supplementalGroups', 'sysctls'),
  PersistentVolumeClaimSpec: atomic('accessModes'),
  PersistentVolumeClaimStatus: { ...atomic('accessModes'), conditions: CONDITIONS },
  PersistentVolumeSpec: atomic('accessModes', 'mountOptions'),
  PodSpec: {
    ...atomic('readinessGates', 'tolerations'),
    containers: mapBy('name'),
    ephemeralContainers: mapBy('name'),
    initContainers: mapBy('name'),
    hostAliases: mapBy('ip'),
    imagePullSecrets: mapBy('name'),
    nodeSelector: ATOMIC_MAP,
    resourceClaims: retainKeys(mapBy('name')),
    schedulingGates: mapBy('name'),
    topologySpreadConstraints: mapBy('topologyKey', 'whenUnsatisfiable'),
    volumes: retainKeys(mapBy('name')),
  },
  PodStatus: {
    ...atomic('containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses', 'hostIPs'),
    conditions: CONDITIONS,
    podIPs: mapBy('ip'),
    resourceClaimStatuses: retainKeys(mapBy('name')),
  },
  ProjectedVolumeSource: atomic('sources'),
  ResourceRequirements: { claims: mapBy('name') },
  ReplicationControllerSpec: { selector: ATOMIC_MAP },
  ReplicationControllerStatus: { conditions: CONDITIONS },
  ResourceQuotaSpec: atomic('scopes'),
  ScopeSelector: atomic('matchExpressions'),
  ScopedResourceSelectorRequirement: atomic('values'),
  SecretProjection: atomic('items'),
  SecretVolumeSource: atomic('items'),
  ServiceAccount: { ...atomic('imagePullSecrets'), secrets: mapBy('name') },
  ServicePort: { protocol: PROTOCOL },
  ServiceSpec: {
    ...atomic('clusterIPs', 'externalIPs', 'ipFamilies', 'loadBalancerSourceRanges'),
    ports: mapBy('port', 'protocol'),
    selector: ATOMIC_MAP,
  },
  ServiceStatus: { conditions: CONDITIONS },
}

const meta: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  LabelSelector: atomic('matchExpressions'),
  LabelSelectorRequirement: atomic('values'),
  ObjectMeta: { ...atomic('managedFields'), finalizers: MERGED_SET, ownerReferences: mapBy('uid') },
}

const apps: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  DaemonSetStatus: { conditions: CONDITIONS },
  DeploymentSpec: { strategy: { 'x-kubernetes-patch-strategy': 'retainKeys' } },
  DeploymentStatus: { conditions: CONDITIONS },
  ReplicaSetStatus: { conditions: CONDITIONS },
  StatefulSetSpec: {
    // The package writes the claim's schema out, without its apiVersion and kind: there it is an object of its own.
    volumeClaimTemplates: { ...ATOMIC, items: { $ref: 'io.k8s.api.core.v1.PersistentVolumeClaim' } },
  },
  StatefulSetStatus: { conditions: CONDITIONS },
}

const batch: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  CronJobStatus: atomic('active'),
  // One item of apply, but a patch merges by type.
  JobStatus: {
    conditions: {
      ...ATOMIC,
      'x-kubernetes-patch-merge-key': 'type',
      'x-kubernetes-patch-strategy': 'merge',
    },
  },
  PodFailurePolicy: atomic('rules'),
  PodFailurePolicyOnExitCodesRequirement: { values: { 'x-kubernetes-list-type': 'set' } },
  PodFailurePolicyRule: atomic('onPodConditions'),
  SuccessPolicy: atomic('rules'),
  UncountedTerminatedPods: {
    failed: { 'x-kubernetes-list-type': 'set' },
    succeeded: { 'x-kubernetes-list-type': 'set' },
  },
}

const storage: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  StorageClass: atomic('allowedTopologies', 'mountOptions'),
}

const discovery: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  Endpoint: { addresses: { 'x-kubernetes-list-type': 'set' } },
  EndpointSlice: atomic('endpoints', 'ports'),
}

const networking: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  HTTPIngressRuleValue: atomic('paths'),
  IPBlock: atomic('except'),
  IngressLoadBalancerIngress: atomic('ports'),
  IngressLoadBalancerStatus: atomic('ingress'),
  IngressSpec: atomic('rules', 'tls'),
  IngressTLS: atomic('hosts'),
  NetworkPolicyEgressRule: atomic('ports', 'to'),
  NetworkPolicyIngressRule: atomic('ports', 'from'),
  NetworkPolicySpec: atomic('ingress', 'egress', 'policyTypes'),
}

const rbac: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  AggregationRule: atomic('clusterRoleSelectors'),
  ClusterRole: atomic('rules'),
  ClusterRoleBinding: atomic('subjects'),
  PolicyRule: atomic('verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'),
  Role: atomic('rules'),
  RoleBinding: atomic('subjects'),
}

const policy: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  PodDisruptionBudgetSpec: { selector: { 'x-kubernetes-patch-strategy': 'replace' } },
  PodDisruptionBudgetStatus: { conditions: CONDITIONS },
}

const webhook: Readonly<Record<string, Schema>> = {
  ...atomic('admissionReviewVersions', 'rules'),
  matchConditions: mapBy('name'),
}

const admission: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  MutatingWebhook: webhook,
  MutatingWebhookConfiguration: { webhooks: mapBy('name') },
  RuleWithOperations: atomic('apiGroups', 'apiVersions', 'operations', 'resources'),
  ValidatingWebhook: webhook,
  ValidatingWebhookConfiguration: { webhooks: mapBy('name') },
}

const tables = [
  ['io.k8s.api.core.v1.', core],
  ['io.k8s.api.apps.v1.', apps],
  ['io.k8s.api.batch.v1.', batch],
  ['io.k8s.api.storage.v1.', storage],
  ['io.k8s.api.discovery.v1.', discovery],
  ['io.k8s.api.networking.v1.', networking],
  ['io.k8s.api.policy.v1.', policy],
  ['io.k8s.api.rbac.v1.', rbac],
  ['io.k8s.api.admissionregistration.v1.', admission],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.', meta],
] as const

/** Objects that an apply replaces as a whole. */
const ATOMIC_OBJECTS: ReadonlySet<string> = new Set([
  ...[
    'ConfigMapKeySelector',
    'LocalObjectReference',
    'NodeSelector',
    'NodeSelectorTerm',
    'ObjectFieldSelector',
    'ObjectReference',
    'ResourceFieldSelector',
    'SecretKeySelector',
    'SecretReference',
    'TopologySelectorTerm',
    'TypedLocalObjectReference',
  ].map((name) => `io.k8s.api.core.v1.${name}`),
  'io.k8s.api.core.v1.ScopeSelector',
  'io.k8s.api.networking.v1.ServiceBackendPort',
  'io.k8s.api.rbac.v1.RoleRef',
  'io.k8s.api.rbac.v1.Subject',
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
])

/** The schema `name` with what lists and maps of it merge by. */
export const withListSemantics = (name: string, schema: Schema): Schema => {
  const table = tables.find(([prefix]) => name.startsWith(prefix))
  const fields = table?.[1][name.slice(table[0].length)] ?? {}
  const marked = Object.entries(fields).flatMap(([field, semantics]): [string, Schema][] => {
    const property = schema.properties?.[field]
    return property === undefined ? [] : [[field, { ...property, ...semantics }]]
  })
  const properties =
    marked.length === 0 ? {} : { properties: { ...schema.properties, ...Object.fromEntries(marked) } }
  return { ...schema, ...properties, ...(ATOMIC_OBJECTS.has(name) ? ATOMIC_MAP : {}) }
}
