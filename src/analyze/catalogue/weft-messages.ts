/** Our own messages, about what Istio says nothing about. */
import type { MessageRow } from './message-row.ts'

export const weftMessages = {
  WFT0001: {
    name: 'InvalidManifest',
    level: 'Error',
    template: 'Invalid manifest: %s',
    description: 'The text is no YAML or JSON, or no object of Kubernetes, so nothing of it can be applied.',
    remedy: 'Write it as the message says.',
  },
  WFT0002: {
    name: 'InvalidKubernetesObject',
    level: 'Error',
    template: 'Kubernetes refuses this object: %s',
    description: 'The API server would reject the object: a field is unknown, missing or has a wrong value.',
    remedy: 'Change the field as the message says.',
  },
  WFT0101: {
    name: 'OlderVirtualServiceWins',
    level: 'Warning',
    template: 'Host %s: VirtualService %s, %s, wins over %s of this one; it takes %s',
    description:
      'Two VirtualServices define the same host. Sidecars use the oldest alone; gateways merge them with the routes of the oldest first (equal ages: by name).',
    remedy: 'Put the rules into one VirtualService, the narrower ones first.',
  },
  WFT0102: {
    name: 'RuleNeverMatches',
    level: 'Warning',
    template: 'VirtualService %s never matches: %s takes all its requests; for example %s goes to %s',
    description:
      'Rules are tried in order, and an earlier rule takes every request that this rule could match.',
    remedy: 'Move the rule before the wider one, or make the wider one narrower.',
  },
  WFT0103: {
    name: 'NonIdempotentRetries',
    level: 'Info',
    template: 'Requests of method %s are not idempotent, and are retried %s',
    description:
      'A retried POST or PATCH may be carried out twice. Where a route says nothing of retries, Istio retries twice.',
    remedy:
      'Set retries.attempts to 0, or retryOn to connect-failure,refused-stream, which the application never saw.',
  },
  WFT0104: {
    name: 'TimeoutShorterThanRetries',
    level: 'Warning',
    template: 'Timeout %s is shorter than the %d tries of %s each (%s together), so %s',
    description:
      'The timeout of a route holds for all tries of a request together; retries that do not fit in are cut off.',
    remedy: 'Raise the timeout to the time of all tries (attempts + 1), or lower perTryTimeout or attempts.',
  },
  WFT0105: {
    name: 'OddWeights',
    level: 'Info',
    template: '%s',
    description: 'Weights are shares of their sum. Weights that were meant as percentages add up to 100.',
    remedy: 'Write weights that add up to 100; leave the weight of a single destination out.',
  },
  WFT0106: {
    name: 'OutlierDetectionEjectsAll',
    level: 'Warning',
    template:
      'Outlier detection can eject %s of %s: maxEjectionPercent is 100, and no minHealthPercent is set',
    description:
      'With maxEjectionPercent 100 and without minHealthPercent, a failure that all endpoints share leaves none, and every request gets 503 (no healthy upstream).',
    remedy: 'Lower maxEjectionPercent, or set minHealthPercent, below which all endpoints are used again.',
  },
  WFT0107: {
    name: 'FailoverWithoutOutlierDetection',
    level: 'Warning',
    template: 'Locality failover of %s does nothing without outlierDetection',
    description:
      'Traffic leaves a locality only when its endpoints are known to be unhealthy, and outlier detection is what finds that out.',
    remedy: 'Set outlierDetection in the same traffic policy.',
  },
  WFT0108: {
    name: 'SubsetWithoutPods',
    level: 'Warning',
    template: 'Subset %s (%s) matches no pod of service %s, which has %s',
    description:
      'A subset selects among the pods of its service, in its namespace. Requests to a subset without pods get 503 (no healthy upstream).',
    remedy: "Write labels that the service's pods have, or add them to the pod template.",
  },
  WFT0109: {
    name: 'PortNameContradictsProtocol',
    level: 'Warning',
    template: 'Port %s says %s by its name, but %s by its %s; %s counts',
    description:
      'The protocol of a port is that of appProtocol, else the part of its name before the first hyphen. A reader is misled where they differ.',
    remedy: 'Make the name and the field say the same protocol.',
  },
  WFT0110: {
    name: 'PolicySelectsNothing',
    level: 'Warning',
    template: '%s selects no workload: none in %s has the labels %s',
    description:
      'A policy holds for the workloads that have all labels of its selector; this one holds for none.',
    remedy: 'Write labels that the pods have (those of the pod template), in the namespace of the policy.',
  },
  WFT0111: {
    name: 'DenyShadowsAllow',
    level: 'Warning',
    template: 'ALLOW %s has no effect: DENY policy %s %s denies all its requests first',
    description: 'DENY policies are asked before ALLOW policies, and what one denies no other can allow.',
    remedy:
      'Make the DENY narrower (notPaths, notNamespaces, …), or remove it: an ALLOW already denies what it does not name.',
  },
  WFT0112: {
    name: 'ContradictingMutualTls',
    level: 'Warning',
    template: 'TLS mode %s for %s contradicts PeerAuthentication %s, whose mode is %s: %s',
    description:
      'A DestinationRule says how clients call, a PeerAuthentication what servers accept; where they contradict each other, connections fail.',
    remedy:
      'Set ISTIO_MUTUAL (or leave tls out) where the mode is STRICT; where it is DISABLE, leave tls out.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
