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
    name: 'KindNotServed',
    level: 'Info',
    template: 'Weft does not serve %s: the object is %s.',
    description:
      'The object belongs to a part of Istio that Weft does not serve (extensions of the proxy, multi-cluster, ambient).',
    remedy: 'Remove the object, or know that it has no effect here.',
  },
  WFT0003: {
    name: 'InvalidKubernetesObject',
    level: 'Error',
    template: 'Kubernetes refuses this object: %s',
    description: 'The API server would reject the object: a field is unknown, missing or has a wrong value.',
    remedy: 'Change the field as the message says.',
  },
  WFT0101: {
    name: 'TimeoutShorterThanRetries',
    level: 'Warning',
    template: 'The timeout of %s ends the request before its %d attempts of %s each can be made.',
    description:
      'The timeout of a route covers all attempts together: later attempts are cut off or never made.',
    remedy: 'Make the timeout at least perTryTimeout times the number of attempts, or lower the attempts.',
  },
  WFT0102: {
    name: 'ImplicitRetriesOnUnsafeMethod',
    level: 'Warning',
    template: 'Requests with method %s are retried up to %d times on %s: they may be carried out twice.',
    description:
      'A retry repeats a request whose first attempt may have been carried out; POST and PATCH are not idempotent.',
    remedy: 'Set retries.attempts to 0 for this route, or retry only on connect-failure,refused-stream.',
  },
  WFT0103: {
    name: 'WeightsDoNotSumTo100',
    level: 'Info',
    template: 'The weights of the destinations sum up to %d: %s get %s of the requests.',
    description: 'Weights are shares of their sum, not percentages; a sum other than 100 is often a slip.',
    remedy: 'Write weights that sum up to 100, or keep them if the shares are what you mean.',
  },
  WFT0104: {
    name: 'OutlierDetectionCanEjectEverything',
    level: 'Warning',
    template:
      'Outlier detection may eject %d%% of the endpoints of %s, and minHealthPercent is 0: nothing may be left.',
    description: 'When every endpoint is ejected at once, every request gets 503.',
    remedy: 'Lower maxEjectionPercent, or set minHealthPercent.',
  },
  WFT0105: {
    name: 'FailoverWithoutOutlierDetection',
    level: 'Warning',
    template:
      'Locality failover has no effect without outlierDetection: endpoints of %s never count as unhealthy.',
    description: 'Traffic moves to another locality only when outlier detection finds endpoints unhealthy.',
    remedy: 'Add trafficPolicy.outlierDetection.',
  },
  WFT0106: {
    name: 'RuleNeverMatches',
    level: 'Warning',
    template: 'Rule %s never matches: rule %s takes %s before it.',
    description: 'Rules are tried in order, and an earlier rule matches every request that this one could.',
    remedy: 'Put the narrower rule first.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
