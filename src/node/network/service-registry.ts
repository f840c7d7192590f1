/** Services and their EndpointSlices as the node knows them, and who wants to hear of changes. */
import type { InformerSet } from '../../cluster/informer-set.ts'
import { objectKey } from '../../cluster/object-change.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { resources } from '../node-context.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'

export interface ServiceRegistry {
  readonly get: (namespace: string, name: string) => ServiceWithSlices | undefined
  readonly all: () => readonly ServiceWithSlices[]
  readonly hasNamespace: (namespace: string) => boolean
  /** Calls `listener` when both kinds were listed once, and after each change of a Service or of its slices. */
  readonly subscribe: (listener: () => void) => void
  /** Counts the changes: derived data is current while it has not moved. */
  readonly revision: () => number
}

/** The index of slices by their Service. */
const serviceIndex = 'service'

/** Follows the API until the informers' signal aborts. */
export const createServiceRegistry = (informers: InformerSet): ServiceRegistry => {
  const services = informers.informer<Service>(resources.services)
  const slices = informers.informer<EndpointSlice>(resources.endpointSlices)
  slices.cache.addIndex(serviceIndex, ({ metadata }) => [
    objectKey({ ...metadata, name: metadata.labels?.[serviceNameLabel] ?? '' }),
  ])
  const listeners: (() => void)[] = []
  let revision = 0
  const hasSynced = (): boolean => services.hasSynced() && slices.hasSynced()
  const changed = (): void => {
    revision += 1
    if (hasSynced()) for (const listener of listeners) listener()
  }
  services.subscribe(changed)
  slices.subscribe(changed)
  // Rejects when the informers end before: then there is nobody left to tell.
  Promise.all([services.synced, slices.synced]).then(changed, () => undefined)
  const withSlices = (service: Service): ServiceWithSlices => ({
    service,
    slices: slices.cache.byIndex(serviceIndex, objectKey(service.metadata)),
  })
  return {
    get: (namespace, name) => {
      const service = services.cache.get(objectKey({ namespace, name }))
      return service === undefined ? undefined : withSlices(service)
    },
    all: () => services.cache.list().map(withSlices),
    hasNamespace: (namespace) => services.cache.list(namespace).length > 0,
    subscribe: (listener) => {
      listeners.push(listener)
      if (hasSynced()) listener()
    },
    revision: () => revision,
  }
}
