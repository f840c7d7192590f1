/** Services and their EndpointSlices as the node knows them, and who wants to hear of changes. */
import type { ReadPort } from '../../machinery/ports.ts'
import type { Clock } from '../../primitives/clock.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { followResource, type Log, type ResourceFollower } from '../follow-resource.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'

export interface ServiceRegistry {
  readonly get: (namespace: string, name: string) => ServiceWithSlices | undefined
  readonly all: () => readonly ServiceWithSlices[]
  readonly hasNamespace: (namespace: string) => boolean
  /** Calls `listener` after each change of a Service or of its slices; not before both kinds were listed once. */
  readonly subscribe: (listener: () => void) => void
  /** Counts the changes: derived data is current while it has not moved. */
  readonly revision: () => number
  /** Follows the API until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

export interface ServiceRegistryOptions {
  readonly read: ReadPort
  readonly clock: Clock
  readonly log: Log
}

const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

const serviceOfSlice = (slice: EndpointSlice): string =>
  `${slice.metadata.namespace ?? ''}/${slice.metadata.labels?.[serviceNameLabel] ?? ''}`

/** Objects by namespace/name; `changed` is called after each change. */
const objectMap = <T extends KubeObject>(
  changed: (before: T | undefined, after: T | undefined) => void,
): { readonly objects: Map<string, T>; readonly follower: ResourceFollower<T> } => {
  const objects = new Map<string, T>()
  const set = (key: string, after: T | undefined): void => {
    const before = objects.get(key)
    if (after === undefined) objects.delete(key)
    else objects.set(key, after)
    changed(before, after)
  }
  return {
    objects,
    follower: {
      replace: (items) => {
        const next = new Map(items.map((item) => [keyOf(item), item]))
        for (const key of objects.keys()) if (!next.has(key)) set(key, undefined)
        for (const [key, item] of next) set(key, item)
      },
      put: (object) => set(keyOf(object), object),
      remove: (object) => set(keyOf(object), undefined),
    },
  }
}

export const createServiceRegistry = (options: ServiceRegistryOptions): ServiceRegistry => {
  const listeners: (() => void)[] = []
  const listed = new Set<string>()
  const slicesByService = new Map<string, Map<string, EndpointSlice>>()
  let revision = 0
  const notify = (): void => {
    revision += 1
    if (listed.size === 2) for (const listener of listeners) listener()
  }
  const services = objectMap<Service>(notify)
  const slices = objectMap<EndpointSlice>((before, after) => {
    if (before !== undefined) slicesByService.get(serviceOfSlice(before))?.delete(keyOf(before))
    if (after !== undefined) {
      const key = serviceOfSlice(after)
      const ofService = slicesByService.get(key) ?? new Map<string, EndpointSlice>()
      slicesByService.set(key, ofService.set(keyOf(after), after))
    }
    notify()
  })
  const withSlices = (service: Service): ServiceWithSlices => ({
    service,
    slices: [...(slicesByService.get(keyOf(service))?.values() ?? [])],
  })
  const follow = <T extends KubeObject>(
    [group, version, plural]: readonly [string, string, string],
    follower: ResourceFollower<T>,
    signal: AbortSignal,
  ): Promise<void> =>
    followResource<T>(
      { group, version, plural },
      options,
      {
        ...follower,
        replace: (objects) => {
          follower.replace(objects)
          listed.add(plural)
          notify()
        },
      },
      signal,
    )
  return {
    get: (namespace, name) => {
      const service = services.objects.get(`${namespace}/${name}`)
      return service === undefined ? undefined : withSlices(service)
    },
    all: () => [...services.objects.values()].map(withSlices),
    hasNamespace: (namespace) => [...services.objects.keys()].some((key) => key.startsWith(`${namespace}/`)),
    subscribe: (listener) => {
      listeners.push(listener)
    },
    revision: () => revision,
    run: async (signal) => {
      await Promise.all([
        follow(['', 'v1', 'services'], services.follower, signal),
        follow(['discovery.k8s.io', 'v1', 'endpointslices'], slices.follower, signal),
      ])
    },
  }
}
