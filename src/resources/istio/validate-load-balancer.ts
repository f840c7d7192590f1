/** What Istio refuses in the load balancer of a traffic policy. */
import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { durationFormProblem, durationProblem, leastDurationProblem } from './duration.ts'
import type { ConsistentHash, LoadBalancerSettings } from './traffic-policy.ts'
import { validateLocality, validateZoneAware } from './validate-locality.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const MAGLEV_LIMIT = 5_000_011

/** As Envoy counts: 1 is one. */
const isPrime = (value: number): boolean => {
  if (value < 1) return false
  for (let factor = 2; factor * factor <= value; factor += 1) {
    if (value % factor === 0) return false
  }
  return true
}

const tableSizeProblem = (size: number): string | undefined => {
  if (size >= MAGLEV_LIMIT) return `must be less than ${MAGLEV_LIMIT}`
  return isPrime(size) ? undefined : 'must be a prime number, such as 65537'
}

type Cookie = NonNullable<ConsistentHash['httpCookie']>

const validateCookie = (path: string, { name = '', ttl, attributes }: Cookie): Findings => {
  const entries = itemsAt(child(path, 'attributes'), attributes)
  const names = entries.map(({ value }) => value.name ?? '')
  return [
    ...when(name === '', required(child(path, 'name'), 'name required for HttpCookie')),
    ...checked(child(path, 'ttl'), ttl, durationFormProblem),
    ...entries.flatMap(({ path: at, index }) => {
      const attribute = names[index] ?? ''
      if (attribute === '') return [required(child(at, 'name'), 'cookie attribute name cannot be empty')]
      return when(names.indexOf(attribute) < index, duplicate(child(at, 'name'), attribute))
    }),
  ]
}

const validateConsistentHash = (path: string, hash: ConsistentHash): Findings => [
  ...present(hash.httpCookie, (cookie) => validateCookie(child(path, 'httpCookie'), cookie)),
  ...when(
    (hash.minimumRingSize ?? 0) !== 0 && (hash.ringHash ?? hash.maglev ?? undefined) !== undefined,
    forbidden(child(path, 'minimumRingSize'), 'write ringHash.minimumRingSize instead'),
  ),
  ...present(hash.maglev, ({ tableSize }) =>
    checked(child(path, 'maglev.tableSize'), tableSize ?? 0, tableSizeProblem),
  ),
]

const LARGEST_PERCENT = 100

const validateWarmup = (path: string, warmup: NonNullable<LoadBalancerSettings['warmup']>): Findings => [
  ...checked(child(path, 'duration'), warmup.duration, durationProblem),
  ...when(
    (warmup.minimumPercent ?? 0) > LARGEST_PERCENT,
    invalid(child(path, 'minimumPercent'), warmup.minimumPercent ?? 0, 'must be at most 100'),
  ),
  ...checked(child(path, 'aggression'), warmup.aggression, (aggression) =>
    aggression <= 0 ? 'must be greater than 0' : undefined,
  ),
]

const PERIODS = ['weightExpirationPeriod', 'weightStabilizationPeriod', 'weightUpdatePeriod'] as const

export const validateLoadBalancer = (path: string, balancer: LoadBalancerSettings): Findings => [
  ...present(balancer.consistentHash, (hash) => validateConsistentHash(child(path, 'consistentHash'), hash)),
  ...present(balancer.backendUtilization, (utilization) =>
    PERIODS.flatMap((field) =>
      checked(child(path, `backendUtilization.${field}`), utilization[field], durationFormProblem),
    ),
  ),
  ...when(
    (balancer.localityLbSetting ?? undefined) !== undefined &&
      (balancer.zoneAwareLbSetting ?? undefined) !== undefined,
    forbidden(
      child(path, 'zoneAwareLbSetting'),
      'only one of localityLbSetting and zoneAwareLbSetting can be set; keep one',
    ),
  ),
  ...present(balancer.localityLbSetting, (setting) =>
    validateLocality(child(path, 'localityLbSetting'), setting),
  ),
  ...present(balancer.zoneAwareLbSetting, (setting) =>
    validateZoneAware(child(path, 'zoneAwareLbSetting'), setting),
  ),
  ...checked(child(path, 'warmupDurationSecs'), balancer.warmupDurationSecs, leastDurationProblem),
  ...present(balancer.warmup, (warmup) => validateWarmup(child(path, 'warmup'), warmup)),
]
