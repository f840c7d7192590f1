/** One ADS stream: which type may be sent when, so that nothing is used before it is there or gone while it is used. */
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  SECRET_TYPE,
  VIRTUAL_HOST_TYPE,
} from './ads-port.ts'
import type { EncodedResource, Snapshot } from './resource.ts'
import { changedNames, type CompareMaps } from './snapshot-changes.ts'
import { TypeStream, type Changes, type SendLimits } from './type-stream.ts'

export type Dialect = 'delta' | 'sotw'

/** A request of either dialect, as far as the state machine is concerned. */
export interface AdsRequest {
  readonly typeUrl: string
  readonly nonce: string
  /** Set when the request refuses the response that `nonce` names: Envoy's words. */
  readonly error: string | undefined
  readonly names:
    | {
        readonly dialect: 'delta'
        readonly subscribe: readonly string[]
        readonly unsubscribe: readonly string[]
        /** What the client holds from an earlier stream: name to version. */
        readonly versions: ReadonlyMap<string, string>
      }
    | { readonly dialect: 'sotw'; readonly all: readonly string[] }
}

/** A response to encode and send. */
export interface PlannedResponse {
  readonly typeUrl: string
  readonly nonce: string
  readonly resources: readonly EncodedResource[]
  /** Names that go; always empty on a state-of-the-world stream, where absence says it. */
  readonly removed: readonly string[]
}

export type SessionOutput =
  | { readonly kind: 'send'; readonly response: PlannedResponse }
  /** The proxy holds these now (undefined: holds them no longer). */
  | { readonly kind: 'acknowledged'; readonly typeUrl: string; readonly changes: Changes }
  /** The proxy refuses these, and keeps what it had. */
  | {
      readonly kind: 'refused'
      readonly typeUrl: string
      readonly changes: Changes
      readonly message: string
    }

/** Dependencies before their users: the order within one push. Types that are not listed come last. */
const sendOrder: readonly string[] = [
  SECRET_TYPE,
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
]
const usersOfClusters: readonly string[] = [LISTENER_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE]
/** A state-of-the-world response of these types is the whole truth. */
const fullStateTypes: ReadonlySet<string> = new Set([CLUSTER_TYPE, LISTENER_TYPE])
/** Types that may come in several responses; the others are applied as a whole by Envoy at a cost per response. */
const divisibleTypes: ReadonlySet<string> = new Set([CLUSTER_TYPE, ENDPOINT_TYPE])
const divisionBytes = 1 << 20

export const routeConfigurationOf = (virtualHostName: string): string => {
  const end = virtualHostName.indexOf('/')
  return end < 0 ? virtualHostName : virtualHostName.slice(0, end)
}

/**
 * Make before break on one stream: clusters and their endpoints, then listeners, routes and virtual hosts, and only when
 * those are acknowledged the removal of clusters. At most one response of a type is outstanding; what changes meanwhile
 * is merged. Every method returns what is to be done, in order.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
export class AdsSession {
  readonly dialect: Dialect
  readonly #streams = new Map<string, TypeStream>()
  readonly #compare: CompareMaps
  #snapshot: Snapshot | undefined
  /** Clusters that were sent and have not got their endpoints since: not usable yet. */
  readonly #warming = new Set<string>()
  #nonce = 0

  constructor(dialect: Dialect, compare: CompareMaps = changedNames) {
    this.dialect = dialect
    this.#compare = compare
  }

  /** True while listeners and routes wait for clusters that lack their endpoints; see `stopWaiting`. */
  get waiting(): boolean {
    return this.#warming.size > 0
  }

  /** The types that the client asked for, dependencies first. */
  get types(): readonly TypeStream[] {
    const listed = sendOrder.flatMap((typeUrl) => this.#streams.get(typeUrl) ?? [])
    const others = [...this.#streams.values()].filter((stream) => !sendOrder.includes(stream.typeUrl))
    return [...listed, ...others]
  }

  setSnapshot(snapshot: Snapshot): readonly SessionOutput[] {
    const before = this.#snapshot
    if (before === snapshot) return []
    this.#snapshot = snapshot
    const outputs = this.#retarget(before ?? { resources: new Map() })
    const endpoints = this.#targetOf(ENDPOINT_TYPE)
    const clusters = this.#targetOf(CLUSTER_TYPE)
    for (const name of this.#warming) {
      if (!endpoints.has(name) || !clusters.has(name)) this.#warming.delete(name)
    }
    return [...outputs, ...this.#pump()]
  }

  /** Gives the streams their new targets; tells what is gone without ever having been asked for. */
  #retarget(before: Snapshot): readonly SessionOutput[] {
    return [...new Set([...before.resources.keys(), ...this.#streams.keys()])].flatMap((typeUrl) => {
      const old = before.resources.get(typeUrl) ?? noResources
      const target = this.#targetOf(typeUrl)
      if (old === target) return []
      const changed = this.#compare(old, target)
      const unasked = this.#streams.get(typeUrl)?.retarget(target, changed) ?? changed
      const gone = unasked.filter((name) => !target.has(name))
      if (gone.length === 0) return []
      return [{ kind: 'acknowledged', typeUrl, changes: new Map(gone.map((name) => [name, undefined])) }]
    })
  }

  /** The client takes too long to ask for the endpoints of its new clusters: go on without. */
  stopWaiting(): readonly SessionOutput[] {
    this.#warming.clear()
    return this.#pump()
  }

  request(request: AdsRequest): readonly SessionOutput[] {
    const stream = this.#streamOf(request.typeUrl)
    if (request.names.dialect === 'sotw' && request.nonce !== '' && request.nonce !== stream.sentNonce)
      return []
    const outputs: SessionOutput[] = []
    if (request.nonce !== '') outputs.push(...this.#land(stream, request))
    const change =
      request.names.dialect === 'delta'
        ? stream.subscription.changeBy(request.names.subscribe, request.names.unsubscribe)
        : stream.subscription.replaceBy(request.names.all)
    const versions = request.names.dialect === 'delta' ? request.names.versions : new Map<string, string>()
    stream.applySubscription(change, versions)
    if (request.typeUrl === ENDPOINT_TYPE) this.#oweToWarming(stream, versions.keys())
    outputs.push(...this.#pump())
    return outputs
  }

  #land(stream: TypeStream, request: AdsRequest): readonly SessionOutput[] {
    const { typeUrl } = stream
    if (request.error !== undefined) {
      const changes = stream.refuse(request.nonce, request.error)
      if (changes === undefined) return []
      if (typeUrl === CLUSTER_TYPE) for (const name of changes.keys()) this.#warming.delete(name)
      return changes.size > 0 ? [{ kind: 'refused', typeUrl, changes, message: request.error }] : []
    }
    const changes = stream.acknowledge(request.nonce)
    if (changes === undefined) return []
    if (typeUrl === ENDPOINT_TYPE) {
      for (const name of changes.keys()) if (!stream.isPending(name)) this.#warming.delete(name)
    }
    return changes.size > 0 ? [{ kind: 'acknowledged', typeUrl, changes }] : []
  }

  #targetOf(typeUrl: string): ReadonlyMap<string, EncodedResource> {
    return this.#snapshot?.resources.get(typeUrl) ?? noResources
  }

  #streamOf(typeUrl: string): TypeStream {
    const known = this.#streams.get(typeUrl)
    if (known !== undefined) return known
    const stream = new TypeStream(typeUrl)
    stream.target = this.#targetOf(typeUrl)
    this.#streams.set(typeUrl, stream)
    return stream
  }

  #pump(): readonly SessionOutput[] {
    if (this.#snapshot === undefined) return []
    const clusters = [CLUSTER_TYPE, ENDPOINT_TYPE].flatMap((typeUrl) => this.#streams.get(typeUrl) ?? [])
    // Clusters again: their removal may wait for routes that turned out to be settled.
    return [...this.types, ...clusters].flatMap((stream) => this.#push(stream))
  }

  #push(stream: TypeStream): readonly SessionOutput[] {
    const { typeUrl } = stream
    if (stream.outstanding || !stream.subscription.requested) return []
    if (usersOfClusters.includes(typeUrl) && !this.#clustersReady()) return []
    const { confirmed, changes } = stream.next(this.#limits(typeUrl))
    const outputs: SessionOutput[] =
      confirmed.size > 0 ? [{ kind: 'acknowledged', typeUrl, changes: confirmed }] : []
    if (changes === undefined) return outputs
    this.#nonce += 1
    const nonce = String(this.#nonce)
    const response = this.#plan(stream, nonce, changes)
    this.#oweDependents(stream, changes)
    stream.sent(nonce, changes)
    outputs.push({ kind: 'send', response })
    return outputs
  }

  #plan(stream: TypeStream, nonce: string, changes: Changes): PlannedResponse {
    const { typeUrl } = stream
    const changed = [...changes.values()].filter((resource) => resource !== undefined)
    if (this.dialect === 'delta') {
      const removed = [...changes.keys()].filter((name) => changes.get(name) === undefined)
      return { typeUrl, nonce, resources: changed, removed }
    }
    if (!fullStateTypes.has(typeUrl)) return { typeUrl, nonce, resources: changed, removed: [] }
    const kept = [...stream.held.entries()].flatMap(([name, held]) =>
      changes.has(name) || held.body === undefined ? [] : [held],
    )
    return { typeUrl, nonce, resources: [...kept, ...changed], removed: [] }
  }

  #limits(typeUrl: string): SendLimits {
    const whole = this.dialect === 'sotw' && fullStateTypes.has(typeUrl)
    const byName = this.dialect === 'delta' ? 'by-name' : 'never'
    return {
      removal: whole ? 'by-absence' : byName,
      maxBytes: divisibleTypes.has(typeUrl) && !whole ? divisionBytes : Number.POSITIVE_INFINITY,
      when: this.#gate(typeUrl),
    }
  }

  /** Which changes of a type may travel now. */
  #gate(typeUrl: string): SendLimits['when'] {
    switch (typeUrl) {
      case CLUSTER_TYPE: {
        const routesSettled = usersOfClusters.every((user) => this.#streams.get(user)?.settled ?? true)
        return (_name, resource) => (resource !== undefined || routesSettled ? 'now' : 'later')
      }
      case ENDPOINT_TYPE: {
        const clusters = this.#streams.get(CLUSTER_TYPE)
        return (name, resource) =>
          resource !== undefined || clusters?.knows(name) !== true ? 'now' : 'later'
      }
      case VIRTUAL_HOST_TYPE: {
        const tables = this.#streams.get(ROUTE_TYPE)
        return (name, resource) =>
          resource === undefined || tables === undefined || tables.knows(routeConfigurationOf(name))
            ? 'now'
            : 'never'
      }
      default:
        return () => 'now'
    }
  }

  #clustersReady(): boolean {
    return (this.#streams.get(CLUSTER_TYPE)?.quiet ?? true) && this.#warming.size === 0
  }

  /** What Envoy starts afresh with these changes, it needs the parts of again. Call before `sent`. */
  #oweDependents(stream: TypeStream, changes: Changes): void {
    if (stream.typeUrl === CLUSTER_TYPE) this.#oweEndpoints(changes)
    if (stream.typeUrl === ROUTE_TYPE) this.#oweVirtualHosts(stream, changes)
  }

  /** A changed cluster warms again, and Envoy does not ask again for endpoints that it is subscribed to. */
  #oweEndpoints(changes: Changes): void {
    const endpoints = this.#targetOf(ENDPOINT_TYPE)
    const stream = this.#streams.get(ENDPOINT_TYPE)
    for (const [name, cluster] of changes) {
      this.#warming.delete(name)
      if (cluster === undefined || !endpoints.has(name)) continue
      this.#warming.add(name)
      stream?.owe(name)
    }
  }

  /**
   * A client that comes back names the endpoints that it holds, but a cluster that warms needs them once more: one sent
   * on this stream, or any when the client asks for endpoints before clusters, which it holds back while one warms.
   * Source: Envoy's ClusterManagerImpl::updateClusterCounts
   */
  #oweToWarming(stream: TypeStream, names: Iterable<string>): void {
    const mayWarm = this.#streams.get(CLUSTER_TYPE)?.subscription.requested !== true
    for (const name of names) if (mayWarm || this.#warming.has(name)) stream.owe(name)
  }

  /** A route table that is new to Envoy is empty until its virtual hosts come; those sent earlier are lost. */
  #oweVirtualHosts(stream: TypeStream, changes: Changes): void {
    const hosts = this.#streams.get(VIRTUAL_HOST_TYPE)
    if (hosts === undefined) return
    const fresh = new Set<string>()
    for (const [name, route] of changes) if (route !== undefined && !stream.knows(name)) fresh.add(name)
    if (fresh.size === 0) return
    for (const name of hosts.target.keys()) if (fresh.has(routeConfigurationOf(name))) hosts.owe(name)
  }
}

const noResources: ReadonlyMap<string, EncodedResource> = new Map()
