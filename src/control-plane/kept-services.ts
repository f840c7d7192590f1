/** Services that were deleted while routes send to them. */
import type { Source } from '../collections/collection.ts'
import type { Destination } from '../mesh/model/route-table.ts'
import { specOf } from '../mesh/translate/json-reader.ts'
import { serviceHost } from '../mesh/translate/object-names.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { definitionOf } from './in-use-record.ts'
import { guardedSource, keyOfObject, type Keeper, type KeptObject } from './kept-source.ts'

export const keepServices = (services: Source<KubeObject>, domain: string): Keeper => {
  const kept = new Map<string, KeptObject>()
  const keep = (object: KubeObject): void => {
    const service = withoutAddresses(object)
    kept.set(keyOfObject(object), service)
    services.set(keyOfObject(object), service)
  }
  const { source, known } = guardedSource(services, (key, next, before) => {
    if (next !== undefined) {
      kept.delete(key)
      services.set(key, next)
    } else if (before === undefined) services.delete(key)
    else keep(before)
  })
  const isUsed = ({ metadata }: KubeObject, destinations: readonly Destination[]): boolean => {
    const own = serviceHost(metadata.name, metadata.namespace ?? '', domain)
    return destinations.some(({ host }) => host === own)
  }
  return {
    source,
    any: () => kept.size > 0,
    release: (destinations) => {
      const unused = [...kept].filter(([, service]) => !isUsed(service, destinations))
      for (const [key] of unused) {
        kept.delete(key)
        services.delete(key)
      }
      return unused.length > 0
    },
    usedBy: (destinations) =>
      [...kept.values()].filter((service) => isUsed(service, destinations)).map((each) => definitionOf(each)),
    restore: (definition) => {
      if (!known.has(keyOfObject(definition))) keep(definition)
    },
  }
}

/** The virtual addresses are free for the next service; a headless one has none to give back. */
const withoutAddresses = (service: KubeObject): KeptObject => {
  const { clusterIP, clusterIPs: _, ...spec } = specOf(service)
  return { ...definitionOf(service, clusterIP === 'None' ? { ...spec, clusterIP } : spec), kept: true }
}
