/** The kinds that analyzers read, as `group/kind`; any version of a kind counts. */
export const kinds = {
  pod: '/Pod',
  service: '/Service',
  namespace: '/Namespace',
  node: '/Node',
  secret: '/Secret',
  configMap: '/ConfigMap',
  deployment: 'apps/Deployment',
  virtualService: 'networking.istio.io/VirtualService',
  destinationRule: 'networking.istio.io/DestinationRule',
  gateway: 'networking.istio.io/Gateway',
  serviceEntry: 'networking.istio.io/ServiceEntry',
  sidecar: 'networking.istio.io/Sidecar',
  workloadEntry: 'networking.istio.io/WorkloadEntry',
  proxyConfig: 'networking.istio.io/ProxyConfig',
  envoyFilter: 'networking.istio.io/EnvoyFilter',
  authorizationPolicy: 'security.istio.io/AuthorizationPolicy',
  requestAuthentication: 'security.istio.io/RequestAuthentication',
  telemetry: 'telemetry.istio.io/Telemetry',
  wasmPlugin: 'extensions.istio.io/WasmPlugin',
  kubernetesGateway: 'gateway.networking.k8s.io/Gateway',
  httpRoute: 'gateway.networking.k8s.io/HTTPRoute',
  grpcRoute: 'gateway.networking.k8s.io/GRPCRoute',
  tlsRoute: 'gateway.networking.k8s.io/TLSRoute',
  tcpRoute: 'gateway.networking.k8s.io/TCPRoute',
  udpRoute: 'gateway.networking.k8s.io/UDPRoute',
  gatewayClass: 'gateway.networking.k8s.io/GatewayClass',
  referenceGrant: 'gateway.networking.k8s.io/ReferenceGrant',
  mutatingWebhook: 'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  validatingWebhook: 'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  customResourceDefinition: 'apiextensions.k8s.io/CustomResourceDefinition',
} as const

/** Objects of these kinds have no namespace. */
export const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  kinds.namespace,
  kinds.node,
  kinds.mutatingWebhook,
  kinds.validatingWebhook,
  kinds.customResourceDefinition,
  kinds.gatewayClass,
  'appmesh.k8s.aws/Mesh',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  '/PersistentVolume',
])

/** `apps/v1` and `Deployment` make `apps/Deployment`; the core group is empty: `/Pod`. */
export const kindKey = (apiVersion: string, kind: string): string => {
  const slash = apiVersion.indexOf('/')
  return `${slash === -1 ? '' : apiVersion.slice(0, slash)}/${kind}`
}
