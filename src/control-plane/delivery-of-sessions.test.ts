import { fc, test as property } from '@fast-check/vitest'
import { expect } from 'vitest'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
  type AdsConnection,
} from '../xds/protocol/ads-port.ts'
import {
  AdsSession,
  routeConfigurationOf,
  type PlannedResponse,
  type SessionOutput,
} from '../xds/protocol/ads-session.ts'
import type { EncodedResource, Snapshot } from '../xds/protocol/resource.ts'
import { createDelivery, type Delivery } from './delivery.ts'

const connectionOf = (id: string): AdsConnection => ({
  id,
  proxy: {
    id,
    type: 'router',
    ip: '10.0.0.1',
    name: 'gateway',
    namespace: 'default',
    labels: {},
    serviceAccount: '',
    dnsDomain: '',
    metadata: {},
    delta: true,
  },
})

/**
 * The delta client that Envoy is: routes of its listeners, endpoints of its clusters, virtual hosts of its routes.
 * A cluster that is new or changed warms until its endpoints come, and while one does, nothing is said about clusters.
 */
class Envoy {
  readonly held = new Map<string, Map<string, string>>()
  readonly #delivery: Delivery
  readonly #names = new Map<string, Set<string>>()
  #session = new AdsSession('delta')
  #connection = connectionOf('0')
  #inbox: PlannedResponse[] = []
  #followsHosts = false
  readonly #warming = new Set<string>()
  /** Requests about clusters that wait until none warms. */
  #paused: (() => void)[] = []

  constructor(delivery: Delivery) {
    this.#delivery = delivery
    this.#delivery.connected(this.#connection)
  }

  get waiting(): boolean {
    return this.#session.waiting
  }

  stopWaiting(): void {
    this.#take(this.#session.stopWaiting())
  }

  give(snapshot: Snapshot): void {
    if (this.#delivery.assigned(this.#connection.id, snapshot))
      this.#take(this.#session.setSnapshot(snapshot))
  }

  open(): void {
    this.#askForClusters(() => this.#ask(CLUSTER_TYPE))
    this.#ask(LISTENER_TYPE)
  }

  /** The server is another one: every subscription again, with what is held. */
  reconnect(snapshot: Snapshot): void {
    this.#delivery.disconnected(this.#connection.id)
    this.#connection = connectionOf(`${this.#connection.id}'`)
    this.#session = new AdsSession('delta')
    this.#inbox = []
    this.#paused = []
    this.#delivery.connected(this.#connection)
    this.give(snapshot)
    this.open()
    for (const [typeUrl, names] of this.#names) this.#ask(typeUrl, { subscribe: [...names], versions: true })
    if (this.#followsHosts) this.#ask(VIRTUAL_HOST_TYPE, { versions: true })
  }

  /** Works off one response; false when there is none. */
  step(): boolean {
    const response = this.#inbox.shift()
    if (response === undefined) return false
    const { typeUrl, nonce } = response
    const bad = response.resources.find(({ version }) => version.startsWith('bad'))
    if (bad !== undefined) {
      this.#ask(typeUrl, { nonce, error: `error at ${bad.name}: x` })
      return true
    }
    const held = this.#of(typeUrl)
    this.#warm(response)
    for (const name of response.removed) held.delete(name)
    // A late answer to a name that is no longer subscribed is dropped.
    const names = this.#names.get(typeUrl)
    for (const { name, version } of response.resources)
      if (names?.has(name) !== false) held.set(name, version)
    if (typeUrl === CLUSTER_TYPE) this.#askForClusters(() => this.#ask(typeUrl, { nonce }))
    else this.#ask(typeUrl, { nonce })
    if (typeUrl === LISTENER_TYPE) this.#follow(ROUTE_TYPE, held)
    if (typeUrl === CLUSTER_TYPE) this.#follow(ENDPOINT_TYPE, held)
    if (typeUrl === ROUTE_TYPE && held.size > 0 && !this.#followsHosts) {
      this.#followsHosts = true
      this.#ask(VIRTUAL_HOST_TYPE)
    }
    return true
  }

  #warm({ typeUrl, removed, resources }: PlannedResponse): void {
    if (typeUrl === CLUSTER_TYPE) {
      const held = this.#of(CLUSTER_TYPE)
      for (const name of removed) this.#warming.delete(name)
      for (const { name, version } of resources) if (held.get(name) !== version) this.#warming.add(name)
    }
    const answered = [...removed, ...resources.map(({ name }) => name)]
    if (typeUrl === ENDPOINT_TYPE) for (const name of answered) this.#warming.delete(name)
    if (this.#warming.size > 0) return
    for (const say of this.#paused.splice(0)) say()
  }

  #askForClusters(say: () => void): void {
    if (this.#warming.size === 0) say()
    else this.#paused.push(say)
  }

  #of(typeUrl: string): Map<string, string> {
    const held = this.held.get(typeUrl) ?? new Map<string, string>()
    this.held.set(typeUrl, held)
    return held
  }

  /** Subscribes to the names of `parents` alone. */
  #follow(typeUrl: string, parents: ReadonlyMap<string, string>): void {
    const names = this.#names.get(typeUrl) ?? new Set<string>()
    const subscribe = [...parents.keys()].filter((name) => !names.has(name))
    const unsubscribe = [...names].filter((name) => !parents.has(name))
    this.#names.set(typeUrl, new Set(parents.keys()))
    for (const name of unsubscribe) {
      this.#of(typeUrl).delete(name)
      if (typeUrl !== ROUTE_TYPE) continue
      const hosts = this.#of(VIRTUAL_HOST_TYPE)
      for (const host of hosts.keys()) if (routeConfigurationOf(host) === name) hosts.delete(host)
    }
    if (subscribe.length + unsubscribe.length > 0) this.#ask(typeUrl, { subscribe, unsubscribe })
  }

  #ask(
    typeUrl: string,
    request: {
      readonly nonce?: string
      readonly error?: string
      readonly subscribe?: readonly string[]
      readonly unsubscribe?: readonly string[]
      readonly versions?: boolean
    } = {},
  ): void {
    const { nonce = '', error, subscribe = [], unsubscribe = [] } = request
    const first = nonce === '' && subscribe.length + unsubscribe.length === 0
    const versions = request.versions === true || first ? this.#of(typeUrl) : new Map<string, string>()
    const names = { dialect: 'delta', subscribe, unsubscribe, versions: new Map(versions) } as const
    this.#take(this.#session.request({ typeUrl, nonce, error, names }))
  }

  #take(outputs: readonly SessionOutput[]): void {
    const { id } = this.#connection
    for (const output of outputs) {
      if (output.kind === 'send') {
        this.#inbox.push(output.response)
        continue
      }
      const resources = new Map(
        [...output.changes].map(([name, resource]) => [name, resource?.version ?? '']),
      )
      if (output.kind === 'acknowledged') this.#delivery.acknowledged(id, output.typeUrl, resources)
      else this.#delivery.rejected(id, { typeUrl: output.typeUrl, message: output.message, resources })
    }
  }
}

const objects = ['VirtualService/default/a', 'VirtualService/default/b', 'DestinationRule/default/a']

interface Content {
  readonly version: string
  /** Indexes into `objects`. */
  readonly of: readonly number[]
}

interface Mesh {
  readonly clusters: Readonly<Record<string, { readonly cluster: Content; readonly endpoints: Content }>>
  readonly tables: Readonly<Record<string, { readonly listener: Content; readonly route: Content }>>
  readonly hosts: Readonly<Record<string, Content>>
}

const resourcesOf = (
  typeUrl: string,
  contents: Readonly<Record<string, Content>>,
): readonly [string, ReadonlyMap<string, EncodedResource>] => [
  typeUrl,
  new Map(
    Object.entries(contents).map(([name, { version, of }]) => [
      name,
      {
        typeUrl,
        name,
        version,
        body: new TextEncoder().encode(version),
        origins: of.map((index) => {
          const [kind = '', namespace = '', own = ''] = (objects[index] ?? '').split('/')
          return { kind, namespace, name: own, generation: 1 }
        }),
      },
    ]),
  ),
]

/** Consistent as generated snapshots are: every cluster has endpoints, every virtual host a table. */
const snapshotOf = ({ clusters, tables, hosts }: Mesh): Snapshot => {
  const parts = <Key extends string>(
    record: Readonly<Record<string, Readonly<Record<Key, Content>>>>,
    key: Key,
  ): Record<string, Content> =>
    Object.fromEntries(Object.entries(record).map(([name, each]) => [name, each[key]]))
  const ofTables = Object.entries(hosts).filter(([name]) => routeConfigurationOf(name) in tables)
  return {
    resources: new Map([
      resourcesOf(CLUSTER_TYPE, parts(clusters, 'cluster')),
      resourcesOf(ENDPOINT_TYPE, parts(clusters, 'endpoints')),
      resourcesOf(LISTENER_TYPE, parts(tables, 'listener')),
      resourcesOf(ROUTE_TYPE, parts(tables, 'route')),
      resourcesOf(VIRTUAL_HOST_TYPE, Object.fromEntries(ofTables)),
    ]),
  }
}

const content = (...versions: readonly string[]): fc.Arbitrary<Content> =>
  fc.record({ version: fc.constantFrom(...versions), of: fc.subarray([0, 1, 2]) })

const meshOf = (...versions: readonly string[]): fc.Arbitrary<Mesh> =>
  fc.record({
    clusters: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.record({ cluster: content(...versions), endpoints: content('1', '2') }),
    ),
    tables: fc.dictionary(
      fc.constantFrom('80', '81'),
      fc.record({ listener: content('1', '2'), route: content('1', '2') }),
    ),
    hosts: fc.dictionary(fc.constantFrom('80/a', '80/b', '81/a'), content(...versions)),
  })

const courseOf = (...versions: readonly string[]) =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: 'step' } as const) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('mesh' as const), mesh: meshOf(...versions) }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'reconnect' } as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'patience' } as const) },
    ),
    { maxLength: 40 },
  )

type Step = ReturnType<typeof courseOf> extends fc.Arbitrary<readonly (infer T)[]> ? T : never

const run = (
  course: readonly Step[],
): { readonly delivery: Delivery; readonly envoy: Envoy; readonly snapshot: Snapshot } => {
  const delivery = createDelivery()
  const envoy = new Envoy(delivery)
  let snapshot = snapshotOf({ clusters: {}, tables: {}, hosts: {} })
  envoy.give(snapshot)
  envoy.open()
  for (const step of course) {
    if (step.kind === 'step') envoy.step()
    if (step.kind === 'reconnect') envoy.reconnect(snapshot)
    if (step.kind === 'patience') envoy.stopWaiting()
    if (step.kind === 'mesh') envoy.give((snapshot = snapshotOf(step.mesh)))
  }
  const goOn = (): boolean => {
    if (envoy.step()) return true
    if (!envoy.waiting) return false
    envoy.stopWaiting()
    return true
  }
  for (let steps = 0; goOn();) expect((steps += 1)).toBeLessThan(2000)
  return { delivery, envoy, snapshot }
}

const heldBy = (envoy: Envoy): Record<string, Record<string, string>> =>
  Object.fromEntries([...envoy.held].map(([typeUrl, held]) => [typeUrl, Object.fromEntries(held)]))

const wantedOf = (snapshot: Snapshot): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...snapshot.resources].map(([typeUrl, resources]) => [
      typeUrl,
      Object.fromEntries([...resources].map(([name, { version }]) => [name, version])),
    ]),
  )

property.prop([courseOf('1', '2', '3')], { numRuns: 500 })(
  'whatever came in between, in the end the proxy holds the mesh and no object waits for it',
  (course) => {
    const { delivery, envoy, snapshot } = run(course)
    const wanted = wantedOf(snapshot)
    for (const [typeUrl, held] of Object.entries(heldBy(envoy))) expect(held).toEqual(wanted[typeUrl])
    for (const object of objects) expect(delivery.ofObject(object).waitingFor).toEqual([])
  },
)

property.prop([courseOf('1', '2', 'bad')], { numRuns: 500 })(
  'with refusals on the way, a mesh without fault is acknowledged after all',
  (course) => {
    const { delivery } = run([...course, { kind: 'mesh', mesh: good }])
    for (const object of objects)
      expect(delivery.ofObject(object)).toMatchObject({ waitingFor: [], rejections: [] })
  },
)

const good: Mesh = {
  clusters: {
    a: { cluster: { version: '9', of: [0] }, endpoints: { version: '9', of: [] } },
    b: { cluster: { version: '9', of: [2] }, endpoints: { version: '1', of: [] } },
  },
  tables: { '80': { listener: { version: '9', of: [0] }, route: { version: '9', of: [0, 1] } } },
  hosts: { '80/a': { version: '9', of: [0, 1, 2] } },
}
