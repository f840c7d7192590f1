/** What Istio warns of in a DestinationRule that it accepts: of its policy for all traffic, not of subsets and ports. */
import { child } from '../field-path.ts'
import { advise, adviseSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import type { DestinationRule } from './destination-rule.ts'
import type { TrafficPolicy } from './traffic-policy.ts'

const FAILOVERS = ['localityLbSetting', 'zoneAwareLbSetting'] as const

const advisePolicy = (path: string, { outlierDetection, loadBalancer }: TrafficPolicy): Advices => [
  ...advise(
    (outlierDetection?.consecutiveErrors ?? 0) !== 0,
    child(path, 'outlierDetection.consecutiveErrors'),
    'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
  ),
  ...advise(
    (loadBalancer?.consistentHash?.minimumRingSize ?? 0) !== 0,
    child(path, 'loadBalancer.consistentHash.minimumRingSize'),
    "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead",
  ),
  ...FAILOVERS.flatMap((field) => {
    const { failover = [], failoverPriority = [] } = loadBalancer?.[field] ?? {}
    return advise(
      failover.length + failoverPriority.length > 0 && (outlierDetection ?? undefined) === undefined,
      child(path, `loadBalancer.${field}`),
      'outlier detection policy must be provided for failover',
    )
  }),
]

export const adviseDestinationRule = ({ spec }: DestinationRule): Advices => [
  ...advisePolicy('spec.trafficPolicy', spec.trafficPolicy ?? {}),
  ...adviseSelector({ selector: spec.workloadSelector }, 'workloadSelector'),
]
