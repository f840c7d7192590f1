/** Everything that makes pods, with the labels that the pods have. */
import { numberAt, objectAt, textAt, textMapAt } from '../mesh/translate/json-reader.ts'
import { kinds } from './kind-keys.ts'
import { containersOf, INJECT, PROXY_CONTAINER } from './mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { isEmptySelector, selects } from './selector.ts'
import type { Labels } from './selector.ts'

/** `unknown`: nothing says whether a sidecar is injected. */
type Membership = 'in' | 'out' | 'unknown'

export interface PodSource {
  readonly namespace: string
  readonly labels: Labels
  readonly membership: Membership
  /** How many pods this makes; undefined where nodes or the moment decide. */
  readonly pods: number | undefined
  readonly isPod: boolean
}

/** Kinds with a pod template; of CronJobs it lies deeper. */
const TEMPLATED = [
  kinds.deployment,
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  '/ReplicationController',
  'batch/Job',
  'argoproj.io/Rollout',
] as const

const membershipOf = (set: ObjectSet, namespace: string, labels: Labels, hasProxy: boolean): Membership => {
  const inject = labels[INJECT]
  if (hasProxy || inject === 'true') return 'in'
  if (inject !== undefined) return 'out'
  const found = set.find(kinds.namespace, '', namespace)?.labels
  if (found === undefined) return set.isComplete ? 'out' : 'unknown'
  const isInjected = found['istio-injection'] === 'enabled' || (found['istio.io/rev'] ?? '') !== ''
  return isInjected ? 'in' : 'out'
}

const hasProxyContainer = (podSpec: AnalysisObject['spec'] | undefined): boolean =>
  containersOf(podSpec).some((container) => textAt(container, 'name') === PROXY_CONTAINER)

const ofTemplate = (set: ObjectSet, { key, namespace, spec }: AnalysisObject): PodSource => {
  const template = objectAt(spec, 'template')
  const metadata = objectAt(template, 'metadata')
  const annotated = textMapAt(metadata, 'annotations')[INJECT]
  const labels = textMapAt(metadata, 'labels')
  const decisive = annotated === undefined ? labels : { [INJECT]: annotated, ...labels }
  const hasProxy = hasProxyContainer(objectAt(template, 'spec'))
  const pods = key === 'apps/DaemonSet' ? undefined : (numberAt(spec, 'replicas') ?? 1)
  const membership = membershipOf(set, namespace, decisive, hasProxy)
  return { namespace, labels, membership, pods, isPod: false }
}

/** Pods, what templates will make of them, and WorkloadEntries, which stand for machines. */
export const podSources = (set: ObjectSet): readonly PodSource[] => [
  ...set.of(kinds.pod).map(({ namespace, labels, annotations, spec }) => {
    const annotated = annotations[INJECT]
    const decisive = annotated === undefined ? labels : { [INJECT]: annotated, ...labels }
    const membership = membershipOf(set, namespace, decisive, hasProxyContainer(spec))
    return { namespace, labels, membership, pods: 1, isPod: true }
  }),
  ...TEMPLATED.flatMap((key) => set.of(key).map((workload) => ofTemplate(set, workload))),
  ...set.of(kinds.workloadEntry).map(({ namespace, spec, labels }) => ({
    namespace,
    labels: { ...labels, ...textMapAt(spec, 'labels') },
    membership: 'in' as const,
    pods: 1,
    isPod: true,
  })),
]

/** What makes the pods of a service; none for a service without a selector. */
export const sourcesOfService = (
  sources: readonly PodSource[],
  service: AnalysisObject | undefined,
): readonly PodSource[] => {
  const selector = textMapAt(service?.spec, 'selector')
  if (service === undefined || isEmptySelector(selector)) return []
  return sources.filter(
    ({ namespace, labels }) => namespace === service.namespace && selects(selector, labels),
  )
}
