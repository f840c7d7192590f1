/** What Istio refuses in a DestinationRule beyond its schema. */
import { duplicate, invalid } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import { wildcardDomainProblem } from './host-syntax.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { subsetNameProblem } from './validate-destination.ts'
import { validateExportTo } from './validate-export-to.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateTrafficPolicy } from './validate-traffic-policy.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const validateSubset = (path: string, subset: Subset, namespace: string): Findings => [
  ...checked(child(path, 'name'), subset.name ?? '', subsetNameProblem),
  ...validateWorkloadLabels(child(path, 'labels'), subset.labels),
  ...present(subset.trafficPolicy, (policy) =>
    validateTrafficPolicy(child(path, 'trafficPolicy'), policy, namespace),
  ),
]

const validateSelector = (labels: Readonly<Record<string, string>> | undefined): Findings =>
  Object.entries(labels ?? {}).flatMap(([key, value]) =>
    when(
      key === '' || `${key}${value}`.includes('*'),
      invalid(
        'spec.workloadSelector.matchLabels',
        `${key}=${value}`,
        'empty keys and wildcards are not supported',
      ),
    ),
  )

export const validateDestinationRule = (rule: DestinationRule): Findings => {
  const { spec } = rule
  const namespace = rule.metadata.namespace ?? ''
  const subsets = itemsAt('spec.subsets', spec.subsets)
  const names = subsets.map(({ value }) => value.name)
  return [
    ...validateIstioMetadata(rule),
    ...checked('spec.host', spec.host ?? '', wildcardDomainProblem),
    ...present(spec.trafficPolicy, (policy) =>
      validateTrafficPolicy('spec.trafficPolicy', policy, namespace),
    ),
    ...subsets.flatMap(({ path, value, index }) => [
      ...when(names.indexOf(value.name) < index, duplicate(child(path, 'name'), value.name)),
      ...validateSubset(path, value, namespace),
    ]),
    ...validateExportTo(spec.exportTo, namespace, (spec.workloadSelector ?? null) !== null),
    ...validateSelector(spec.workloadSelector?.matchLabels),
  ]
}
