/** Values that Istio still takes and has renamed since. */
import { listAt, objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { finding } from './finding.ts'
import type { Finding } from './finding.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'

interface PolicyPlace {
  readonly policy: JsonObject
  readonly path: string
}

const withPorts = (policy: JsonObject | undefined, path: string): readonly PolicyPlace[] =>
  policy === undefined
    ? []
    : [
        { policy, path },
        ...objectsAt(policy, 'portLevelSettings').map((port, index) => ({
          policy: port,
          path: `${path}.portLevelSettings[${index}]`,
        })),
      ]

/** Every traffic policy of a DestinationRule: of all traffic, of ports and of subsets. */
const trafficPolicies = (spec: JsonObject): readonly PolicyPlace[] => [
  ...withPorts(objectAt(spec, 'trafficPolicy'), 'spec.trafficPolicy'),
  ...objectsAt(spec, 'subsets').flatMap((subset, index) =>
    withPorts(objectAt(subset, 'trafficPolicy'), `spec.subsets[${index}].trafficPolicy`),
  ),
]

const renamedField = (
  subject: AnalysisObject,
  path: string,
  [old, current, release]: readonly [old: string, current: string, release: string],
): Finding =>
  finding('WFT0003', subject, [old, current, release], { field: `${path}.${old}`, fix: `write ${current}` })

/** Fields that Istio still takes without a word. */
const oldFields = (set: ObjectSet): readonly Finding[] => [
  ...set
    .of(kinds.virtualService)
    .flatMap((subject) =>
      objectsAt(subject.spec, 'http').flatMap((rule, index) =>
        listAt(objectAt(rule, 'corsPolicy'), 'allowOrigin').length === 0
          ? []
          : [
              renamedField(subject, `spec.http[${index}].corsPolicy`, [
                'allowOrigin',
                'allowOrigins',
                'Istio 1.5',
              ]),
            ],
      ),
    ),
  ...set
    .of(kinds.destinationRule)
    .flatMap((subject) =>
      trafficPolicies(subject.spec).flatMap(({ policy, path }) =>
        textAt(objectAt(policy, 'loadBalancer'), 'warmupDurationSecs') === undefined
          ? []
          : [
              renamedField(subject, `${path}.loadBalancer`, [
                'warmupDurationSecs',
                'warmup.duration',
                'Istio 1.24',
              ]),
            ],
      ),
    ),
]

/** LEAST_CONN has always been Envoy's LEAST_REQUEST, and is called so since Istio 1.14. */
export const oldValues = (set: ObjectSet): readonly Finding[] => [
  ...oldFields(set),
  ...set.of(kinds.destinationRule).flatMap((subject) =>
    trafficPolicies(subject.spec).flatMap(({ policy, path }) =>
      textAt(objectAt(policy, 'loadBalancer'), 'simple') === 'LEAST_CONN'
        ? [
            finding('WFT0003', subject, ['LEAST_CONN', 'LEAST_REQUEST', 'Istio 1.14'], {
              field: `${path}.loadBalancer.simple`,
              fix: 'write LEAST_REQUEST',
            }),
          ]
        : [],
    ),
  ),
]
