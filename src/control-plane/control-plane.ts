/** Watches the cluster, keeps every connected proxy's snapshot up to date, and tells users what became of their objects. */
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import { originKey } from '../mesh/model/origin.ts'
import { wholeOf } from '../mesh/translate/json-reader.ts'
import { unsupportedFields } from '../mesh/translate/unsupported.ts'
import type { MeshSettings } from '../mesh/model/mesh-settings.ts'
import { BUILT_IN_PROVIDERS } from '../mesh/translate/mesh-config.ts'
import { unknownProviders } from '../mesh/translate/telemetry.ts'
import { DEFAULT_SETTINGS, type MeshState, type Proxy } from '../mesh/view/proxy-view.ts'
import { createViewer } from '../mesh/view/viewer.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createSnapshotBuilder } from '../xds/generate/snapshot.ts'
import {
  ENDPOINT_TYPE,
  type AdsConnection,
  type AdsObserver,
  type AdsServer,
} from '../xds/protocol/ads-port.ts'
import { createMeshConfig, MESH_CONFIG_NAME, type MeshConfig, type ObjectNote } from './mesh-config.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { createDepartures, type Departures } from './departures.ts'
import { createExpectedProxies } from './expected-proxies.ts'
import {
  createMeshCollections,
  sourceKinds,
  type MeshCollections,
  type SourceKind,
} from './mesh-collections.ts'
import { programmedCondition } from './programmed-condition.ts'
import { createStatusWriter, type StatusTarget, type StatusWriter } from './status-writer.ts'

/** What the control plane needs of an informer. */
export interface ObjectSource {
  /** Hears every change, and what is known already as `added`. Returns the way out. */
  readonly subscribe: (
    handler: (change: {
      readonly type: 'added' | 'modified' | 'deleted'
      readonly object: KubeObject
    }) => void,
  ) => () => void
  readonly synced: Promise<void>
}

export interface ControlPlaneOptions {
  readonly cluster: Pick<ClusterPort, 'patch'>
  /** The informer of a resource, over all namespaces; it lives as long as the control plane's signal. */
  readonly informer: (resource: ResourceRef) => ObjectSource
  readonly adsServer: AdsServer
  readonly clock: Clock
  readonly log: Log
  readonly settings?: Partial<MeshSettings>
  /** Tells users what happened to their objects. */
  readonly recordEvent?: (note: ObjectNote) => void
}

export interface ControlPlane {
  /** Resolves when the cluster was read whole and proxies are served. */
  readonly ready: Promise<void>
  /** Resolves when everything ended after the signal. Never rejects. */
  readonly done: Promise<void>
  /** The mesh as it is served now, for debugging. */
  readonly state: () => MeshState | undefined
}

const networking = (plural: string): ResourceRef => ({ group: 'networking.istio.io', version: 'v1', plural })

const RESOURCES: Readonly<Record<SourceKind, ResourceRef>> = {
  Service: { group: '', version: 'v1', plural: 'services' },
  EndpointSlice: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  Pod: { group: '', version: 'v1', plural: 'pods' },
  Gateway: networking('gateways'),
  VirtualService: networking('virtualservices'),
  DestinationRule: networking('destinationrules'),
  ServiceEntry: networking('serviceentries'),
  WorkloadEntry: networking('workloadentries'),
  Sidecar: networking('sidecars'),
  Telemetry: { group: 'telemetry.istio.io', version: 'v1', plural: 'telemetries' },
}

const CONFIG_MAPS: ResourceRef = { group: '', version: 'v1', plural: 'configmaps' }

const WITH_STATUS: ReadonlySet<SourceKind> = new Set<SourceKind>([
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'Telemetry',
  'ServiceEntry',
  'Sidecar',
])

/** The mark that proxies set on their own connections (SO_MARK), and that the redirect lets pass. */
const PROXY_MARK = 1337

/**
 * Milliseconds. A push is followed by a pause twice as long as it took, and at most this, so that a flood of changes
 * leaves most of the processor to those who write them.
 */
const LONGEST_PAUSE = 100

export const startControlPlane = (options: ControlPlaneOptions, signal: AbortSignal): ControlPlane => {
  const plane = new Plane(options, signal)
  const ready = plane.start()
  return { ready, done: plane.run(ready), state: () => plane.state }
}

class Plane {
  readonly #options: ControlPlaneOptions
  readonly #signal: AbortSignal
  readonly #collections: MeshCollections
  readonly #viewer = createViewer()
  readonly #snapshots = createSnapshotBuilder()
  readonly #delivery: Delivery = createDelivery()
  readonly #expected = createExpectedProxies()
  readonly #writer: StatusWriter
  readonly #meshConfig: MeshConfig
  readonly #departures: Departures
  /** Istio objects as last read, with their status. */
  readonly #objects = new Map<string, { readonly kind: SourceKind; readonly object: KubeObject }>()
  readonly #connections = new Map<string, AdsConnection>()
  /** Delta streams whose clients do not know VHDS, by id. */
  readonly #withoutVirtualHosts = new Set<string>()
  /** Objects whose standing may have changed since the last push. */
  readonly #touched = new Set<string>()
  #state: MeshState | undefined
  #changed = false
  #wake: (() => void) | undefined

  constructor(options: ControlPlaneOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    const settings = {
      ...DEFAULT_SETTINGS,
      logProviders: BUILT_IN_PROVIDERS,
      socketMark: PROXY_MARK,
      ...options.settings,
    }
    this.#collections = createMeshCollections(settings)
    this.#meshConfig = createMeshConfig(settings, (note) => options.recordEvent?.(note))
    this.#writer = createStatusWriter({ ...options, standing: (key) => this.#standing(key) })
    this.#departures = createDepartures({
      ...options,
      slices: () => this.#collections.sources.EndpointSlice.values(),
      isDelivered: () => this.#endpointsAreDelivered(),
    })
  }

  get state(): MeshState | undefined {
    return this.#state
  }

  /** Reads the whole cluster before any proxy is served: half a mesh would take working routes away. */
  async start(): Promise<void> {
    const sources = sourceKinds.map((kind) => ({ kind, source: this.#options.informer(RESOURCES[kind]) }))
    for (const { kind, source } of sources)
      source.subscribe(({ type, object }) => this.#hear(kind, type, object))
    const configMaps = this.#options.informer(CONFIG_MAPS)
    configMaps.subscribe(({ type, object }) => this.#hearConfig(type, object))
    this.#collections.tables.subscribe((changes) => {
      for (const { key } of changes) this.#touched.add(`VirtualService/${key}`)
    })
    await Promise.all([configMaps, ...sources.map(({ source }) => source)].map(({ synced }) => synced))
    for (const { kind, object } of this.#objects.values())
      if (kind === 'VirtualService') this.#collections.restore(object)
    this.#push()
    this.#options.adsServer.observe(this.#observer())
  }

  async run(ready: Promise<void>): Promise<void> {
    const { clock } = this.#options
    const writing = this.#writer.run(this.#signal)
    const onAbort = (): void => this.#wake?.()
    this.#signal.addEventListener('abort', onAbort)
    const started = await ready.then(
      () => true,
      () => false,
    )
    let rested = 0
    while (started && !this.#signal.aborted) {
      if (!this.#changed) await new Promise<void>((resolve) => (this.#wake = resolve))
      // What arrives in the same moment (a file with several objects) goes out together.
      const pause = Math.max(1, rested - clock.now())
      await clock.sleep(pause, this.#signal).catch(() => undefined)
      if (this.#signal.aborted) break
      const began = clock.now()
      this.#push()
      const ended = clock.now()
      rested = ended + Math.min(LONGEST_PAUSE, 2 * (ended - began))
    }
    this.#signal.removeEventListener('abort', onAbort)
    await writing
  }

  #hear(kind: SourceKind, type: 'added' | 'modified' | 'deleted', object: KubeObject): void {
    const { namespace = '', name } = object.metadata
    const source = this.#collections.sources[kind]
    if (type === 'deleted') source.delete(`${namespace}/${name}`)
    else source.set(`${namespace}/${name}`, object)
    if (kind === 'Pod') {
      this.#expectProxy(type, object)
      this.#departures.podChanged(type, object)
    }
    if (WITH_STATUS.has(kind)) {
      const key = originKey({ kind, namespace, name })
      const known = this.#objects.get(key)?.object
      if (type === 'deleted') this.#objects.delete(key)
      else this.#objects.set(key, { kind, object })
      // A status that we wrote comes back as a change: it moves nothing. What was decided since then was decided on
      // the status before it, so it is compared again.
      if (type === 'modified' && isSameGeneration(known, object)) return this.#writer.touch(key)
      this.#touched.add(key)
    }
    this.#changed = true
    this.#wake?.()
  }

  #hearConfig(type: 'added' | 'modified' | 'deleted', object: KubeObject): void {
    const settings = this.#meshConfig.hear(type, object)
    if (settings === undefined) return
    this.#collections.configure(settings)
    this.#changed = true
    this.#wake?.()
  }

  #expectProxy(type: 'added' | 'modified' | 'deleted', pod: KubeObject): void {
    const changed = type === 'deleted' ? this.#expected.podDeleted(pod) : this.#expected.podChanged(pod)
    // Before the first push nothing is told: the cluster is not read whole.
    if (changed && this.#state !== undefined) this.#touchAll()
  }

  #push(): void {
    this.#changed = false
    const before = this.#state
    this.#state = this.#collections.commit()
    if (this.#state !== before) for (const connection of this.#connections.values()) this.#serve(connection)
    for (const key of this.#touched) this.#writer.touch(key)
    this.#touched.clear()
    this.#departures.review()
  }

  /** What was heard and not pushed yet counts as not delivered, and so does what a proxy holds that is on its way back. */
  #endpointsAreDelivered(): boolean {
    if (this.#changed || this.#expected.missing().length > 0) return false
    const { adsServer } = this.#options
    return [...this.#connections.keys()].every((id) => adsServer.isDelivered(id, ENDPOINT_TYPE))
  }

  #serve(connection: AdsConnection): void {
    if (this.#state === undefined) return
    const generated = this.#snapshots.build(this.#viewer.view(this.#state, proxyOf(connection)))
    const byVirtualHosts = connection.proxy.delta && !this.#withoutVirtualHosts.has(connection.id)
    const snapshot = byVirtualHosts ? generated.delta : generated.complete()
    if (!this.#delivery.assigned(connection.id, snapshot, byVirtualHosts)) return
    this.#options.adsServer.setSnapshot(connection.id, snapshot)
  }

  #configKey(): string {
    const namespace = this.#state?.settings.rootNamespace ?? ''
    return originKey({ kind: 'ConfigMap', namespace, name: MESH_CONFIG_NAME })
  }

  #touchAll(): void {
    for (const key of this.#objects.keys()) this.#writer.touch(key)
  }

  #observer(): AdsObserver {
    return {
      onConnect: (connection) => {
        this.#connections.set(connection.id, connection)
        this.#delivery.connected(connection)
        this.#expected.connected(connection.proxy)
        this.#serve(connection)
        this.#touchAll()
      },
      onDisconnect: (connection) => {
        this.#connections.delete(connection.id)
        this.#withoutVirtualHosts.delete(connection.id)
        this.#delivery.disconnected(connection.id)
        this.#expected.disconnected(connection.proxy)
        this.#touchAll()
        this.#departures.review()
      },
      onAcknowledged: (connection, typeUrl, resources) => {
        for (const key of this.#delivery.acknowledged(connection.id, typeUrl, resources))
          this.#writer.touch(key)
        if (typeUrl === ENDPOINT_TYPE) this.#departures.review()
      },
      onWithoutVirtualHosts: (connection) => {
        this.#withoutVirtualHosts.add(connection.id)
        this.#serve(connection)
        this.#touchAll()
      },
      onRejected: (connection, rejection) => {
        this.#options.log('proxy rejected configuration', {
          proxy: connection.proxy.id,
          type: rejection.typeUrl,
          message: rejection.message,
        })
        const objects = this.#delivery.rejected(connection.id, rejection)
        if (objects.has(this.#configKey()))
          this.#meshConfig.refused(`${connection.proxy.id}: ${rejection.message}`)
        for (const key of objects) this.#writer.touch(key)
      },
    }
  }

  #standing(key: string): StatusTarget | undefined {
    const entry = this.#objects.get(key)
    // Heard but not pushed yet: what is acknowledged now is the generation before. The push touches it again.
    if (entry === undefined || this.#touched.has(key)) return undefined
    const { kind, object } = entry
    const generation = object.metadata.generation ?? 0
    const held =
      kind === 'VirtualService'
        ? this.#collections.tables.get(`${object.metadata.namespace ?? ''}/${object.metadata.name}`)
        : undefined
    const condition = programmedCondition({
      generation,
      inUse: held?.table.origin.generation ?? generation,
      unresolved: held?.findings ?? [],
      unsupported: [
        ...unsupportedFields(object),
        ...unknownProviders(object, this.#state?.settings.logProviders ?? []),
      ],
      delivery: this.#delivery.ofObject(key),
      missing: this.#expected.missing(),
    })
    const inUse =
      kind === 'VirtualService'
        ? this.#collections.inUse(`${object.metadata.namespace ?? ''}/${object.metadata.name}`).map(wholeOf)
        : []
    return { resource: RESOURCES[kind], object, condition, inUse }
  }
}

const isSameGeneration = (known: KubeObject | undefined, object: KubeObject): boolean =>
  known?.metadata.generation !== undefined &&
  known.metadata.uid === object.metadata.uid &&
  known.metadata.generation === object.metadata.generation

const proxyOf = ({ proxy }: AdsConnection): Proxy => ({
  type: proxy.type,
  name: proxy.name,
  namespace: proxy.namespace,
  labels: proxy.labels,
})
