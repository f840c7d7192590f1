/** Objects whose status says that they do not work. */
import { objectsAt, sectionOf, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const ROUTES = ['Accepted', 'Programmed', 'ResolvedRefs']

/** The conditions that mean harm when they are False, by kind. */
const reported: readonly (readonly [kind: string, types: readonly string[]])[] = [
  [kinds.service, ['istio.io/WaypointBound']],
  [kinds.serviceEntry, ['istio.io/WaypointBound']],
  [kinds.workloadEntry, ['istio.io/WaypointBound']],
  [kinds.authorizationPolicy, ['ZtunnelAccepted', 'WaypointAccepted']],
  [kinds.kubernetesGateway, ROUTES],
  [kinds.httpRoute, ROUTES],
  [kinds.grpcRoute, ROUTES],
]

interface Condition {
  readonly condition: JsonObject
  readonly field: string
}

/** Of the object itself, and of a route at each of its parents. */
const conditionsOf = ({ object }: AnalysisObject): readonly Condition[] => {
  const status = sectionOf(object, 'status')
  return [
    ...objectsAt(status, 'conditions').map((condition, index) => ({
      condition,
      field: `status.conditions[${index}]`,
    })),
    ...objectsAt(status, 'parents').flatMap((parent, at) =>
      objectsAt(parent, 'conditions').map((condition, index) => ({
        condition,
        field: `status.parents[${at}].conditions[${index}]`,
      })),
    ),
  ]
}

const isNegative = (kind: string, types: readonly string[], condition: JsonObject): boolean => {
  const type = textAt(condition, 'type') ?? ''
  if (types.includes(type) && textAt(condition, 'status') === 'False') return true
  return (
    kind === kinds.authorizationPolicy &&
    type === 'WaypointAccepted' &&
    textAt(condition, 'reason') === 'PartiallyInvalid'
  )
}

export const conditions: Analyzer = {
  name: 'conditions.ConditionAnalyzer',
  description: 'Checks the conditions in the status of objects',
  codes: ['IST0171'],
  analyze: (set) =>
    reported.flatMap(([kind, types]) =>
      set.of(kind).flatMap((subject) =>
        conditionsOf(subject)
          .filter(({ condition }) => isNegative(kind, types, condition))
          .map(({ condition, field }) => {
            const parameters = ['type', 'reason', 'message'].map((name) => textAt(condition, name) ?? '')
            return finding('IST0171', subject, parameters, { field })
          }),
      ),
    ),
}
