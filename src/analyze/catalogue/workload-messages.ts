/** Istio's messages about namespaces, pods, services and what selects them. */
import type { MessageRow } from './message-row.ts'

export const workloadMessages = {
  IST0102: {
    name: 'NamespaceNotInjected',
    level: 'Info',
    template:
      "The namespace is not enabled for Istio injection. Run 'kubectl label namespace %s istio-injection=enabled' to enable it, or 'kubectl label namespace %s istio-injection=disabled' to explicitly mark it as not needing injection.",
    description: 'Pods of this namespace get no sidecar, because no label asks for it.',
    remedy:
      'Label the namespace istio-injection=enabled, or istio-injection=disabled to say that it is meant so.',
  },
  IST0103: {
    name: 'PodMissingProxy',
    level: 'Warning',
    template:
      'The pod %s is missing the Istio proxy. This can often be resolved by restarting or redeploying the workload.',
    description:
      'The pod runs in a namespace with injection, but without a sidecar: it was made before the label, or by something that avoids the webhook.',
    remedy: 'Restart the workload: kubectl rollout restart deployment <name>.',
  },
  IST0107: {
    name: 'MisplacedAnnotation',
    level: 'Warning',
    template: 'Misplaced annotation: %s can only be applied to %s',
    description: 'This annotation has no effect on this kind of object.',
    remedy:
      'Move it to the kind that the message names; for pods of a Deployment that is spec.template.metadata.annotations.',
  },
  IST0108: {
    name: 'UnknownAnnotation',
    level: 'Warning',
    template: 'Unknown annotation: %s',
    description: 'No version of Istio knows this annotation, although its name ends in istio.io.',
    remedy: 'Correct its spelling, or remove it.',
  },
  IST0110: {
    name: 'ConflictingSidecarWorkloadSelectors',
    level: 'Error',
    template:
      'The Sidecars %v in namespace %q select the same workload pod %q, which can lead to undefined behavior.',
    description: 'Two Sidecars select the same pod; which one applies is undefined.',
    remedy: 'Make the workload selectors disjoint.',
  },
  IST0111: {
    name: 'MultipleSidecarsWithoutWorkloadSelectors',
    level: 'Error',
    template:
      'The Sidecars %v in namespace %q have no workload selector, which can lead to undefined behavior.',
    description:
      'A namespace has several Sidecars without a workload selector; which one is the default is undefined.',
    remedy: 'Keep one, and give the others a workload selector.',
  },
  IST0116: {
    name: 'DeploymentAssociatedToMultipleServices',
    level: 'Warning',
    template:
      'This deployment %s is associated with multiple services using port %d but different protocols: %v',
    description: 'Two Services give the same port of the same pods different protocols.',
    remedy: 'Use one protocol per port, or separate the workloads.',
  },
  IST0118: {
    name: 'PortNameIsNotUnderNamingConvention',
    level: 'Info',
    template: "Port name %s (port: %d, targetPort: %s) doesn't follow the naming convention of Istio port.",
    description: 'The name of the port does not say its protocol, so the proxy has to detect it.',
    remedy: 'Name it <protocol>[-<suffix>], such as http-web, or set appProtocol.',
  },
  IST0123: {
    name: 'NamespaceMultipleInjectionLabels',
    level: 'Warning',
    template:
      'The namespace has more than one type of injection labels %v, which may lead to undefined behavior. Make sure only one injection label exists.',
    description: 'The namespace has more than one kind of injection label; which one wins is undefined.',
    remedy: 'Keep one of istio-injection, istio.io/rev and istio.io/dataplane-mode.',
  },
  IST0125: {
    name: 'InvalidAnnotation',
    level: 'Warning',
    template: 'Invalid annotation %s: %s',
    description: 'The value of this annotation is not valid, so the sidecar cannot be injected as asked.',
    remedy: 'Write a value of the form that the message names.',
  },
  IST0127: {
    name: 'NoMatchingWorkloadsFound',
    level: 'Warning',
    template: 'No matching workloads for this resource with the following labels: %s',
    description: 'The policy selects no workload of the mesh, so it protects nothing.',
    remedy: 'Correct the selector or the namespace, or deploy the workload.',
  },
  IST0135: {
    name: 'DeprecatedAnnotation',
    level: 'Info',
    template: 'Annotation %q has been deprecated%s and may not work in future Istio versions.',
    description: 'This annotation is deprecated.',
    remedy: 'Use what the message names instead; inject with the label sidecar.istio.io/inject.',
  },
  IST0136: {
    name: 'AlphaAnnotation',
    level: 'Info',
    template: 'Annotation %q is part of an alpha-phase feature and may be incompletely supported.',
    description: 'This annotation belongs to a feature of alpha quality.',
    remedy: 'Know that it may change or go.',
  },
  IST0137: {
    name: 'DeploymentConflictingPorts',
    level: 'Warning',
    template:
      'This deployment %s is associated with multiple services %v using targetPort %q but different ports: %v.',
    description: 'Two Services reach the same target port of the same pods under different port numbers.',
    remedy: 'Give both Services the same port for this target port.',
  },
  IST0143: {
    name: 'LocalhostListener',
    level: 'Error',
    template:
      'Port %v is exposed in a Service but listens on localhost. It will not be exposed to other pods.',
    description: 'The program listens on localhost only, so other pods cannot reach the port of its Service.',
    remedy: 'Listen on all addresses.',
  },
  IST0144: {
    name: 'InvalidApplicationUID',
    level: 'Warning',
    template: 'User ID (UID) 1337 is reserved for the sidecar proxy.',
    description: 'User id 1337 belongs to the sidecar: its traffic is not captured.',
    remedy: 'Run the application as another user.',
  },
  IST0146: {
    name: 'ImageAutoWithoutInjectionWarning',
    level: 'Warning',
    template: '%s %s contains `image: auto` but does not match any Istio injection webhook selectors.',
    description: 'The image of the proxy is to be filled in by injection, but no webhook selects these pods.',
    remedy: 'Label the namespace or the pod template for injection.',
  },
  IST0147: {
    name: 'ImageAutoWithoutInjectionError',
    level: 'Error',
    template: '%s %s contains `image: auto` but does not match any Istio injection webhook selectors.',
    description: 'The image of the proxy was to be filled in by injection, but the pod was made without it.',
    remedy: 'Label the namespace or the pod for injection and make the pod again.',
  },
  IST0148: {
    name: 'NamespaceInjectionEnabledByDefault',
    level: 'Info',
    template: 'is enabled for Istio injection, as Istio is installed with enableNamespacesByDefault as true.',
    description: 'The namespace has no injection label, and the mesh injects where nothing is said.',
    remedy: 'Nothing, if that is meant; else label it istio-injection=disabled.',
  },
  IST0150: {
    name: 'ExternalNameServiceTypeInvalidPortName',
    level: 'Warning',
    template:
      'Port name for ExternalName service is invalid. Proxy may prevent tcp named ports and unmatched traffic for ports serving TCP protocol from being forwarded correctly',
    description: "A port named tcp on an ExternalName Service captures more traffic than that service's.",
    remedy: 'Name the port by the protocol that it really speaks.',
  },
  IST0158: {
    name: 'PodsIstioProxyImageMismatchInNamespace',
    level: 'Warning',
    template:
      'The Istio proxy images of the pods running in the namespace do not match the image defined in the injection configuration (pod names: %v). This often happens after upgrading the Istio control-plane and can be fixed by redeploying the pods.',
    description: 'Pods run another proxy than injection would give them now.',
    remedy: 'Restart the workloads.',
  },
  IST0159: {
    name: 'ConflictingTelemetryWorkloadSelectors',
    level: 'Error',
    template:
      'The Telemetries %v in namespace %q select the same workload pod %q, which can lead to undefined behavior.',
    description: 'Two Telemetry objects select the same pod; which one applies is undefined.',
    remedy: 'Make the selectors disjoint.',
  },
  IST0160: {
    name: 'MultipleTelemetriesWithoutWorkloadSelectors',
    level: 'Error',
    template:
      'The Telemetries %v in namespace %q have no workload selector, which can lead to undefined behavior.',
    description:
      'A namespace has several Telemetry objects without a selector; which one is the default is undefined.',
    remedy: 'Merge them into one.',
  },
  IST0166: {
    name: 'IneffectiveSelector',
    level: 'Warning',
    template: 'Ineffective selector on Kubernetes Gateway %s. Use the TargetRef field instead.',
    description: 'A selector has no effect on the workload of a Gateway of the Gateway API.',
    remedy: 'Use targetRefs.',
  },
  IST0167: {
    name: 'IneffectivePolicy',
    level: 'Warning',
    template: 'The policy has no impact: %s.',
    description: 'The policy has no effect on the workloads that it selects.',
    remedy: 'Remove it, or select others.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
