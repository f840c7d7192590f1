/** How long to trust that an expected event still comes (Kubernetes: 5 minutes). */
const expiryMs = 300_000

interface Expected {
  created: number
  readonly deleted: Set<string>
  readonly since: number
}

/**
 * What a controller has done that its cache does not show yet. While something is expected for an owner, the cache
 * is behind and must not be counted on: counting would create the same pods twice.
 */
export interface PodExpectations {
  /** True when the cache shows all that was done, or what is missing was given up. `now` in milliseconds. */
  readonly fulfilled: (owner: string, now: number) => boolean
  readonly expectCreations: (owner: string, count: number, now: number) => void
  readonly expectDeletions: (owner: string, pods: readonly string[], now: number) => void
  /** A pod of the owner appeared, or its creation failed. */
  readonly creationSeen: (owner: string) => void
  /** A pod (by uid) of the owner is on its way out or gone, or its deletion failed. */
  readonly deletionSeen: (owner: string, pod: string) => void
  readonly forget: (owner: string) => void
}

export const createPodExpectations = (): PodExpectations => {
  const expected = new Map<string, Expected>()
  const settle = (owner: string, entry: Expected): void => {
    if (entry.created <= 0 && entry.deleted.size === 0) expected.delete(owner)
  }
  return {
    fulfilled: (owner, now) => {
      const entry = expected.get(owner)
      return entry === undefined || now - entry.since > expiryMs
    },
    expectCreations: (owner, count, now) => {
      expected.set(owner, { created: count, deleted: new Set(), since: now })
    },
    expectDeletions: (owner, pods, now) => {
      expected.set(owner, { created: 0, deleted: new Set(pods), since: now })
    },
    creationSeen: (owner) => {
      const entry = expected.get(owner)
      if (entry === undefined) return
      entry.created -= 1
      settle(owner, entry)
    },
    deletionSeen: (owner, pod) => {
      const entry = expected.get(owner)
      if (entry === undefined) return
      entry.deleted.delete(pod)
      settle(owner, entry)
    },
    forget: (owner) => {
      expected.delete(owner)
    },
  }
}
