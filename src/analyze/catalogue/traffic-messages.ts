/** Istio's messages about hosts, routes, gateways and destinations. */
import type { MessageRow } from './message-row.ts'

export const trafficMessages = {
  IST0101: {
    name: 'ReferencedResourceNotFound',
    level: 'Error',
    template: 'Referenced %s not found: %q',
    description:
      'The object names another one (a host, subset, gateway, selector, credential or namespace) that does not exist where it is looked for.',
    remedy: 'Correct the name, create the missing object, or make it visible (exportTo, namespace).',
  },
  IST0109: {
    name: 'ConflictingMeshGatewayVirtualServiceHosts',
    level: 'Error',
    template:
      'The VirtualServices %s associated with mesh gateway define the same host %s which can lead to undefined behavior. This can be fixed by merging the conflicting VirtualServices into a single resource.',
    description:
      'Several VirtualServices of the sidecars define the same host; which routes win is undefined.',
    remedy: 'Merge them into one VirtualService, or separate them with exportTo.',
  },
  IST0112: {
    name: 'VirtualServiceDestinationPortSelectorRequired',
    level: 'Error',
    template:
      'This VirtualService routes to a service %q that exposes multiple ports %v. Specifying a port in the destination is required to disambiguate.',
    description: 'The destination service has several ports, and the route does not say which one to use.',
    remedy: 'Set destination.port.number.',
  },
  IST0128: {
    name: 'NoServerCertificateVerificationDestinationLevel',
    level: 'Warning',
    template:
      'DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate server identity for host: %s',
    description: 'TLS is originated to this host without checking whose certificate it is.',
    remedy:
      'Set trafficPolicy.tls.caCertificates, for example system, or credentialName together with a workload selector.',
  },
  IST0129: {
    name: 'NoServerCertificateVerificationPortLevel',
    level: 'Warning',
    template:
      'DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate server identity for host: %s at port %s',
    description: 'TLS is originated to this port without checking whose certificate it is.',
    remedy: 'Set tls.caCertificates in the settings of this port.',
  },
  IST0130: {
    name: 'VirtualServiceUnreachableRule',
    level: 'Warning',
    template: 'VirtualService rule %v not used (%s).',
    description: 'An earlier rule takes every request that this rule could match.',
    remedy: 'Move the rule up, make the earlier one narrower, or remove this one.',
  },
  IST0131: {
    name: 'VirtualServiceIneffectiveMatch',
    level: 'Info',
    template: 'VirtualService rule %v match %v is not used (duplicate/overlapping match in rule %v).',
    description: 'A match repeats or is covered by a match of an earlier rule, so it never decides.',
    remedy: 'Remove it, or put the longer prefix before the shorter one.',
  },
  IST0132: {
    name: 'VirtualServiceHostNotFoundInGateway',
    level: 'Warning',
    template: 'one or more host %v defined in VirtualService %s not found in Gateway %s.',
    description:
      'The VirtualService is bound to a Gateway that has none of its hosts, so no request reaches it there.',
    remedy: 'Add the host to a server of the Gateway, or correct spec.hosts.',
  },
  IST0134: {
    name: 'ServiceEntryAddressesRequired',
    level: 'Warning',
    template: 'ServiceEntry addresses are required for this protocol.',
    description:
      'A TCP port of a ServiceEntry needs addresses to be told apart from others on the same port.',
    remedy: 'Set spec.addresses, or let addresses be allocated automatically.',
  },
  IST0138: {
    name: 'GatewayDuplicateCertificate',
    level: 'Warning',
    template:
      'Duplicate certificate in multiple gateways %v may cause 404s if clients re-use HTTP2 connections.',
    description:
      'Two Gateways on the same workload use the same certificate: a browser that reuses its HTTP/2 connection gets 404 for the other host.',
    remedy: 'Put the hosts into one Gateway, or use different certificates.',
  },
  IST0140: {
    name: 'IngressRouteRulesNotAffected',
    level: 'Warning',
    template: 'Subset in virtual service %s has no effect on ingress gateway %s requests',
    description:
      'This route leads from a gateway to a whole host; the subsets to which another VirtualService routes that host are for calls in the mesh.',
    remedy: 'Route to the subsets here too, or bind that VirtualService to the gateway.',
  },
  IST0145: {
    name: 'ConflictingGateways',
    level: 'Error',
    template: 'Conflict with gateways %s (workload selector %s, port %s, hosts %v).',
    description:
      'Several Gateways on the same workload define the same port and host; which one wins is undefined.',
    remedy: 'Keep the host in one of them.',
  },
  IST0149: {
    name: 'JwtClaimBasedRoutingWithoutRequestAuthN',
    level: 'Error',
    template:
      'The virtual service uses the JWT claim based routing (key: %s) but found no request authentication for the gateway (%s) pod (%s). The request authentication must first be applied for the gateway pods to validate the JWT token and make the claims available for routing.',
    description:
      'The route matches on a claim of a token, but no RequestAuthentication checks tokens on the gateway: the match never succeeds.',
    remedy: 'Apply a RequestAuthentication that selects the pods of the gateway.',
  },
  IST0161: {
    name: 'InvalidGatewayCredential',
    level: 'Error',
    template:
      'The credential referenced by the Gateway %s in namespace %s is invalid, which can cause the traffic not to work as expected.',
    description: 'The Secret that the Gateway names holds no usable certificate and key.',
    remedy: 'Make it again: kubectl create secret tls <name> --cert=<file> --key=<file>.',
  },
  IST0162: {
    name: 'GatewayPortNotDefinedOnService',
    level: 'Warning',
    template:
      'The gateway is listening on a target port (port %d) that is not defined in the Service associated with its workload instances (Pod selector %s). If you need to access the gateway port through the gateway Service, it will not be available.',
    description: 'The Gateway listens on a port that no Service of its workload has.',
    remedy: 'Add the port to the Service of the gateway, or use one that it has.',
  },
  IST0165: {
    name: 'ReferencedInternalGateway',
    level: 'Warning',
    template:
      'Gateway reference in VirtualService %s is to an implementation-generated internal Gateway: %s.',
    description:
      'The VirtualService names a Gateway that is made from a Gateway API object and may change at any time.',
    remedy: 'Use an HTTPRoute with that Gateway as its parent.',
  },
  IST0173: {
    name: 'DestinationRuleSubsetNotSelectPods',
    level: 'Error',
    template:
      'The Subset %s defined in the DestinationRule does not select any pods. Which may lead to 503 UH (NoHealthyUpstream).',
    description: 'No pod has the labels of this subset: requests to it get 503 (no healthy upstream).',
    remedy: 'Correct the labels of the subset or of the pods.',
  },
  IST0174: {
    name: 'UnknownDestinationRuleHost',
    level: 'Warning',
    template: 'The host %s defined in the DestinationRule does not match any services in the mesh.',
    description: 'The host of this DestinationRule is no service of the mesh, so the rule never applies.',
    remedy: "Correct the host; a short name means a service of the rule's own namespace.",
  },
  IST0177: {
    name: 'ConflictingServiceEntryProtocol',
    level: 'Warning',
    template:
      'Multiple ServiceEntries (%s) define the same host %q and port %d with conflicting protocols (%s).',
    description:
      'Several ServiceEntries give one host and port different protocols; which one wins is undefined.',
    remedy: 'Use the same protocol in all of them.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
