/** The traffic policies of a DestinationRule, each with its field: the host's, its subsets', and those of ports. */
import { objectAt, objectsAt, textAt, textMapAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { AnalysisObject } from './object-set.ts'
import type { Labels } from './selector.ts'

export interface PolicyScope {
  /** `reviews`, `reviews subset v1` or `reviews port 80`. */
  readonly title: string
  readonly path: string
  readonly policy: JsonObject
  /** What a subset leaves out it takes from the host's policy; a port takes nothing. */
  readonly inherited: JsonObject | undefined
  readonly port?: number
  /** The labels of the subset; none for the host's policy. */
  readonly labels: Labels
}

const portOf = (settings: JsonObject): number | undefined => {
  const number = objectAt(settings, 'port')?.['number']
  return typeof number === 'number' ? number : undefined
}

/** A policy and those of its ports, under what all of them share. */
const scopesOf = (
  policy: JsonObject | undefined,
  shared: Pick<PolicyScope, 'title' | 'path' | 'inherited' | 'labels'>,
): readonly PolicyScope[] =>
  policy === undefined
    ? []
    : [
        { ...shared, policy },
        ...objectsAt(policy, 'portLevelSettings').map((settings, index) => {
          const port = portOf(settings)
          return {
            title: port === undefined ? shared.title : `${shared.title} port ${port}`,
            path: `${shared.path}.portLevelSettings[${index}]`,
            policy: settings,
            inherited: undefined,
            labels: shared.labels,
            ...(port === undefined ? {} : { port }),
          }
        }),
      ]

export const policyScopes = ({ spec }: AnalysisObject): readonly PolicyScope[] => {
  const host = textAt(spec, 'host') ?? ''
  const policy = objectAt(spec, 'trafficPolicy')
  return [
    ...scopesOf(policy, { title: host, path: 'spec.trafficPolicy', inherited: undefined, labels: {} }),
    ...objectsAt(spec, 'subsets').flatMap((subset, index) =>
      scopesOf(objectAt(subset, 'trafficPolicy'), {
        title: `${host} subset ${textAt(subset, 'name') ?? ''}`,
        path: `spec.subsets[${index}].trafficPolicy`,
        inherited: policy,
        labels: textMapAt(subset, 'labels'),
      }),
    ),
  ]
}
