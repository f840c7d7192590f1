import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { controllerReference } from '../../machinery/object-meta.ts'
import {
  currentAnnotations,
  inheritedAnnotations,
  replicaAnnotations,
  revisionAnnotation,
  revisionOf,
} from './replica-set-annotations.ts'
import { sameTemplate, templateHash, templateHashLabel } from './template-hash.ts'

/** The ReplicaSets of a rollout as they are to be; comparing with what is gives the writes. */
export interface RolloutSets {
  /** The one with the Deployment's template, when there is one. */
  readonly current: ReplicaSet | undefined
  /** All others, the oldest first. */
  readonly old: readonly ReplicaSet[]
}

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1
export const availableOf = (replicaSet: ReplicaSet): number => replicaSet.status?.availableReplicas ?? 0

export const allSets = ({ current, old }: RolloutSets): readonly ReplicaSet[] =>
  current === undefined ? old : [...old, current]

export const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + count(set), 0)

const byAge = (left: ReplicaSet, right: ReplicaSet): number => {
  const [a, b] = [left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? '']
  if (a !== b) return a < b ? -1 : 1
  return left.metadata.name < right.metadata.name ? -1 : 1
}

/** Splits a Deployment's ReplicaSets. Of several with its template the oldest counts, as in Kubernetes. */
export const rolloutSets = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): RolloutSets => {
  const sorted = [...replicaSets].toSorted(byAge)
  const current = sorted.find((set) => sameTemplate(set.spec.template, deployment.spec.template))
  return { current, old: sorted.filter((set) => set !== current) }
}

const withAnnotations = (set: ReplicaSet, annotations: Readonly<Record<string, string>>): ReplicaSet => ({
  ...set,
  metadata: { ...set.metadata, annotations },
})

export const scaleSet = (set: ReplicaSet, replicas: number, deployment: Deployment): ReplicaSet => {
  const scaled = { ...set, spec: { ...set.spec, replicas } }
  return withAnnotations(scaled, { ...set.metadata.annotations, ...replicaAnnotations(deployment) })
}

const newSet = (deployment: Deployment, revision: number): ReplicaSet => {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = { [templateHashLabel]: templateHash(template, deployment.status?.collisionCount ?? 0) }
  const labels = { ...template.metadata?.labels, ...hash }
  const { namespace } = deployment.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash[templateHashLabel]}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: {
        ...inheritedAnnotations(deployment),
        ...replicaAnnotations(deployment),
        [revisionAnnotation]: String(revision),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, ...hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** With the current ReplicaSet brought up to date: its revision, annotations and minReadySeconds. */
export const syncCurrent = (deployment: Deployment, sets: RolloutSets): RolloutSets => {
  if (sets.current === undefined) return sets
  const revision = Math.max(0, ...sets.old.map(revisionOf)) + 1
  const { minReadySeconds, ...spec } = sets.current.spec
  const wanted = deployment.spec.minReadySeconds
  const changed = (minReadySeconds ?? 0) !== (wanted ?? 0)
  const current = changed
    ? { ...sets.current, spec: { ...spec, minReadySeconds: wanted ?? 0 } }
    : sets.current
  return { ...sets, current: withAnnotations(current, currentAnnotations(deployment, current, revision)) }
}

/** With the current ReplicaSet, a new one of size 0 when there was none. */
export const ensureCurrent = (
  deployment: Deployment,
  sets: RolloutSets,
): RolloutSets & { readonly current: ReplicaSet } => {
  const { current, old } = syncCurrent(deployment, sets)
  return { old, current: current ?? newSet(deployment, Math.max(0, ...old.map(revisionOf)) + 1) }
}
