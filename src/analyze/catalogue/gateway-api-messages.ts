/** Our own messages about objects of the Gateway API. */
import type { MessageRow } from './message-row.ts'

export const gatewayApiMessages = {
  WFT0201: {
    name: 'RouteParentNotFound',
    level: 'Error',
    template: 'The route has no parent: there is no %s %s',
    description: 'A route takes effect at the parents that parentRefs names; this parent does not exist.',
    remedy: 'Write the name and namespace of a Gateway that exists.',
  },
  WFT0202: {
    name: 'RouteListenerNotFound',
    level: 'Error',
    template: 'Gateway %s has no listener %s',
    description: 'The sectionName and port of a parentRef choose among the listeners of the Gateway.',
    remedy: 'Write the name or port of a listener, or leave them out for all listeners.',
  },
  WFT0203: {
    name: 'RouteHostnameNotServed',
    level: 'Error',
    template: 'Hostnames %s are served by no listener of Gateway %s, which has %s',
    description: 'A route gets the requests whose host both it and the listener name; there are none.',
    remedy: "Write hostnames that lie within the listener's, or change the listener's hostname.",
  },
  WFT0204: {
    name: 'RouteNotAllowed',
    level: 'Error',
    template: 'Gateway %s does not take this %s: %s',
    description:
      'A listener says in allowedRoutes which kinds of routes of which namespaces it takes; without it, those of its own namespace and protocol.',
    remedy:
      "Set the listener's allowedRoutes.namespaces.from to All or Selector, or move the route; name its kind in allowedRoutes.kinds.",
  },
  WFT0205: {
    name: 'RouteBackendNotFound',
    level: 'Error',
    template: 'There is no Service %s: requests for this backend get 500',
    description: 'A backendRef names a Service that does not exist; its share of the requests fails.',
    remedy: 'Write the name and namespace of a Service that exists.',
  },
  WFT0206: {
    name: 'RouteBackendPortNotFound',
    level: 'Error',
    template: 'Service %s has no port %d',
    description: 'The port of a backendRef is the port of the Service, not that of its pods (targetPort).',
    remedy: 'Write a port of the Service.',
  },
  WFT0207: {
    name: 'ReferenceNotGranted',
    level: 'Error',
    template: '%s is in another namespace, and no ReferenceGrant in %s allows to refer to it',
    description:
      'References across namespaces work only where a ReferenceGrant in the namespace of the target allows them.',
    remedy: 'Create a ReferenceGrant in the namespace of the target.',
  },
  WFT0208: {
    name: 'ListenerCertificateUnusable',
    level: 'Error',
    template: 'The listener has no certificate from Secret %s: %s',
    description: 'A listener that terminates TLS needs a Secret with a certificate and its key.',
    remedy: 'Create a Secret of type kubernetes.io/tls with tls.crt and tls.key, or write the name of one.',
  },
  WFT0209: {
    name: 'GatewayClassNotFound',
    level: 'Error',
    template: 'There is no GatewayClass %s: nobody carries out this Gateway',
    description: 'The class of a Gateway says which implementation carries it out.',
    remedy: 'Write the name of a GatewayClass that exists; that of Istio is istio.',
  },
  WFT0210: {
    name: 'ListenersConflict',
    level: 'Error',
    template: 'Listener %s (%s) conflicts with listener %s (%s) on port %d',
    description:
      'Listeners share a port only when their protocols go together and their hostnames differ; none of those that conflict is served.',
    remedy: 'Give one of them another port, or the same protocol and another hostname.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
