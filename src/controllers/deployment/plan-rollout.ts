import type { Deployment } from '../../resources/apps/deployment.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import { desiredReplicasOf, maxReplicasOf } from './replica-set-annotations.ts'
import { isRollingUpdate, replicasOf, rollingBounds } from './rolling-bounds.ts'
import { allSets, availableOf, type RolloutSets, scaleSet, sizeOf, sum } from './rollout-sets.ts'

const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0

/** How large the current ReplicaSet may be now: up to the wanted size, within maxSurge of it in all. */
const currentSize = (deployment: Deployment, sets: RolloutSets, current: ReplicaSet): number => {
  const wanted = replicasOf(deployment)
  if (!isRollingUpdate(deployment) || sizeOf(current) >= wanted) return wanted
  const room = wanted + rollingBounds(deployment).maxSurge - sum(allSets(sets), sizeOf)
  return room <= 0 ? sizeOf(current) : sizeOf(current) + Math.min(room, wanted - sizeOf(current))
}

/** Takes up to `budget` replicas from the sets in order, at most `removable` of each. */
const shrink = (
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  { budget, removable }: { readonly budget: number; readonly removable: (set: ReplicaSet) => number },
): { readonly sets: readonly ReplicaSet[]; readonly taken: number } => {
  let left = Math.max(budget, 0)
  const shrunk = sets.map((set) => {
    const count = Math.max(0, Math.min(left, removable(set)))
    left -= count
    return count === 0 ? set : scaleSet(set, sizeOf(set) - count, deployment)
  })
  return { sets: shrunk, taken: Math.max(budget, 0) - left }
}

/**
 * Available pods that stay: a set that was just told to shrink still reports those that go. (Kubernetes counts them,
 * and can fall below its minimum for a moment when a ReplicaSet's status is late.)
 */
const lastingOf = (set: ReplicaSet): number => Math.min(availableOf(set), sizeOf(set))

/**
 * Old pods make room: first those that do not serve anyway, then serving ones as far as maxUnavailable allows.
 * Pods that the current set still lacks count as unavailable, so a broken new version cannot eat up the old one.
 */
const shrinkOld = (deployment: Deployment, sets: RolloutSets, current: ReplicaSet): readonly ReplicaSet[] => {
  const minAvailable = replicasOf(deployment) - rollingBounds(deployment).maxUnavailable
  const currentUnavailable = sizeOf(current) - lastingOf(current)
  const budget = sum(allSets(sets), sizeOf) - minAvailable - currentUnavailable
  if (sum(sets.old, sizeOf) === 0 || budget <= 0) return sets.old
  const unhealthy = shrink(deployment, sets.old, {
    budget,
    removable: (set) => sizeOf(set) - lastingOf(set),
  })
  const surplus = sum(allSets({ ...sets, old: unhealthy.sets }), lastingOf) - minAvailable
  return shrink(deployment, unhealthy.sets, { budget: surplus, removable: sizeOf }).sets
}

/** One step of a rolling update: grow the current set, or else shrink the old ones. */
export const planRollingUpdate = (
  deployment: Deployment,
  sets: RolloutSets & { readonly current: ReplicaSet },
): RolloutSets => {
  const size = currentSize(deployment, sets, sets.current)
  if (size !== sizeOf(sets.current)) return { ...sets, current: scaleSet(sets.current, size, deployment) }
  return { ...sets, old: shrinkOld(deployment, sets, sets.current) }
}

/** All old sets to 0; undefined when they are there already. */
export const planRecreateDown = (deployment: Deployment, sets: RolloutSets): RolloutSets | undefined =>
  sets.old.some(isActive)
    ? { ...sets, old: sets.old.map((set) => (isActive(set) ? scaleSet(set, 0, deployment) : set)) }
    : undefined

/** True when the Deployment was scaled since its ReplicaSets were: then no rollout step, but proportional scaling. */
export const isScalingEvent = (deployment: Deployment, sets: RolloutSets): boolean =>
  allSets(sets).some((set) => {
    const desired = desiredReplicasOf(set)
    return isActive(set) && desired !== undefined && desired !== replicasOf(deployment)
  })

/** What a ReplicaSet's share of a size change would be, by its size at the last scaling. */
const shareOf = (deployment: Deployment, set: ReplicaSet): number => {
  if (replicasOf(deployment) === 0) return -sizeOf(set)
  const total = replicasOf(deployment) + rollingBounds(deployment).maxSurge
  const before = maxReplicasOf(set) ?? deployment.status?.replicas ?? 0
  return before === 0 ? 0 : Math.round((sizeOf(set) * total) / before) - sizeOf(set)
}

/** In the middle of a rollout a new size is spread over the sets, the largest first; what rounding leaves too. */
const scaleProportionally = (deployment: Deployment, sets: RolloutSets): RolloutSets => {
  const wanted = replicasOf(deployment)
  const active = allSets(sets).filter(isActive)
  const allowed = wanted > 0 ? wanted + rollingBounds(deployment).maxSurge : 0
  const toAdd = allowed - sum(active, sizeOf)
  const newestFirst = (left: ReplicaSet, right: ReplicaSet): number =>
    (left.metadata.creationTimestamp ?? '') > (right.metadata.creationTimestamp ?? '') ? -1 : 1
  const sorted = active.toSorted(
    (left, right) => sizeOf(right) - sizeOf(left) || newestFirst(left, right) * (toAdd > 0 ? 1 : -1),
  )
  let added = 0
  const sizes = new Map<string, number>()
  for (const set of sorted) {
    const limit = toAdd - added
    const share = shareOf(deployment, set)
    const part = toAdd > 0 ? Math.max(0, Math.min(share, limit)) : Math.min(0, Math.max(share, limit))
    sizes.set(set.metadata.name, sizeOf(set) + part)
    added += part
  }
  const [first] = sorted
  if (first !== undefined) {
    const { name } = first.metadata
    sizes.set(name, Math.max(0, (sizes.get(name) ?? 0) + toAdd - added))
  }
  const resized = (set: ReplicaSet): ReplicaSet => {
    const size = sizes.get(set.metadata.name)
    return size === undefined ? set : scaleSet(set, size, deployment)
  }
  return {
    current: sets.current === undefined ? undefined : resized(sets.current),
    old: sets.old.map(resized),
  }
}

/** The one ReplicaSet that carries the Deployment alone, or the latest when none has pods. */
const soleSet = ({ current, old }: RolloutSets): ReplicaSet | undefined => {
  const active = allSets({ current, old }).filter(isActive)
  if (active.length === 0) return current ?? old.at(-1)
  return active.length === 1 ? active[0] : undefined
}

/** Brings the ReplicaSets to a changed size without a rollout step: also what a paused Deployment does. */
export const planScale = (deployment: Deployment, sets: RolloutSets): RolloutSets => {
  const wanted = replicasOf(deployment)
  const sole = soleSet(sets)
  const change = (pick: (set: ReplicaSet) => boolean, size: number): RolloutSets => {
    const resize = (set: ReplicaSet): ReplicaSet =>
      pick(set) && (sizeOf(set) !== size || desiredReplicasOf(set) !== wanted)
        ? scaleSet(set, size, deployment)
        : set
    return { current: sets.current && resize(sets.current), old: sets.old.map(resize) }
  }
  if (sole !== undefined) return change((set) => set === sole, wanted)
  const { current } = sets
  const saturated =
    current !== undefined &&
    sizeOf(current) === wanted &&
    desiredReplicasOf(current) === wanted &&
    availableOf(current) === wanted
  if (saturated) return change((set) => set !== current && isActive(set), 0)
  return isRollingUpdate(deployment) ? scaleProportionally(deployment, sets) : sets
}
