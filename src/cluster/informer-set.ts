import { setMaxListeners } from 'node:events'
import type { ListOptions, ResourceRef } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { type Informer, type InformerSurroundings, startInformer } from './informer.ts'

/** Informers shared by many consumers: one list, one watch and one cache per resource and selection. */
export interface InformerSet {
  /** The informer of a resource, started at the first call. */
  readonly informer: <T extends KubeObject>(resource: ResourceRef, options?: ListOptions) => Informer<T>
  /** Ends the informers of a resource that is served no more, and forgets them. */
  readonly release: (resource: ResourceRef) => void
  /** Resolves when all informers asked for so far have synced. */
  readonly synced: () => Promise<void>
  /** Resolves when all informers ended after the set's signal. */
  readonly done: () => Promise<void>
}

/** All informers of the set end with `signal`. */
export const createInformerSet = (surroundings: InformerSurroundings, signal: AbortSignal): InformerSet => {
  // Every informer listens to it; their number is not a leak.
  setMaxListeners(0, signal)
  const informers = new Map<string, Informer<KubeObject>>()
  const ends = new Map<string, AbortController[]>()
  const nameOf = ({ group, version, plural }: ResourceRef): string => `${group}/${version}/${plural}`
  const endingWith = (resource: ResourceRef): AbortSignal => {
    const end = new AbortController()
    ends.set(nameOf(resource), [...(ends.get(nameOf(resource)) ?? []), end])
    return AbortSignal.any([signal, end.signal])
  }
  return {
    informer: <T extends KubeObject>(resource: ResourceRef, options: ListOptions = {}) => {
      const { group, version, plural } = resource
      const { namespace, labelSelector, fieldSelector } = options
      const key = JSON.stringify([group, version, plural, namespace, labelSelector, fieldSelector])
      const started =
        informers.get(key) ??
        (startInformer<T>(
          { ...surroundings, resource, options },
          endingWith(resource),
        ) as unknown as Informer<KubeObject>)
      informers.set(key, started)
      // One resource has one shape: whoever names the resource names its type with it, as with ReadPort.
      return started as unknown as Informer<T>
    },
    release: (resource) => {
      const { group, version, plural } = resource
      const prefix = JSON.stringify([group, version, plural]).slice(0, -1)
      for (const end of ends.get(nameOf(resource)) ?? []) end.abort()
      ends.delete(nameOf(resource))
      for (const key of informers.keys()) if (key.startsWith(`${prefix},`)) informers.delete(key)
    },
    synced: async () => {
      await Promise.all([...informers.values()].map((informer) => informer.synced))
    },
    done: async () => {
      // Whoever runs may ask for another informer while this waits.
      for (let known = 0; known < informers.size;) {
        known = informers.size
        await Promise.all([...informers.values()].map((informer) => informer.done))
      }
    },
  }
}
