/** The ADS server and a real Envoy: what is served, changed, refused and removed is seen in traffic. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { envoyBootstrap } from '../src/proxy/bootstrap.ts'
import { findEnvoy } from '../src/proxy/envoy-binary.ts'
import { proxyNode } from '../src/proxy/node-metadata.ts'
import { parseProxyConfig } from '../src/proxy/proxy-config.ts'
import { packAny } from '../src/xds/proto/any.ts'
import {
  Cluster_DiscoveryType,
  ClusterSchema,
} from '../src/xds/proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { ApiVersion } from '../src/xds/proto/generated/envoy/config/core/v3/config_source_pb.js'
import { ClusterLoadAssignmentSchema } from '../src/xds/proto/generated/envoy/config/endpoint/v3/endpoint_pb.js'
import { ListenerSchema } from '../src/xds/proto/generated/envoy/config/listener/v3/listener_pb.js'
import { VirtualHostSchema } from '../src/xds/proto/generated/envoy/config/route/v3/route_components_pb.js'
import { RouteConfigurationSchema } from '../src/xds/proto/generated/envoy/config/route/v3/route_pb.js'
import { RouterSchema } from '../src/xds/proto/generated/envoy/extensions/filters/http/router/v3/router_pb.js'
import { HttpConnectionManagerSchema } from '../src/xds/proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
  type AdsRejection,
} from '../src/xds/protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../src/xds/protocol/resource.ts'
import { createAdsServer, type RunningAdsServer } from '../src/xds/serve/ads-server.ts'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

const encode = <Desc extends DescMessage>(
  schema: Desc,
  name: string,
  init: MessageInitShape<Desc>,
): EncodedResource => {
  const body = toBinary(schema, create(schema, init))
  return {
    typeUrl: `type.googleapis.com/${schema.typeName}`,
    name,
    version: createHash('sha256').update(body).digest('hex').slice(0, 12),
    body,
    origins: [],
  }
}

const ads = { resourceApiVersion: ApiVersion.V3, configSourceSpecifier: { case: 'ads', value: {} } } as const

const cluster = (name: string, seconds = 1n): EncodedResource =>
  encode(ClusterSchema, name, {
    name,
    connectTimeout: { seconds },
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ads },
  })

const endpoints = (name: string, port: number): EncodedResource =>
  encode(ClusterLoadAssignmentSchema, name, {
    clusterName: name,
    endpoints: [
      {
        lbEndpoints: [
          {
            hostIdentifier: {
              case: 'endpoint',
              value: {
                address: {
                  address: {
                    case: 'socketAddress',
                    value: { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } },
                  },
                },
              },
            },
          },
        ],
      },
    ],
  })

const listener = (name: string, port: number, table: string): EncodedResource =>
  encode(ListenerSchema, name, {
    name,
    address: {
      address: {
        case: 'socketAddress',
        value: { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } },
      },
    },
    filterChains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            configType: {
              case: 'typedConfig',
              value: packAny(
                HttpConnectionManagerSchema,
                create(HttpConnectionManagerSchema, {
                  statPrefix: name,
                  routeSpecifier: { case: 'rds', value: { configSource: ads, routeConfigName: table } },
                  httpFilters: [
                    {
                      name: 'envoy.filters.http.router',
                      configType: { case: 'typedConfig', value: packAny(RouterSchema, create(RouterSchema)) },
                    },
                  ],
                }),
              ),
            },
          },
        ],
      },
    ],
  })

const table = (name: string): EncodedResource =>
  encode(RouteConfigurationSchema, name, { name, vhds: { configSource: ads } })

const host = (tableName: string, name: string, domain: string, to: string): EncodedResource =>
  encode(VirtualHostSchema, `${tableName}/${name}`, {
    name: `${tableName}/${name}`,
    domains: [domain],
    routes: [
      {
        match: { pathSpecifier: { case: 'prefix', value: '/' } },
        action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: to } } },
      },
    ],
  })

const snapshot = (...resources: readonly EncodedResource[]): Snapshot => {
  const types = new Map<string, Map<string, EncodedResource>>()
  for (const resource of resources) {
    const names = types.get(resource.typeUrl) ?? new Map<string, EncodedResource>()
    types.set(resource.typeUrl, names.set(resource.name, resource))
  }
  return { resources: types }
}

const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never came true: ${what}`)
}

/** One control plane: it gives every proxy the same snapshot, and remembers what they say. */
class ControlPlane {
  readonly server: RunningAdsServer = createAdsServer({ log: () => undefined })
  readonly rejections: AdsRejection[] = []
  readonly acknowledged: { readonly typeUrl: string; readonly names: readonly string[] }[] = []
  #snapshot: Snapshot

  constructor(first: Snapshot) {
    this.#snapshot = first
    this.server.observe({
      onConnect: ({ id }) => this.server.setSnapshot(id, this.#snapshot),
      onDisconnect: () => undefined,
      onAcknowledged: (_connection, typeUrl, resources) => {
        this.acknowledged.push({ typeUrl, names: [...resources.keys()] })
      },
      onRejected: (_connection, rejection) => {
        this.rejections.push(rejection)
      },
      onWithoutVirtualHosts: () => {
        throw new Error('Envoy asks for virtual hosts')
      },
    })
  }

  set(next: Snapshot): void {
    this.#snapshot = next
    for (const id of this.server.connections.keys()) this.server.setSnapshot(id, next)
  }

  /** The proxy holds all that is set (refused resources aside). */
  settled(): Promise<void> {
    return until('all proxies are settled', () => {
      const all = this.server.syncStatus()
      return (
        all.length > 0 && all.every((one) => Object.values(one.types).every(({ state }) => state !== 'STALE'))
      )
    })
  }
}

describe('a real Envoy on ADS', () => {
  const lasting = new AbortController()
  let binary: string
  let directory: string
  let envoy: ChildProcess | undefined
  let plane: ControlPlane
  let xdsPort: number
  let webPort: number
  let readyPort: number
  let adminPort: number
  const backends: Server[] = []
  const backendPorts: number[] = []

  const backend = (name: string): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer((_request, response) => response.end(name))
      backends.push(server)
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })

  const get = async (authority: string, port = webPort): Promise<string> => {
    const { request } = await import('node:http')
    return new Promise((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port, path: '/', headers: { host: authority } },
        (response) => {
          let body = ''
          response.setEncoding('utf8').on('data', (text: string) => (body += text))
          response.on('end', () => resolve(response.statusCode === 200 ? body : String(response.statusCode)))
        },
      )
      call.on('error', reject)
      call.end()
    })
  }

  const admin = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text()

  const base = (to: string, more: readonly EncodedResource[] = []): Snapshot =>
    snapshot(
      cluster('one'),
      cluster('two'),
      endpoints('one', backendPorts[0]!),
      endpoints('two', backendPorts[1]!),
      listener('web', webPort, '80'),
      table('80'),
      host('80', 'app', 'app', to),
      host('80', 'steady', 'steady', 'one'),
      ...more,
    )

  beforeAll(async () => {
    const found = await findEnvoy(
      {
        configured: process.env['WEFT_ENVOY'],
        env: process.env,
        cacheDirectory: join(tmpdir(), 'weft-test-envoy'),
        platform: process.platform,
        arch: process.arch,
        onProgress: (message) => console.log(message),
      },
      lasting.signal,
    )
    binary = found.path
    backendPorts.push(await backend('one'), await backend('two'))
  })

  afterAll(() => {
    for (const server of backends) server.close()
    lasting.abort()
  })

  const start = async (first: (ports: { web: number }) => Snapshot): Promise<void> => {
    directory = await mkdtemp(join(tmpdir(), 'weft-xds-'))
    ;[webPort, readyPort, adminPort] = [await freePort(), await freePort(), await freePort()]
    plane = new ControlPlane(first({ web: webPort }))
    xdsPort = await plane.server.listen('127.0.0.1:0')
    const bootstrap = envoyBootstrap({
      node: proxyNode({
        role: 'sidecar',
        ip: '10.244.0.9',
        name: 'app-v1-abc',
        namespace: 'default',
        serviceAccount: 'app',
        nodeName: 'weft',
        labels: { app: 'app', version: 'v1' },
        annotations: {},
        env: { ISTIO_META_ISTIO_VERSION: '1.28.0' },
        domain: 'default.svc.cluster.local',
      }),
      config: parseProxyConfig(
        JSON.stringify({ discoveryAddress: `127.0.0.1:${xdsPort}`, proxyAdminPort: adminPort }),
      ),
      probes: [],
      podIp: '127.0.0.1',
      ports: { ready: readyPort, prometheus: await freePort(), status: await freePort() },
    })
    await writeFile(join(directory, 'envoy.json'), JSON.stringify(bootstrap))
    const args = [
      '-c',
      join(directory, 'envoy.json'),
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '-l',
      'warning',
    ]
    envoy = spawn(binary, args, {
      stdio: process.env['WEFT_TEST_VERBOSE'] === undefined ? 'ignore' : 'inherit',
    })
    await until('Envoy is ready', async () => {
      try {
        return (await get('ready', readyPort)) !== '' && (await admin('/ready')).startsWith('LIVE')
      } catch {
        return false
      }
    })
  }

  afterEach(async () => {
    const ended = new Promise((resolve) => (envoy === undefined ? resolve(0) : envoy.on('exit', resolve)))
    envoy?.kill()
    await ended
    envoy = undefined
    plane.server.close()
    await rm(directory, { recursive: true, force: true })
  })

  test('takes listener, route, virtual hosts, clusters and endpoints, and says who it is', async () => {
    await start(() => base('one'))
    expect(await get('app')).toBe('one')
    const [connection] = [...plane.server.connections.values()]
    expect(connection?.proxy).toMatchObject({
      id: 'sidecar~10.244.0.9~app-v1-abc.default~default.svc.cluster.local',
      type: 'sidecar',
      name: 'app-v1-abc',
      namespace: 'default',
      labels: { app: 'app', version: 'v1' },
      serviceAccount: 'app',
      delta: true,
    })
    await plane.settled()
    const [status] = plane.server.syncStatus()
    expect(status).toMatchObject({ version: '1.28.0', generation: 1, heldGeneration: 1 })
    for (const type of Object.values(status!.types))
      expect(type).toMatchObject({ state: 'SYNCED', refused: [] })
  })

  test("one virtual host's change travels alone and takes effect", async () => {
    await start(() => base('one'))
    await plane.settled()
    plane.acknowledged.length = 0
    plane.set(base('two'))
    await until('the new route answers', async () => (await get('app')) === 'two')
    expect(plane.acknowledged).toEqual([{ typeUrl: VIRTUAL_HOST_TYPE, names: ['80/app'] }])
  })

  test('a move to a new cluster, and the removal of the old one, fails no request', async () => {
    await start(() => base('one'))
    await plane.settled()
    const answers = new Map<string, number>()
    let going = true
    const traffic = (async () => {
      while (going) {
        const answer = await get('app')
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
      }
    })()
    await until('requests are on their way', () => answers.has('one'))
    for (let round = 0; round < 20; round += 1) {
      const name = `fresh-${round}`
      plane.set(
        snapshot(
          cluster('one'),
          endpoints('one', backendPorts[0]!),
          cluster(name),
          endpoints(name, backendPorts[1]!),
          listener('web', webPort, '80'),
          table('80'),
          host('80', 'app', 'app', name),
          host('80', 'steady', 'steady', 'one'),
        ),
      )
      await plane.settled()
    }
    going = false
    await traffic
    expect([...answers.keys()].toSorted()).toEqual(['one', 'two'])
    const held = plane.server.acknowledged([...plane.server.connections.keys()][0]!, CLUSTER_TYPE)
    expect([...held.keys()].toSorted()).toEqual(['fresh-19', 'one'])
    expect(await admin('/clusters')).not.toContain('fresh-18::')
  })

  test('a changed cluster is warm at once, with endpoints that did not change', async () => {
    await start(() => base('one'))
    await plane.settled()
    const changed = snapshot(
      cluster('one', 7n),
      cluster('two'),
      endpoints('one', backendPorts[0]!),
      endpoints('two', backendPorts[1]!),
      listener('web', webPort, '80'),
      table('80'),
      host('80', 'app', 'app', 'one'),
      host('80', 'steady', 'steady', 'one'),
    )
    plane.set(changed)
    await plane.settled()
    await until('the changed cluster is active', async () => {
      const dump = await admin('/config_dump?resource=dynamic_active_clusters&name_regex=^one$')
      return dump.includes('"connect_timeout": "7s"')
    })
    expect(await get('app')).toBe('one')
  })

  test('a new listener with a new route table opens beside the old, and goes again', async () => {
    await start(() => base('one'))
    const second = await freePort()
    await plane.settled()
    plane.set(base('one', [listener('more', second, '90'), table('90'), host('90', 'any', '*', 'two')]))
    await until('the new listener answers', async () => (await get('x', second).catch(() => '')) === 'two')
    expect(await get('app')).toBe('one')
    plane.set(base('one'))
    await until(
      'the listener is gone',
      async () => (await get('x', second).catch(() => 'closed')) === 'closed',
    )
    plane.set(base('one', [listener('more', second, '90'), table('90'), host('90', 'any', '*', 'two')]))
    await until('it opens again', async () => (await get('x', second).catch(() => '')) === 'two')
  })

  test('a removed virtual host is gone', async () => {
    await start(() => base('one', [host('80', 'brief', 'brief', 'two')]))
    expect(await get('brief')).toBe('two')
    await plane.settled()
    plane.set(base('one'))
    await until('its domain has no route', async () => (await get('brief')) === '404')
    expect(await get('app')).toBe('one')
  })

  test('a refused virtual host keeps its last good version, and the others land', async () => {
    await start(() => base('one'))
    await plane.settled()
    const bad = host('80', 'app', 'steady', 'two')
    plane.set(base('one', [bad, host('80', 'other', 'other', 'two')]))
    await until('the refusal is reported', () => plane.rejections.length > 0)
    await until('the good one landed', async () => (await get('other')) === 'two')
    expect(await get('app')).toBe('one')
    expect(await get('steady')).toBe('one')
    expect(plane.rejections).toHaveLength(1)
    expect([...plane.rejections[0]!.resources]).toEqual([['80/app', bad.version]])
    expect(plane.rejections[0]!.message).toContain('steady')
    expect(plane.server.syncStatus()[0]?.types.vhds).toMatchObject({
      state: 'NACK',
      refused: [{ name: '80/app', version: bad.version }],
    })
    plane.set(base('two'))
    await until('the mended version serves', async () => (await get('app')) === 'two')
    await plane.settled()
    expect(plane.server.syncStatus()[0]?.types.vhds.state).toBe('SYNCED')
  })

  test('a refused cluster and a refused listener do not hold up the good ones', async () => {
    await start(() => base('one'))
    await plane.settled()
    const badCluster = encode(ClusterSchema, 'bad', {
      name: 'bad',
      connectTimeout: { seconds: -1n },
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
    })
    const badListener = encode(ListenerSchema, 'broken', { name: 'broken' })
    plane.set(
      base('three', [badCluster, badListener, cluster('three'), endpoints('three', backendPorts[1]!)]),
    )
    await until('both refusals are reported', () => plane.rejections.length >= 2)
    await until('the good route serves', async () => (await get('app')) === 'two')
    expect(
      new Map(plane.rejections.map(({ typeUrl, resources }) => [typeUrl, [...resources.keys()]])),
    ).toEqual(
      new Map([
        [CLUSTER_TYPE, ['bad']],
        [LISTENER_TYPE, ['broken']],
      ]),
    )
  })

  test('a new server process takes over without a request lost, and sends only what changed', async () => {
    await start(() => base('one'))
    await plane.settled()
    let going = true
    const answers = new Set<string>()
    const traffic = (async () => {
      while (going) answers.add(await get('app'))
    })()
    await until('requests are on their way', () => answers.has('one'))
    plane.server.close()
    await until('the proxy is gone from the old server', () => plane.server.connections.size === 0)
    const next = new ControlPlane(base('two'))
    plane = next
    await next.server.listen(`127.0.0.1:${xdsPort}`)
    await until('the new route answers', async () => (await get('app')) === 'two')
    await next.settled()
    going = false
    await traffic
    expect([...answers].toSorted()).toEqual(['one', 'two'])
    const status = next.server.syncStatus()[0]!
    expect(status.types.cds).toMatchObject({ state: 'SYNCED', sent: '', held: 2 })
    expect(status.types.lds).toMatchObject({ state: 'SYNCED', sent: '', held: 1 })
    const held = next.acknowledged.filter(
      ({ typeUrl }) => typeUrl === ENDPOINT_TYPE || typeUrl === ROUTE_TYPE,
    )
    expect(held.flatMap(({ names }) => names).toSorted()).toEqual(['80', 'one', 'two'])
  })
})
