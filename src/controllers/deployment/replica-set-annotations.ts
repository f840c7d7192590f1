import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { replicasOf, rollingBounds } from './rolling-bounds.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history'
const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'

/** What describes the Deployment itself is not inherited. */
const notInherited: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
])

type Annotations = Readonly<Record<string, string>>

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

/** The rollout in which the ReplicaSet was last the current one; 0 when unknown. */
export const revisionOf = (replicaSet: ReplicaSet): number =>
  numberOf(replicaSet.metadata.annotations?.[revisionAnnotation]) ?? 0

/** `spec.replicas` of the Deployment when it last scaled this ReplicaSet. */
export const desiredReplicasOf = (replicaSet: ReplicaSet): number | undefined =>
  numberOf(replicaSet.metadata.annotations?.[desiredReplicasAnnotation])

export const maxReplicasOf = (replicaSet: ReplicaSet): number | undefined =>
  numberOf(replicaSet.metadata.annotations?.[maxReplicasAnnotation])

export const replicaAnnotations = (deployment: Deployment): Annotations => ({
  [desiredReplicasAnnotation]: String(replicasOf(deployment)),
  [maxReplicasAnnotation]: String(replicasOf(deployment) + rollingBounds(deployment).maxSurge),
})

export const inheritedAnnotations = (deployment: Deployment): Annotations =>
  Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notInherited.has(key)),
  )

/** The annotations of the current ReplicaSet: the Deployment's, and the revision raised to `revision`. */
export const currentAnnotations = (
  deployment: Deployment,
  replicaSet: ReplicaSet,
  revision: number,
): Annotations => {
  const before = replicaSet.metadata.annotations ?? {}
  const inherited = { ...before, ...inheritedAnnotations(deployment) }
  const old = revisionOf(replicaSet)
  if (old >= revision) return inherited
  const history = [before[revisionHistoryAnnotation], old === 0 ? undefined : String(old)]
  const joined = history.filter((part) => part !== undefined && part !== '').join(',')
  return {
    ...inherited,
    [revisionAnnotation]: String(revision),
    ...(joined === '' ? {} : { [revisionHistoryAnnotation]: joined }),
  }
}
