/** What each connected proxy was given and has acknowledged, asked by the user's object. */
import { originKey } from '../mesh/model/origin.ts'
import { objectMemo } from '../primitives/object-memo.ts'
import type { AdsConnection, AdsRejection } from '../xds/protocol/ads-port.ts'
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, VIRTUAL_HOST_TYPE } from '../xds/protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../xds/protocol/resource.ts'

/** How far an object's present form is with the proxies that need it. */
export interface ObjectDelivery {
  readonly needed: number
  readonly acknowledged: number
  readonly rejections: readonly { readonly proxy: string; readonly message: string }[]
  readonly waitingFor: readonly string[]
}

export interface Delivery {
  readonly connected: (connection: AdsConnection) => void
  readonly disconnected: (connectionId: string) => void
  /**
   * Returns true when the proxy had something else before. `byVirtualHosts`: the proxy asks for virtual hosts (VHDS);
   * one that does not never confirms that they went.
   */
  readonly assigned: (connectionId: string, snapshot: Snapshot, byVirtualHosts?: boolean) => boolean
  /** Returns the objects that the resources came from. */
  readonly acknowledged: (
    connectionId: string,
    typeUrl: string,
    resources: ReadonlyMap<string, string>,
  ) => ReadonlySet<string>
  readonly rejected: (connectionId: string, rejection: AdsRejection) => ReadonlySet<string>
  readonly ofObject: (objectKey: string) => ObjectDelivery
}

/** A resource on its way: to be there in this version (`''`: to be gone), on behalf of these objects. */
interface Awaited {
  readonly typeUrl: string
  readonly name: string
  readonly version: string
  readonly objects: readonly string[]
}

interface ProxyDelivery {
  readonly connection: AdsConnection
  snapshot: Snapshot
  readonly awaited: Map<string, Awaited>
  /** Keys of `awaited` by object: an object's standing is asked for far more often than resources change. */
  readonly awaitedByObject: Map<string, Set<string>>
  readonly rejections: Map<string, { readonly version: string; readonly message: string }>
}

const NOTHING: Snapshot = { resources: new Map() }

/** Removals that Envoy confirms: it follows these types as a whole. */
const CONFIRMED_REMOVALS = new Set([CLUSTER_TYPE, LISTENER_TYPE, VIRTUAL_HOST_TYPE])

const awaitedKey = (typeUrl: string, name: string): string => `${typeUrl} ${name}`

export const createDelivery = (): Delivery => {
  const proxies = new Map<string, ProxyDelivery>()
  const differences = differenceMemo()
  const objects = objectIndex()
  return {
    connected: (connection) =>
      void proxies.set(connection.id, {
        connection,
        snapshot: NOTHING,
        awaited: new Map(),
        awaitedByObject: new Map(),
        rejections: new Map(),
      }),
    disconnected: (id) => void proxies.delete(id),
    assigned: (id, snapshot, byVirtualHosts = true) => {
      const proxy = proxies.get(id)
      if (proxy === undefined || proxy.snapshot === snapshot) return false
      for (const awaited of differences(proxy.snapshot, snapshot)) {
        if (willBeConfirmed(awaited, proxy, byVirtualHosts)) expectOf(proxy, awaited)
        else forget(proxy, awaitedKey(awaited.typeUrl, awaited.name))
      }
      proxy.snapshot = snapshot
      return true
    },
    acknowledged: (id, typeUrl, resources) => land(proxies.get(id), typeUrl, resources),
    rejected: (id, rejection) => refuse(proxies.get(id), rejection),
    ofObject: (key) => summarize([...proxies.values()], key, objects),
  }
}

/** An incremental client confirms what goes, where it follows a type as a whole. */
const willBeConfirmed = (
  { typeUrl, version }: Awaited,
  proxy: ProxyDelivery,
  byVirtualHosts: boolean,
): boolean => {
  if (typeUrl === VIRTUAL_HOST_TYPE && !byVirtualHosts) return false
  return version !== '' || (proxy.connection.proxy.delta && CONFIRMED_REMOVALS.has(typeUrl))
}

/** What an earlier form of the resource did for other objects has not gone before this form is there. */
const expectOf = (proxy: ProxyDelivery, { objects: own, ...rest }: Awaited): void => {
  const key = awaitedKey(rest.typeUrl, rest.name)
  const objects = [...new Set([...(proxy.awaited.get(key)?.objects ?? []), ...own])]
  forget(proxy, key)
  if (objects.length === 0) return
  proxy.awaited.set(key, { ...rest, objects })
  for (const object of objects) {
    const keys = proxy.awaitedByObject.get(object)
    if (keys === undefined) proxy.awaitedByObject.set(object, new Set([key]))
    else keys.add(key)
  }
}

const forget = (proxy: ProxyDelivery, key: string): void => {
  for (const object of proxy.awaited.get(key)?.objects ?? []) {
    const keys = proxy.awaitedByObject.get(object)
    keys?.delete(key)
    if (keys?.size === 0) proxy.awaitedByObject.delete(object)
  }
  proxy.awaited.delete(key)
}

const land = (
  proxy: ProxyDelivery | undefined,
  typeUrl: string,
  resources: ReadonlyMap<string, string>,
): ReadonlySet<string> => {
  const touched = new Set<string>()
  for (const [name, version] of resources) {
    const key = awaitedKey(typeUrl, name)
    proxy?.rejections.delete(key)
    const awaited = proxy?.awaited.get(key)
    if (awaited === undefined || awaited.version !== version) continue
    for (const object of awaited.objects) touched.add(object)
    if (proxy !== undefined) forget(proxy, key)
  }
  return touched
}

const refuse = (proxy: ProxyDelivery | undefined, rejection: AdsRejection): ReadonlySet<string> => {
  const touched = new Set<string>()
  for (const [name, version] of rejection.resources) {
    const key = awaitedKey(rejection.typeUrl, name)
    proxy?.rejections.set(key, { version, message: rejection.message })
    for (const object of proxy?.awaited.get(key)?.objects ?? []) touched.add(object)
  }
  return touched
}

const summarize = (
  proxies: readonly ProxyDelivery[],
  object: string,
  objects: ReturnType<typeof objectIndex>,
): ObjectDelivery => {
  const waitingFor: string[] = []
  const rejections: { readonly proxy: string; readonly message: string }[] = []
  let needed = 0
  for (const proxy of proxies) {
    const waiting = proxy.awaitedByObject.get(object)
    if (waiting === undefined && !holds(proxy.snapshot, object, objects)) continue
    needed += 1
    if (waiting === undefined) continue
    const refused = [...waiting].flatMap((key) => {
      const rejection = proxy.rejections.get(key)
      return rejection !== undefined && rejection.version === proxy.awaited.get(key)?.version
        ? [rejection.message]
        : []
    })
    const { name, namespace } = proxy.connection.proxy
    if (refused[0] !== undefined) rejections.push({ proxy: `${name}.${namespace}`, message: refused[0] })
    else waitingFor.push(`${name}.${namespace}`)
  }
  return { needed, acknowledged: needed - waitingFor.length - rejections.length, rejections, waitingFor }
}

const holds = (snapshot: Snapshot, object: string, objects: ReturnType<typeof objectIndex>): boolean => {
  for (const [typeUrl, map] of snapshot.resources) {
    if (typeUrl !== ENDPOINT_TYPE && objects(map).has(object)) return true
  }
  return false
}

/** The objects that a map's resources come from; one set per map, which many proxies share. */
const objectIndex = (): ((map: ReadonlyMap<string, EncodedResource>) => ReadonlySet<string>) => {
  const memo = objectMemo<ReadonlySet<string>>()
  return (map) =>
    memo.at([map], '', () => {
      const keys = new Set<string>()
      for (const resource of map.values()) for (const key of objectsOf(resource)) keys.add(key)
      return keys
    })
}

const ISTIO_KINDS = new Set(['VirtualService', 'DestinationRule', 'Gateway'])

const objectsOf = (resource: EncodedResource | undefined): readonly string[] =>
  (resource?.origins ?? []).filter(({ kind }) => ISTIO_KINDS.has(kind)).map(originKey)

/** What a proxy that goes from one snapshot to another has to acknowledge; computed once per pair of maps. */
const differenceMemo = (): ((before: Snapshot, after: Snapshot) => readonly Awaited[]) => {
  const memo = objectMemo<readonly Awaited[]>()
  const empty: ReadonlyMap<string, EncodedResource> = new Map()
  return (before, after) =>
    [...new Set([...before.resources.keys(), ...after.resources.keys()])]
      .filter((typeUrl) => typeUrl !== ENDPOINT_TYPE)
      .flatMap((typeUrl) => {
        const old = before.resources.get(typeUrl) ?? empty
        const next = after.resources.get(typeUrl) ?? empty
        return old === next ? [] : memo.at([next, old], typeUrl, () => difference(typeUrl, old, next))
      })
}

const difference = (
  typeUrl: string,
  before: ReadonlyMap<string, EncodedResource>,
  after: ReadonlyMap<string, EncodedResource>,
): readonly Awaited[] => {
  const awaited: Awaited[] = []
  for (const [name, resource] of after) {
    const old = before.get(name)
    if (old?.version === resource.version) continue
    // An object that no longer shapes the resource waits too: its former effect has to go.
    const objects = [...new Set([...objectsOf(resource), ...objectsOf(old)])]
    awaited.push({ typeUrl, name, version: resource.version, objects })
  }
  for (const [name, resource] of before) {
    if (!after.has(name)) awaited.push({ typeUrl, name, version: '', objects: objectsOf(resource) })
  }
  return awaited
}
