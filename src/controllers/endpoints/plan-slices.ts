import { objectKey } from '../../cluster/object-change.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { Service } from '../../resources/core/service.ts'
import type { Endpoint, EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { controllerReference } from '../../machinery/object-meta.ts'
import { safeHash } from '../safe-hash.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { AddressType, EndpointGroup } from './service-endpoints.ts'

/** Kubernetes' default of --max-endpoints-per-slice. */
export const maxEndpointsPerSlice = 100

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const sliceManager = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'

export type SliceAction = { readonly type: 'create' | 'update' | 'delete'; readonly slice: EndpointSlice }

/** An index of slices: the key of the Service that each slice of this manager is for. */
export const serviceKeysOfSlices =
  (manager: string) =>
  ({ metadata }: EndpointSlice): readonly string[] => {
    const name = metadata.labels?.[serviceNameLabel]
    const isManaged = metadata.labels?.[managedByLabel] === manager
    return name === undefined || !isManaged ? [] : [objectKey({ ...metadata, name })]
  }

/** What slices are made of beside their endpoints. */
export interface SliceOwner {
  /** The slices bear its name, and go with it. */
  readonly object: KubeObject
  readonly labels: Readonly<Record<string, string>>
  /** Without endpoints one empty slice of each is kept: readers tell "none" from "not looked at yet". */
  readonly families: readonly AddressType[]
}

const serviceOwner = (service: Service): SliceOwner => ({
  object: service,
  labels: labelsOf(service),
  families: service.spec.ipFamilies ?? ['IPv4'],
})

const labelsOf = (service: Service): Readonly<Record<string, string>> => {
  const { [headlessLabel]: _, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(service.spec.clusterIP === 'None' ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: sliceManager,
  }
}

const groupKey = ({ addressType, ports }: Pick<EndpointGroup, 'addressType' | 'ports'>): string =>
  JSON.stringify([
    addressType,
    ports.map(({ name, protocol, port, appProtocol }) => [name, protocol, port, appProtocol]),
  ])

const endpointKey = ({ targetRef, addresses }: Endpoint): string => `${targetRef?.uid} ${addresses.join(' ')}`

/**
 * New slices are named by service, ports and a number: with a cache that does not show the last slice yet, the same
 * name is tried again and refused, and no endpoint lands in two slices.
 */
const freshNames = function* (
  { metadata }: KubeObject,
  key: string,
  used: ReadonlySet<string>,
): Generator<string, void> {
  for (let number = 0; ; number += 1) {
    const name = `${metadata.name}-${safeHash(`${metadata.uid} ${key} ${number}`).slice(-5)}`
    if (!used.has(name)) yield name
  }
}

const newSlice = ({ object, labels }: SliceOwner, name: string, group: EndpointGroup): EndpointSlice => {
  const { namespace } = object.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      generateName: `${object.metadata.name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ownerReferences: [controllerReference(object)],
    },
    addressType: group.addressType,
    endpoints: group.endpoints,
    ports: group.ports,
  }
}

/** Endpoints stay in the slice where they are; new ones fill slices that change anyway, then others, then new ones. */
const spread = (
  group: EndpointGroup,
  slices: readonly EndpointSlice[],
): { readonly kept: readonly (readonly Endpoint[])[]; readonly rest: readonly Endpoint[] } => {
  const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]))
  const kept = slices.map((slice) =>
    (slice.endpoints ?? []).flatMap((endpoint) => {
      const key = endpointKey(endpoint)
      const current = wanted.get(key)
      wanted.delete(key)
      return current === undefined ? [] : [current]
    }),
  )
  const rest = [...wanted.values()]
  const changes = (index: number): number => (jsonEqual(kept[index], slices[index]?.endpoints ?? []) ? 1 : 0)
  const order = kept.map((_, index) => index).toSorted((left, right) => changes(left) - changes(right))
  for (const index of order) {
    const endpoints = kept[index] ?? []
    endpoints.push(...rest.splice(0, maxEndpointsPerSlice - endpoints.length))
  }
  return { kept, rest }
}

const planGroup = (
  owner: SliceOwner,
  group: EndpointGroup,
  slices: readonly EndpointSlice[],
  names: Iterator<string, void>,
): SliceAction[] => {
  const { kept, rest } = spread(group, slices)
  const { labels } = owner
  const actions = slices.flatMap((slice, index): SliceAction[] => {
    const endpoints = kept[index] ?? []
    if (endpoints.length === 0 && group.endpoints.length > 0) return [{ type: 'delete', slice }]
    const next = { ...slice, metadata: { ...slice.metadata, labels }, endpoints }
    const same = jsonEqual(slice.endpoints ?? [], endpoints) && jsonEqual(slice.metadata.labels, labels)
    return same ? [] : [{ type: 'update', slice: next }]
  })
  const left = [...rest]
  while (left.length > 0 || (slices.length === 0 && group.endpoints.length === 0 && actions.length === 0)) {
    const name = names.next().value ?? ''
    const endpoints = left.splice(0, maxEndpointsPerSlice)
    actions.push({ type: 'create', slice: newSlice(owner, name, { ...group, endpoints }) })
  }
  return actions
}

/**
 * The fewest writes that make `slices` (those of this controller, of one service) hold the groups. Creations come
 * first and deletions last, so that no endpoint is missing in between.
 */
export const planSlices = (
  service: Service,
  groups: readonly EndpointGroup[],
  slices: readonly EndpointSlice[],
): readonly SliceAction[] => planOwnedSlices(serviceOwner(service), groups, slices)

/** The same for any owner. */
export const planOwnedSlices = (
  owner: SliceOwner,
  groups: readonly EndpointGroup[],
  slices: readonly EndpointSlice[],
): readonly SliceAction[] => {
  const empty = owner.families
    .filter((addressType) => !groups.some((group) => group.addressType === addressType))
    .map((addressType): EndpointGroup => ({ addressType, ports: [], endpoints: [] }))
  const wanted = new Map([...groups, ...empty].map((group) => [groupKey(group), group]))
  const existing = new Map<string, EndpointSlice[]>()
  const obsolete: SliceAction[] = []
  for (const slice of slices) {
    const key = groupKey({
      addressType: slice.addressType === 'IPv6' ? 'IPv6' : 'IPv4',
      ports: slice.ports ?? [],
    })
    if (!wanted.has(key) || slice.addressType === 'FQDN') obsolete.push({ type: 'delete', slice })
    else existing.set(key, [...(existing.get(key) ?? []), slice])
  }
  const used = new Set(slices.map(({ metadata }) => metadata.name))
  const planned = [...wanted].flatMap(([key, group]) =>
    planGroup(owner, group, existing.get(key) ?? [], freshNames(owner.object, key, used)),
  )
  const rank = { create: 0, update: 1, delete: 2 } as const
  return [...planned, ...obsolete].toSorted((left, right) => rank[left.type] - rank[right.type])
}
