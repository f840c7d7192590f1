/** Which names differ between two maps of resources, computed once for all the clients that make the same step. */
import type { EncodedResource } from './resource.ts'

type ResourceMap = ReadonlyMap<string, EncodedResource>

export type CompareMaps = (before: ResourceMap, after: ResourceMap) => readonly string[]

/** The names added, removed, or of another version. */
export const changedNames: CompareMaps = (before, after) => {
  const names: string[] = []
  for (const [name, resource] of after) {
    const old = before.get(name)
    if (old !== resource && old?.version !== resource.version) names.push(name)
  }
  for (const name of before.keys()) {
    if (!after.has(name)) names.push(name)
  }
  return names
}

/** `changedNames` that remembers its answers for as long as the maps live. */
export const rememberingChanges = (): CompareMaps => {
  const known = new WeakMap<ResourceMap, WeakMap<ResourceMap, readonly string[]>>()
  return (before, after) => {
    let steps = known.get(before)
    if (steps === undefined) known.set(before, (steps = new WeakMap()))
    let names = steps.get(after)
    if (names === undefined) steps.set(after, (names = changedNames(before, after)))
    return names
  }
}
