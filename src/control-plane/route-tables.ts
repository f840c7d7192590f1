/** Route tables among the collections: what each refers to, and the last good one while a reference leads nowhere. */
import type { CollectionGraph } from '../collections/collection-graph.ts'
import type { Collection, Index, Reader, Source } from '../collections/collection.ts'
import type { Gateway } from '../mesh/model/gateway.ts'
import { isCoveredBy } from '../mesh/model/host-name.ts'
import type { RouteTable } from '../mesh/model/route-table.ts'
import type { Service } from '../mesh/model/service.ts'
import type { DestinationPolicy, Subset } from '../mesh/model/traffic-policy.ts'
import { holdLastGood, type HeldTable, type ReferenceLookup } from '../mesh/translate/references.ts'
import { translateVirtualService } from '../mesh/translate/virtual-service.ts'
import { jsonEqual } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { keyOfObject } from './kept-source.ts'

export interface RouteTables {
  readonly held: Collection<HeldTable>
  /** The object that a table was translated from. */
  readonly written: { readonly get: (table: RouteTable) => KubeObject | undefined }
  /** Lets a table be held back behind this older form of it when it is first computed. */
  readonly restore: (older: KubeObject) => void
}

/** Route tables, each held back while it refers to what does not exist and an older one works. */
export const addRouteTables = (
  graph: CollectionGraph,
  source: Source<KubeObject>,
  from: ReferenceCollections & { readonly domain: string },
): RouteTables => {
  const written = new WeakMap<RouteTable, KubeObject>()
  const restored = new Map<string, RouteTable>()
  const translate = (object: KubeObject): RouteTable => {
    const table = translateVirtualService(object, from.domain)
    written.set(table, object)
    return table
  }
  const candidates = graph.derive<KubeObject, RouteTable>(source, {
    name: 'route tables',
    transform: (object) => {
      const table = translate(object)
      return [[nameKey(table), table]]
    },
  })
  const held = graph.derive<RouteTable, HeldTable>(candidates, {
    name: 'held route tables',
    equal: (left, right) => left.table === right.table && jsonEqual(left.findings, right.findings),
    transform: (table, read, previous) => {
      const key = nameKey(table)
      const older = previous(key)?.table ?? restored.get(key)
      restored.delete(key)
      return [[key, holdLastGood(older, table, lookupIn(read, from))]]
    },
  })
  return { held, written, restore: (older) => void restored.set(keyOfObject(older), translate(older)) }
}

interface ReferenceCollections {
  readonly services: Collection<Service>
  readonly gateways: Collection<Gateway>
  readonly policies: Collection<readonly DestinationPolicy[]>
  readonly wildcards: Index<DestinationPolicy>
  readonly rootNamespace: string
}

/** References as one table reads them: a later change of what it read checks the table again. */
const lookupIn = (read: Reader, from: ReferenceCollections): ReferenceLookup => ({
  service: (host) => read.get(from.services, host),
  hasGateway: (gateway) => read.get(from.gateways, gateway) !== undefined,
  hosts: () => read.values(from.services).map(({ host }) => host),
  subsets: (service, viewer) => namesOf(subsetsFor(service, viewer, { read, from }), false),
  keptSubsets: (service, viewer) => namesOf(subsetsFor(service, viewer, { read, from }), true),
})

const namesOf = (subsets: readonly Subset[], kept: boolean): readonly string[] =>
  subsets.filter((subset) => (subset.kept === true) === kept).map(({ name }) => name)

const subsetsFor = (
  service: Service,
  viewer: string,
  { read, from }: { readonly read: Reader; readonly from: ReferenceCollections },
): readonly Subset[] => {
  const namespaces = [...new Set([viewer, service.namespace, from.rootNamespace])]
  const exact = namespaces.flatMap(
    (namespace) => read.get(from.policies, policyKey(namespace, service.host)) ?? [],
  )
  const wide = read
    .lookup(from.wildcards, '*')
    .filter(({ namespace, host }) => namespaces.includes(namespace) && isCoveredBy(service.host, host))
  return [...exact, ...wide].flatMap(({ subsets }) => subsets)
}

const nameKey = ({ namespace, name }: RouteTable): string => `${namespace}/${name}`

/** How policies are grouped: by the namespace that they stand in, and their host. */
export const policyKey = (namespace: string, host: string): string => `${namespace}|${host}`
