import type { ListOptions, ResourceRef } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { type Informer, type InformerSurroundings, startInformer } from './informer.ts'

/** Informers shared by many consumers: one list, one watch and one cache per resource and selection. */
export interface InformerSet {
  /** The informer of a resource, started at the first call. */
  readonly informer: <T extends KubeObject>(resource: ResourceRef, options?: ListOptions) => Informer<T>
  /** Resolves when all informers asked for so far have synced. */
  readonly synced: () => Promise<void>
  /** Resolves when all informers ended after the set's signal. */
  readonly done: () => Promise<void>
}

/** All informers of the set end with `signal`. */
export const createInformerSet = (surroundings: InformerSurroundings, signal: AbortSignal): InformerSet => {
  const informers = new Map<string, Informer<KubeObject>>()
  return {
    informer: <T extends KubeObject>(resource: ResourceRef, options: ListOptions = {}) => {
      const { group, version, plural } = resource
      const { namespace, labelSelector, fieldSelector } = options
      const key = JSON.stringify([group, version, plural, namespace, labelSelector, fieldSelector])
      const started =
        informers.get(key) ??
        (startInformer<T>({ ...surroundings, resource, options }, signal) as unknown as Informer<KubeObject>)
      informers.set(key, started)
      // One resource has one shape: whoever names the resource names its type with it, as with ReadPort.
      return started as unknown as Informer<T>
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
