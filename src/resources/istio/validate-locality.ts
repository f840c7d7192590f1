/** Load balancing by locality: `region/zone/subzone`, with `*` as the last part. */
import { duplicate, forbidden, invalid } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { LocalityLbSetting, ZoneAwareLbSetting } from './traffic-policy.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const TOPOLOGY_LABELS: ReadonlySet<string> = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
])

/** Region, zone and subzone; what follows belongs to the subzone. */
const partsOf = (locality: string): readonly string[] => {
  const [region = '', zone, ...rest] = locality.split('/')
  return [region, ...(zone === undefined ? [] : [zone]), ...(rest.length === 0 ? [] : [rest.join('/')])]
}

const localityProblem = (locality: string): string | undefined => {
  const stars = locality.split('*').length - 1
  if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) return "has at most one '*', at its end"
  return partsOf(locality).includes('') ? 'must not contain an empty region, zone or subzone' : undefined
}

/**
 * True when Istio says that the later overlaps with the earlier: `us` and `us/east` in either order, `us/*` only with
 * what stands after it.
 */
const overlap = (earlier: string, later: string): boolean => {
  const before = partsOf(earlier)
  const after = partsOf(later)
  for (const [index, part] of before.entries()) {
    if (part === '*' || after[index] === undefined) return true
    if (part !== after[index]) return false
  }
  return true
}

const validateLocalities = (path: string, localities: readonly string[]): Findings =>
  localities.flatMap((locality, index) => {
    const problem = localityProblem(locality)
    if (problem !== undefined) return [invalid(path, locality, problem)]
    return when(
      localities.slice(0, index).some((earlier) => overlap(earlier, locality)),
      duplicate(path, locality, 'overlaps with a locality above it'),
    )
  })

interface Failover {
  readonly from?: string
  readonly to?: string
}

const validateFailover = (path: string, { from = '', to = '' }: Failover): Findings => [
  ...when(from === to, invalid(path, from, 'must name two different regions')),
  ...when(
    `${from}${to}`.includes('/'),
    invalid(path, `${from} to ${to}`, 'name regions alone, without zone and subzone'),
  ),
  ...when(
    `${from}${to}`.includes('*'),
    invalid(path, `${from} to ${to}`, "must not contain the wildcard '*'"),
  ),
]

const validateDistribute = (path: string, to: Readonly<Record<string, number>> | undefined): Findings => {
  const weights = Object.entries(to ?? {})
  const wrong = weights.find(([, weight]) => weight < 1 || weight > 100)
  if (wrong !== undefined) return [invalid(`${path}.to[${wrong[0]}]`, wrong[1], 'must be between 1 and 100')]
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  if (total !== 100)
    return [invalid(child(path, 'to'), total, 'the weights of the localities must add up to 100')]
  return validateLocalities(
    child(path, 'to'),
    weights.map(([locality]) => locality),
  )
}

export const validateLocality = (path: string, setting: LocalityLbSetting): Findings => {
  const distribute = itemsAt(child(path, 'distribute'), setting.distribute)
  const failover = itemsAt(child(path, 'failover'), setting.failover)
  if (distribute.length > 0 && failover.length > 0) {
    return [forbidden(path, "'distribute' and 'failover' cannot both be set; keep one")]
  }
  const topology = (setting.failoverPriority ?? []).filter((label) => TOPOLOGY_LABELS.has(label))
  return [
    ...when(
      failover.length > 0 && topology.length > 0,
      forbidden(
        child(path, 'failoverPriority'),
        `topology label ${topology[0] ?? ''} cannot be set together with 'failover'`,
      ),
    ),
    ...distribute.flatMap((entry) => validateDistribute(entry.path, entry.value.to)),
    ...validateLocalities(
      child(path, 'distribute'),
      distribute.map(({ value }) => value.from ?? ''),
    ),
    ...failover.flatMap((entry) => validateFailover(entry.path, entry.value)),
  ]
}

export const validateZoneAware = (path: string, setting: ZoneAwareLbSetting): Findings => [
  ...itemsAt(child(path, 'failover'), setting.failover).flatMap((entry) =>
    validateFailover(entry.path, entry.value),
  ),
  ...itemsAt(child(path, 'failoverPriority'), setting.failoverPriority).flatMap((entry) =>
    when(
      TOPOLOGY_LABELS.has(entry.value),
      invalid(
        entry.path,
        entry.value,
        'region, zone and subzone are followed by themselves; remove the label',
      ),
    ),
  ),
]
