/** Definitions that were deleted while routes use them: kept until no route does, so that no request fails by it. */
import type { Source } from '../collections/collection.ts'
import type { RouteTable } from '../mesh/model/route-table.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Definition } from './in-use-record.ts'
import { keepServices } from './kept-services.ts'
import { destinationsOf } from './kept-source.ts'
import { keepSubsets } from './kept-subsets.ts'

export interface KeptDefinitions {
  /** The sources as they are to be fed: a deletion is carried out only when `release` finds no use. */
  readonly services: Source<KubeObject>
  readonly rules: Source<KubeObject>
  /** Lets go what none of the tables uses, or what is defined anew. True: sources have changes to commit. */
  readonly release: (tables: Iterable<RouteTable>) => boolean
  /** What the table uses of it, to be recorded. */
  readonly usedBy: (table: RouteTable) => readonly Definition[]
  /** Keeps what was kept before a restart; `release` drops what needs it no longer. */
  readonly restore: (definition: Definition) => void
}

export const createKeptDefinitions = (options: {
  readonly services: Source<KubeObject>
  readonly rules: Source<KubeObject>
  readonly domain: string
}): KeptDefinitions => {
  const services = keepServices(options.services, options.domain)
  const subsets = keepSubsets(options.rules, options.domain)
  return {
    services: services.source,
    rules: subsets.source,
    release: (tables) => {
      if (!services.any() && !subsets.any()) return false
      const destinations = [...tables].flatMap(destinationsOf)
      const released = [services.release(destinations), subsets.release(destinations)]
      return released.includes(true)
    },
    usedBy: (table) => {
      if (!services.any() && !subsets.any()) return []
      const destinations = destinationsOf(table)
      return [...services.usedBy(destinations), ...subsets.usedBy(destinations)]
    },
    restore: (definition) => {
      if (definition.kind === 'Service') services.restore(definition)
      if (definition.kind === 'DestinationRule') subsets.restore(definition)
    },
  }
}
