/** The table of analyzers. */
import type { Analyzer } from './analyzer.ts'
import { annotations } from './analyzers/annotations.ts'
import { applicationUser } from './analyzers/application-user.ts'
import { authorizationPolicies } from './analyzers/authorization-policies.ts'
import { blockedCidrs } from './analyzers/blocked-cidrs.ts'
import { conditions } from './analyzers/conditions.ts'
import { deploymentServices } from './analyzers/deployment-services.ts'
import { deprecations } from './analyzers/deprecations.ts'
import { destinationHosts } from './analyzers/destination-hosts.ts'
import { destinationRuleTls } from './analyzers/destination-rule-tls.ts'
import { destinationSubsets } from './analyzers/destination-subsets.ts'
import { envoyFilterPatches } from './analyzers/envoy-filter-patches.ts'
import { externalControlPlane } from './analyzers/external-control-plane.ts'
import { gatewayApiSelectors } from './analyzers/gateway-api-selectors.ts'
import { gatewayApiVersions } from './analyzers/gateway-api-versions.ts'
import { gatewayCertificates } from './analyzers/gateway-certificates.ts'
import { gatewayConflicts } from './analyzers/gateway-conflicts.ts'
import { gatewayPorts } from './analyzers/gateway-ports.ts'
import { gatewaySecrets } from './analyzers/gateway-secrets.ts'
import { imageAuto } from './analyzers/image-auto.ts'
import { injectionImage } from './analyzers/injection-image.ts'
import { injection } from './analyzers/injection.ts'
import { jwtClaimRoutes } from './analyzers/jwt-claim-routes.ts'
import { meshHostsConflict } from './analyzers/mesh-hosts-conflict.ts'
import { portNames } from './analyzers/port-names.ts'
import { routeReachability } from './analyzers/route-reachability.ts'
import { renamedValues } from './analyzers/renamed-values.ts'
import { schema } from './analyzers/schema.ts'
import { serviceEntryAddresses } from './analyzers/service-entry-addresses.ts'
import { serviceEntryProtocols } from './analyzers/service-entry-protocols.ts'
import { sidecarSelectors } from './analyzers/sidecar-selectors.ts'
import { subsetPods } from './analyzers/subset-pods.ts'
import { lightstepProviders, telemetryProviders } from './analyzers/telemetry-providers.ts'
import { telemetryDefaults, telemetrySelectors } from './analyzers/telemetry-selectors.ts'
import { virtualServiceGateways } from './analyzers/virtual-service-gateways.ts'
import { webhookOverlaps } from './analyzers/webhook-overlaps.ts'
import { weftAppMeshMembership } from './analyzers/weft-app-mesh-membership.ts'
import { weftAppMeshReferences } from './analyzers/weft-app-mesh-references.ts'
import { weftAppMeshWeights } from './analyzers/weft-app-mesh-weights.ts'
import { weftGatewayClasses } from './analyzers/weft-gateway-classes.ts'
import { weftListenerCertificates } from './analyzers/weft-listener-certificates.ts'
import { weftListenerConflicts } from './analyzers/weft-listener-conflicts.ts'
import { weftMutualTls } from './analyzers/weft-mutual-tls.ts'
import { weftOlderRoutes } from './analyzers/weft-older-routes.ts'
import { weftOutlierDetection } from './analyzers/weft-outlier-detection.ts'
import { weftPolicySelectors } from './analyzers/weft-policy-selectors.ts'
import { weftPortProtocols } from './analyzers/weft-port-protocols.ts'
import { weftRetries } from './analyzers/weft-retries.ts'
import { weftRouteBackends } from './analyzers/weft-route-backends.ts'
import { weftRouteParents } from './analyzers/weft-route-parents.ts'
import { weftShadowedAllows } from './analyzers/weft-shadowed-allows.ts'
import { weftSubsetPods } from './analyzers/weft-subset-pods.ts'
import { weftTimeouts } from './analyzers/weft-timeouts.ts'
import { weftUnreachableRules } from './analyzers/weft-unreachable-rules.ts'
import { weftWeights } from './analyzers/weft-weights.ts'

export const allAnalyzers: readonly Analyzer[] = [
  schema,
  renamedValues,
  routeReachability,
  annotations,
  applicationUser,
  authorizationPolicies,
  blockedCidrs,
  conditions,
  deploymentServices,
  deprecations,
  destinationHosts,
  destinationRuleTls,
  destinationSubsets,
  envoyFilterPatches,
  externalControlPlane,
  gatewayApiSelectors,
  gatewayApiVersions,
  gatewayCertificates,
  gatewayConflicts,
  gatewayPorts,
  gatewaySecrets,
  imageAuto,
  injection,
  injectionImage,
  jwtClaimRoutes,
  lightstepProviders,
  meshHostsConflict,
  portNames,
  serviceEntryAddresses,
  serviceEntryProtocols,
  sidecarSelectors,
  subsetPods,
  telemetryDefaults,
  telemetryProviders,
  telemetrySelectors,
  virtualServiceGateways,
  webhookOverlaps,
  weftAppMeshMembership,
  weftAppMeshReferences,
  weftAppMeshWeights,
  weftGatewayClasses,
  weftListenerCertificates,
  weftListenerConflicts,
  weftMutualTls,
  weftOlderRoutes,
  weftOutlierDetection,
  weftPolicySelectors,
  weftPortProtocols,
  weftRetries,
  weftRouteBackends,
  weftRouteParents,
  weftShadowedAllows,
  weftSubsetPods,
  weftTimeouts,
  weftUnreachableRules,
  weftWeights,
]
