/**
 * Istio's own simulation cases against what is generated here. The cases lie beside the checkout, in
 * `shared/conformance/routing` (see the README there); without them nothing is run.
 */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { createViewer } from '../../mesh/view/viewer.ts'
import { createSnapshotBuilder } from '../generate/snapshot.ts'
import { meshOfObjects, objectsOfText } from '../generate/testdata/mesh-of-files.ts'
import { clustersOfRoute } from '../generate/consistency.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Call, CallOutcome, CallProtocol } from './call.ts'
import { simulate } from './simulate.ts'
import { simulatedConfig, type SimulatedConfig } from './simulated-config.ts'

interface SimulationCase {
  readonly id: string
  readonly config_file: string
  readonly proxy: {
    readonly type: 'gateway' | 'sidecar'
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly call: {
    readonly mode: 'gateway' | 'outbound' | 'inbound'
    readonly address?: string
    readonly port: number
    readonly protocol?: 'http' | 'http2' | 'tcp'
    readonly tls?: 'plaintext' | 'tls' | 'mtls'
    readonly sni?: string
    readonly alpn?: string
    readonly method?: string
    readonly path?: string
    readonly host?: string
    readonly scheme?: 'http' | 'https'
    readonly headers?: Readonly<Record<string, readonly string[]>>
  }
  readonly expect: {
    readonly outcome?: string
    readonly cluster?: string
    readonly clusters_in_route_order?: readonly string[]
    readonly virtual_host_absent?: boolean
    readonly envoy?: Readonly<Record<string, string>>
    readonly asserted?: readonly string[]
  }
}

const FOLDER = new URL('../../../../shared/conformance/routing/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8')
const isThere = existsSync(new URL('simulation.json', FOLDER))
const cases: readonly SimulationCase[] = isThere ? JSON.parse(read('simulation.json')) : []

const NOT_SERVED = ['PeerAuthentication', 'HTTPRoute', 'TLSRoute']

/** Why the mesh does not serve a case yet; undefined: it does, and the case must pass. */
const notServed = ({ call }: SimulationCase, objects: readonly KubeObject[]): string | undefined => {
  const kind = NOT_SERVED.find((name) => objects.some((object) => object.kind === name))
  if (kind !== undefined) return kind
  const isEntry = objects.some((object) => object.kind === 'ServiceEntry')
  // The proxy's own service is told by the address of an endpoint there, not by labels.
  if (call.mode === 'gateway' && isEntry) return 'Gateways behind a ServiceEntry'
  if (call.address?.startsWith('240.240.') === true) return 'Addresses that Istio gives to ServiceEntries'
  if (call.mode !== 'gateway') return undefined
  if (call.tls !== 'plaintext') return 'TLS at gateways'
  return call.protocol === 'tcp' ? 'TCP at gateways' : undefined
}

const configOf = ({ proxy }: SimulationCase, objects: readonly KubeObject[]): SimulatedConfig => {
  const view = createViewer().view(meshOfObjects(objects), {
    type: proxy.type === 'gateway' ? 'router' : 'sidecar',
    name: 'proxy',
    namespace: proxy.namespace,
    labels: proxy.labels ?? {},
  })
  return simulatedConfig(createSnapshotBuilder().build(view).delta)
}

const PROTOCOLS: Readonly<Record<string, CallProtocol>> = { http: 'http/1.1', http2: 'h2c', tcp: 'tcp' }

const callOf = ({ call }: SimulationCase): Call => ({
  way: call.mode === 'gateway' ? 'direct' : call.mode,
  ...(call.address === undefined ? {} : { address: call.address }),
  port: call.port,
  protocol: PROTOCOLS[call.protocol ?? 'http'] ?? 'tcp',
  // Some of Istio's plain calls name a server all the same, which counts as a handshake.
  ...(call.sni === undefined && (call.tls === undefined || call.tls === 'plaintext')
    ? {}
    : {
        tls: {
          protocols: call.alpn === undefined ? [] : [call.alpn],
          ...(call.sni === undefined ? {} : { serverName: call.sni }),
        },
      }),
  ...(call.protocol === 'tcp'
    ? {}
    : {
        request: {
          method: call.method ?? 'GET',
          path: call.path ?? '/',
          authority: call.host ?? '',
          scheme: call.scheme ?? 'http',
          headers: Object.fromEntries(
            Object.entries(call.headers ?? {}).map(([name, values]) => [
              name.toLowerCase(),
              values.join(','),
            ]),
          ),
        },
      }),
})

/** Istio's tests run without a cluster domain for short names of destinations: `a.default` is our full name. */
const ourCluster = (name: string | undefined): string | undefined =>
  name?.replace(/\|([^.|]+)\.default$/, '|$1.default.svc.cluster.local')

const outcomeWord = (outcome: CallOutcome): string =>
  outcome.kind === 'forward' && outcome.clusters.every(({ name }) => name === 'BlackHoleCluster')
    ? 'blackhole'
    : outcome.kind

/** The fields that Istio's test itself checks, as the case has them and as they came out. */
const compareCall = (given: SimulationCase, config: SimulatedConfig): void => {
  const outcome = simulate(config, callOf(given))
  const { trace } = outcome
  const found: Readonly<Record<string, string | undefined>> = {
    cluster: outcome.kind === 'forward' ? outcome.clusters[0]?.name : undefined,
    listener: trace.listener,
    filter_chain: trace.filterChain,
    route_config: trace.routeTable,
    virtual_host: trace.virtualHost,
    route: trace.route,
  }
  const { envoy = {}, asserted = [] } = given.expect
  const fields = asserted.filter((field) => field in found)
  const wanted = (field: string): string | undefined =>
    field === 'cluster' ? ourCluster(envoy[field]) : envoy[field]
  expect({
    outcome: outcomeWord(outcome),
    ...Object.fromEntries(fields.map((field) => [field, found[field]])),
  }).toEqual({
    outcome: given.expect.outcome,
    ...Object.fromEntries(fields.map((field) => [field, wanted(field)])),
  })
}

/** Cases that ask for a whole virtual host: by one of its domains, in the table of the port. */
const compareHost = ({ call, expect: wanted }: SimulationCase, config: SimulatedConfig): void => {
  const host = config.routes
    .get(String(call.port))
    ?.virtualHosts.find(({ domains }) => domains.includes(call.host ?? ''))
  expect(host === undefined ? 'no virtual host' : host.routes.flatMap(clustersOfRoute)).toEqual(
    wanted.virtual_host_absent === true ? 'no virtual host' : wanted.clusters_in_route_order?.map(ourCluster),
  )
}

describe.skipIf(!isThere)('routing as istiod simulates it', () => {
  const tally = { passed: 0, failed: [] as string[], notServed: new Map<string, number>() }
  afterAll(() => {
    const unserved = [...tally.notServed].map(([reason, count]) => `${reason} ${count}`)
    console.info(
      [
        `routing simulation: ${tally.passed} passed, ${tally.failed.length} failed, ${cases.length - tally.passed - tally.failed.length} not served`,
        ...tally.failed.map((id) => `  failed: ${id}`),
        `  not served: ${unserved.join(', ')}`,
      ].join('\n'),
    )
  })
  const served = cases.flatMap((given) => {
    const objects = objectsOfText(read(given.config_file))
    const reason = notServed(given, objects)
    if (reason === undefined) return [{ id: given.id, given, objects }]
    tally.notServed.set(reason, (tally.notServed.get(reason) ?? 0) + 1)
    return []
  })

  test.each(served)('$id', ({ id, given, objects }) => {
    tally.failed.push(id)
    const config = configOf(given, objects)
    const byHost =
      given.expect.virtual_host_absent === true || given.expect.clusters_in_route_order !== undefined
    if (byHost) compareHost(given, config)
    else compareCall(given, config)
    tally.failed.pop()
    tally.passed += 1
  })
})

test.skipIf(isThere)(
  'skipped: the cases are not beside the checkout (shared/conformance/routing)',
  () => undefined,
)
