/** Istio's messages about the mesh, its installation and its extensions. */
import type { MessageRow } from './message-row.ts'

export const meshMessages = {
  IST0001: {
    name: 'InternalError',
    level: 'Error',
    template: 'Internal error: %v',
    description: 'The analysis itself failed. This is a bug of the tool, not of your configuration.',
    remedy: 'Report it together with the object that it names.',
  },
  IST0002: {
    name: 'Deprecated',
    level: 'Warning',
    template: 'Deprecated: %s',
    description: 'The configuration depends on a feature that is deprecated or was removed.',
    remedy: 'Move to the replacement that the message names.',
  },
  IST0126: {
    name: 'UnknownMeshNetworksServiceRegistry',
    level: 'Error',
    template: 'Unknown service registry %s in network %s',
    description: 'meshNetworks names a service registry that does not exist.',
    remedy: 'Use Kubernetes or the cluster name of a remote secret.',
  },
  IST0139: {
    name: 'InvalidWebhook',
    level: 'Error',
    template: '%v',
    description: 'An injection webhook overlaps with another one or refers to a service that does not exist.',
    remedy: 'Remove the webhook that is left over, or correct its service.',
  },
  IST0141: {
    name: 'InsufficientPermissions',
    level: 'Error',
    template: 'Missing required permission to create resource %v (%v)',
    description: 'A permission that is needed to install is missing.',
    remedy: 'Grant it, or install as another user.',
  },
  IST0142: {
    name: 'UnsupportedKubernetesVersion',
    level: 'Error',
    template: 'The Kubernetes Version %q is lower than the minimum version: %v',
    description: 'This version of Kubernetes is older than the oldest supported one.',
    remedy: 'Upgrade the cluster.',
  },
  IST0151: {
    name: 'EnvoyFilterUsesRelativeOperation',
    level: 'Warning',
    template:
      'This EnvoyFilter does not have a priority and has a relative patch operation set which can cause the EnvoyFilter not to be applied. Using the INSERT_FIRST of ADD option or setting the priority may help in ensuring the EnvoyFilter is applied correctly.',
    description: 'A relative operation without a priority may be applied before what it refers to exists.',
    remedy: 'Set a priority, or use INSERT_FIRST or ADD.',
  },
  IST0152: {
    name: 'EnvoyFilterUsesReplaceOperationIncorrectly',
    level: 'Error',
    template: 'The REPLACE operation is only valid for HTTP_FILTER and NETWORK_FILTER.',
    description: 'REPLACE works for HTTP and network filters only.',
    remedy: 'Use MERGE, or REMOVE and ADD.',
  },
  IST0153: {
    name: 'EnvoyFilterUsesAddOperationIncorrectly',
    level: 'Error',
    template: 'The ADD operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE.',
    description: 'ADD is ignored for route configurations and HTTP routes.',
    remedy: 'Use MERGE or INSERT_FIRST.',
  },
  IST0154: {
    name: 'EnvoyFilterUsesRemoveOperationIncorrectly',
    level: 'Error',
    template:
      'The REMOVE operation will be ignored when applyTo is set to ROUTE_CONFIGURATION, or HTTP_ROUTE.',
    description: 'REMOVE is ignored for route configurations and HTTP routes.',
    remedy: 'Change the VirtualService instead.',
  },
  IST0155: {
    name: 'EnvoyFilterUsesRelativeOperationWithProxyVersion',
    level: 'Warning',
    template:
      'This EnvoyFilter does not have a priority and has a relative patch operation (NSTERT_BEFORE/AFTER, REPLACE, MERGE, DELETE) and proxyVersion set which can cause the EnvoyFilter not to be applied during an upgrade. Using the INSERT_FIRST or ADD option or setting the priority may help in ensuring the EnvoyFilter is applied correctly.',
    description: 'A relative operation with a proxyVersion and no priority may be lost during an upgrade.',
    remedy: 'Set a priority.',
  },
  IST0156: {
    name: 'UnsupportedGatewayAPIVersion',
    level: 'Error',
    template: 'The Gateway API CRD version %v is lower than the minimum version: %v',
    description: 'The installed Gateway API is older than the oldest supported one.',
    remedy: 'Upgrade its CustomResourceDefinitions.',
  },
  IST0157: {
    name: 'InvalidTelemetryProvider',
    level: 'Warning',
    template: 'The Telemetry %v in namespace %q with empty providers will be ignored.',
    description: 'Access logging without a provider does nothing, because the mesh has no default provider.',
    remedy: 'Name a provider, or set defaultProviders.accessLogging in the mesh configuration.',
  },
  IST0163: {
    name: 'InvalidExternalControlPlaneConfig',
    level: 'Warning',
    template:
      'The hostname (%s) that was provided for the webhook (%s) to reach the ingress gateway on the external control plane cluster %s. Traffic may not flow properly.',
    description: 'The address of the external control plane cannot be used.',
    remedy: 'Correct the URL of the webhook.',
  },
  IST0164: {
    name: 'ExternalControlPlaneAddressIsNotAHostname',
    level: 'Info',
    template:
      'The address (%s) that was provided for the webhook (%s) to reach the ingress gateway on the external control plane cluster is an IP address. This is not recommended for a production environment.',
    description: 'The external control plane is named by an IP address.',
    remedy: 'Use a host name.',
  },
  IST0168: {
    name: 'UnknownUpgradeCompatibility',
    level: 'Warning',
    template:
      'The configuration %q changed in release %s, but compatibility cannot be automatically detected: %s. Or, install with `--set compatibilityVersion=%s` to retain the old default.',
    description: 'A default changed with the release, and whether you depend on the old one cannot be seen.',
    remedy: 'Check the setting that the message names.',
  },
  IST0169: {
    name: 'UpdateIncompatibility',
    level: 'Warning',
    template:
      'The configuration %q changed in release %s: %s. Or, install with `--set compatibilityVersion=%s` to retain the old default.',
    description: 'A default changed with the release, and you depend on the old one.',
    remedy: 'Set the value, or the compatibility version.',
  },
  IST0170: {
    name: 'MultiClusterInconsistentService',
    level: 'Warning',
    template:
      'The service %v in namespace %q is inconsistent across clusters %q, which can lead to undefined behaviors. The inconsistent behaviors are: %v.',
    description: 'The same service differs between the clusters of the mesh.',
    remedy: 'Make its definitions alike.',
  },
  IST0171: {
    name: 'NegativeConditionStatus',
    level: 'Warning',
    template: 'A condition with a negative status is present: type=%s, reason=%s, message=%s.',
    description: 'The status of the object says that it does not work.',
    remedy: 'Read the reason in the message and repair it.',
  },
  IST0172: {
    name: 'FutureUnsupportedGatewayAPIVersion',
    level: 'Warning',
    template: 'The Gateway API CRD version %v is lower than the minimum version: %v',
    description: 'The installed Gateway API will not be supported by a later release.',
    remedy: 'Upgrade its CustomResourceDefinitions.',
  },
  IST0175: {
    name: 'JwksUriFetchUnrestricted',
    level: 'Warning',
    template:
      'BLOCKED_CIDRS_IN_JWKS_URIS is not configured but %d RequestAuthentication resource(s) exist (%s). Consider configuring it to restrict JWKS URI fetches to trusted networks.',
    description: 'Keys for tokens may be fetched from any address, also from internal ones.',
    remedy: 'Set BLOCKED_CIDRS_IN_JWKS_URIS on the control plane.',
  },
  IST0176: {
    name: 'GatewayAPICRDVersionBelowMinimum',
    level: 'Warning',
    template:
      'Gateway API CRD %q is at version %q but Istio requires at least %q; resources of this kind will not be processed. Upgrade the Gateway API CRDs to satisfy the minimum version.',
    description:
      'This Gateway API kind is installed in a version that is too old; objects of it are ignored.',
    remedy: 'Upgrade the CustomResourceDefinition.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
