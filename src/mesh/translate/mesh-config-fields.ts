/** The fields of Istio's MeshConfig (istio.mesh.v1alpha1), by what becomes of them. */
import type { JsonObject } from '../../primitives/json-value.ts'

export const CARRIED_OUT: ReadonlySet<string> = new Set([
  'accessLogEncoding',
  'accessLogFile',
  'accessLogFormat',
  // At injection.
  'defaultConfig',
  'defaultProviders',
  'extensionProviders',
  'outboundTrafficPolicy',
  'protocolDetectionTimeout',
  'trustDomain',
])

/** Not carried out, with the value that says what happens anyway (Istio's default) where there is one. */
export const SAME_AS_DEFAULT: JsonObject = {
  connectTimeout: '10s',
  defaultDestinationRuleExportTo: ['*'],
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  disableEnvoyListenerLog: false,
  enableEnvoyAccessLogService: false,
  enablePrometheusMerge: true,
  inboundTrafficPolicy: { mode: 'PASSTHROUGH' },
  ingressClass: 'istio',
  ingressControllerMode: 'OFF',
  ingressService: 'istio-ingressgateway',
  proxyInboundListenPort: 15006,
  proxyListenPort: 15001,
  rootNamespace: 'istio-system',
  trustDomainAliases: [],
}

export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(SAME_AS_DEFAULT),
  'ca',
  'caCertificates',
  'certificates',
  'configSources',
  'defaultHttpRetryPolicy',
  'discoverySelectors',
  'dnsRefreshRate',
  'enableAutoMtls',
  'enableTracing',
  'h2UpgradePolicy',
  'hboneIdleTimeout',
  'inboundClusterStatName',
  'ingressSelector',
  'localityLbSetting',
  'meshMTLS',
  'outboundClusterStatName',
  'pathNormalization',
  'proxyHttpPort',
  'serviceScopeConfigs',
  'serviceSettings',
  'tcpKeepalive',
  'thriftConfig',
  'tlsDefaults',
  'verifyCertificateAtClient',
])
