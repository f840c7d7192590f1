/** Istio DestinationRules to destination policies of the model, merged per host and namespace. */
import { atField, byAge, type Origin } from '../model/origin.ts'
import type { DestinationPolicy, Subset } from '../model/traffic-policy.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { objectAt, objectsAt, optional, specOf, textAt, textMapAt, textsAt } from './json-reader.ts'
import { DEFAULT_DOMAIN, exportToOf, fullHost, originOf } from './object-names.ts'
import { translatePolicyScope } from './traffic-policy.ts'

/** One DestinationRule (networking.istio.io). */
export const translateDestinationRule = (
  object: KubeObject,
  domain: string = DEFAULT_DOMAIN,
): DestinationPolicy => {
  const spec = specOf(object)
  const namespace = object.metadata.namespace ?? ''
  const origin = originOf(object)
  const selector = objectAt(spec, 'workloadSelector')
  return {
    name: object.metadata.name,
    namespace,
    host: fullHost(textAt(spec, 'host') ?? '', namespace, domain),
    ...translatePolicyScope(objectAt(spec, 'trafficPolicy')),
    subsets: objectsAt(spec, 'subsets').map((subset, index) =>
      translateSubset(subset, atField(origin, `spec.subsets[${index}]`)),
    ),
    exportTo: exportToOf(textsAt(spec, 'exportTo')),
    ...optional('workloadSelector', selector === undefined ? undefined : textMapAt(selector, 'matchLabels')),
    createdAt: object.metadata.creationTimestamp ?? '',
    origin,
    origins: [origin],
  }
}

const translateSubset = (subset: JsonObject, origin: Origin): Subset => ({
  name: textAt(subset, 'name') ?? '',
  labels: textMapAt(subset, 'labels'),
  ...translatePolicyScope(objectAt(subset, 'trafficPolicy')),
  origin,
})

/**
 * Several rules for one host of one namespace act as one: the oldest gives the policy, subsets are united and the
 * oldest of equal names wins. Rules with a workload selector or other readers (`exportTo`) stay apart, as in Istio.
 */
export const mergeDestinationPolicies = (
  policies: readonly DestinationPolicy[],
): readonly DestinationPolicy[] => {
  const merged = new Map<string, DestinationPolicy>()
  for (const policy of policies.toSorted(byAge)) {
    const key = JSON.stringify([
      policy.namespace,
      policy.host,
      policy.exportTo.toSorted(),
      policy.workloadSelector === undefined ? null : policy.name,
    ])
    const older = merged.get(key)
    merged.set(key, older === undefined ? policy : mergeInto(older, policy))
  }
  return [...merged.values()]
}

const mergeInto = (older: DestinationPolicy, younger: DestinationPolicy): DestinationPolicy => {
  const known = new Set(older.subsets.map((subset) => subset.name))
  const olderSaysNothing = Object.keys(older.policy).length === 0 && older.byPort.size === 0
  return {
    ...older,
    ...(olderSaysNothing ? { policy: younger.policy, byPort: younger.byPort } : {}),
    subsets: [...older.subsets, ...younger.subsets.filter((subset) => !known.has(subset.name))],
    origins: [...older.origins, ...younger.origins],
  }
}
