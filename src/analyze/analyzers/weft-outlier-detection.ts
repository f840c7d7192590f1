/** Outlier detection that may leave no endpoint, and failover that lacks it. */
import { booleanAt, listAt, numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { serviceOfHost } from '../host-names.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { policyScopes } from '../policy-scopes.ts'
import type { PolicyScope } from '../policy-scopes.ts'
import { selects } from '../selector.ts'
import { podSources, sourcesOfService } from '../workloads.ts'
import type { PodSource } from '../workloads.ts'

const partOf = ({ policy, inherited }: PolicyScope, part: string): JsonObject | undefined =>
  objectAt(policy, part) ?? objectAt(inherited, part)

const localityOf = (scope: PolicyScope): JsonObject | undefined =>
  objectAt(partOf(scope, 'loadBalancer'), 'localityLbSetting')

/** `distribute` fixes shares; everything else asks for the next locality when one fails. */
const asksForFailover = (locality: JsonObject | undefined): boolean =>
  locality !== undefined &&
  booleanAt(locality, 'enabled') !== false &&
  (listAt(locality, 'failover').length > 0 ||
    listAt(locality, 'failoverPriority').length > 0 ||
    (booleanAt(locality, 'enabled') === true && listAt(locality, 'distribute').length === 0))

/** Any of Istio's detectors; consecutive5xxErrors is on unless it is 0. */
const detects = (outlier: JsonObject): boolean =>
  numberAt(outlier, 'consecutive5xxErrors') !== 0 ||
  (numberAt(outlier, 'consecutiveGatewayErrors') ?? 0) > 0 ||
  (numberAt(outlier, 'consecutiveErrors') ?? 0) > 0

/** More endpoints than these seldom fail together. */
const FEW = 5

/** How many endpoints the policy holds for; undefined where the objects do not tell. */
const endpointsOf = (
  set: ObjectSet,
  { namespace, spec }: AnalysisObject,
  { labels }: PolicyScope,
  sources: readonly PodSource[],
): number | undefined => {
  const reference = serviceOfHost(namespace, textAt(spec, 'host') ?? '')
  const service = set.findReference(kinds.service, '', reference)
  // In a cluster the pods are there beside what makes them.
  const pods = sourcesOfService(sources, service)
    .filter((one) => (one.isPod || !set.isComplete) && selects(labels, one.labels))
    .map((one) => one.pods)
  const known = pods.filter((count) => count !== undefined)
  if (known.length < pods.length || known.length === 0) return undefined
  return known.reduce((sum, count) => sum + count, 0)
}

/** Failover needs a locality without healthy endpoints, so there 100 is right. */
const ejectsAll = (
  set: ObjectSet,
  subject: AnalysisObject,
  scope: PolicyScope,
  sources: readonly PodSource[],
): readonly Finding[] => {
  const outlier = objectAt(scope.policy, 'outlierDetection')
  if (outlier === undefined || !detects(outlier) || asksForFailover(localityOf(scope))) return []
  const isAll = (numberAt(outlier, 'maxEjectionPercent') ?? 0) >= 100
  if (!isAll || (numberAt(outlier, 'minHealthPercent') ?? 0) > 0) return []
  const endpoints = endpointsOf(set, subject, scope, sources) ?? 0
  if (endpoints === 0 || endpoints > FEW) return []
  const all = endpoints === 1 ? 'the only endpoint' : `all ${endpoints} endpoints`
  return [
    finding('WFT0106', subject, [all, scope.title], {
      field: `${scope.path}.outlierDetection.maxEjectionPercent`,
    }),
  ]
}

/** The host's balancing may be meant for subsets, each with an outlier detection of its own. */
const isForSubsets = ({ spec }: AnalysisObject, { path }: PolicyScope): boolean =>
  path === 'spec.trafficPolicy' &&
  objectsAt(spec, 'subsets').some(
    (subset) => objectAt(objectAt(subset, 'trafficPolicy'), 'outlierDetection') !== undefined,
  )

const failsOver = (subject: AnalysisObject, scope: PolicyScope): readonly Finding[] => {
  const isAskedHere = objectAt(objectAt(scope.policy, 'loadBalancer'), 'localityLbSetting') !== undefined
  const isMissing = partOf(scope, 'outlierDetection') === undefined
  if (!isAskedHere || !isMissing || isForSubsets(subject, scope) || !asksForFailover(localityOf(scope)))
    return []
  return [
    finding('WFT0107', subject, [scope.title], { field: `${scope.path}.loadBalancer.localityLbSetting` }),
  ]
}

export const weftOutlierDetection: Analyzer = {
  name: 'weft.OutlierDetectionAnalyzer',
  description: 'Checks that outlier detection leaves endpoints, and that failover has it',
  codes: ['WFT0106', 'WFT0107'],
  analyze: (set) => {
    const sources = podSources(set)
    return set
      .of(kinds.destinationRule)
      .flatMap((subject) =>
        policyScopes(subject).flatMap((scope) => [
          ...ejectsAll(set, subject, scope, sources),
          ...failsOver(subject, scope),
        ]),
      )
  },
}
