// What one change costs in a large mesh: 1,000 services with 10 endpoints, a DestinationRule with two subsets and a
// VirtualService each, and 50 sidecars on incremental ADS.
//   npm run bench:route-change -- [services] [clients] [changes]   (as root, after npm run build)
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../src/cluster/cluster-client.ts'
import { instanceAddresses } from '../src/app/instance-addresses.ts'
import { connectInstance } from '../src/app/instance-client.ts'
import { instanceHome } from '../src/app/instance-home.ts'
import { ENDPOINT_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../src/xds/protocol/ads-port.ts'
import { startInstance, type Instance } from '../mesh-tests/support/instance.ts'
import {
  createLargeMesh,
  endpointSlices,
  endpointsOf,
  namespace,
  serviceName,
  virtualServices,
  weightedHttp,
} from './large-mesh.ts'
import { cpuMilliseconds, mebibytes, memoryOf, partOf } from './process-cost.ts'
import { describeSamples, quantile } from './quantiles.ts'
import { startFleet, type Fleet } from './xds-fleet.ts'

const numberAt = (place: number, otherwise: number): number => Number(process.argv[place] ?? otherwise)
const services = numberAt(2, 1000)
const clients = numberAt(3, 50)
const changes = numberAt(4, 20)
const endpointsEach = 10
const address = '127.0.0.1:15410'
/** After a change: acknowledgements, status writes and what they cause have ended. */
const settle = 500

const now = (): number => performance.timeOrigin + performance.now()
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

/** Waits until a process spends less than a tenth of its time. */
const untilQuiet = async (pid: number): Promise<void> => {
  for (let before = cpuMilliseconds(pid); ;) {
    await sleep(1000)
    const after = cpuMilliseconds(pid)
    if (after - before < 100) return
    before = after
  }
}

const coldStart = async (fleet: Fleet, server: number, dialect: 'delta' | 'sotw', count: number) => {
  const before = cpuMilliseconds(server)
  const complete = fleet.next('complete')
  const began = now()
  fleet.order({ type: 'open', address, dialect, count, services })
  const { at } = await complete
  const cpuAtComplete = cpuMilliseconds(server) - before
  await untilQuiet(server)
  const counted = fleet.next('counted')
  fleet.order({ type: 'count' })
  const { bytes, bytesByType } = await counted
  console.log(
    `cold start of ${count} ${dialect} clients: last one complete after ${((at - began) / 1000).toFixed(2)} s, ` +
      `server CPU ${(cpuAtComplete / 1000).toFixed(2)} s (${((cpuMilliseconds(server) - before) / 1000).toFixed(2)} s until quiet), ` +
      `${kilobytes(quantile(bytes, 0.5))} to each`,
  )
  console.log(
    `  of it ${Object.entries(bytesByType)
      .map(([type, size]) => `${type} ${kilobytes(size)}`)
      .join(', ')}`,
  )
}

interface Change {
  readonly title: string
  readonly typeUrl: string
  readonly name: string
  readonly apply: (round: number) => Promise<unknown>
}

const measureChanges = async (fleet: Fleet, server: number, change: Change): Promise<void> => {
  const first: number[] = []
  const last: number[] = []
  const answered: number[] = []
  const bytes: number[] = []
  const cpu: number[] = []
  for (let round = 0; round < changes; round += 1) {
    const watching = fleet.next('watching')
    fleet.order({ type: 'watch', typeUrl: change.typeUrl, name: change.name })
    await watching
    const seen = fleet.next('seen')
    const cpuBefore = cpuMilliseconds(server)
    const began = now()
    await change.apply(round)
    answered.push(now() - began)
    const { times } = await seen
    first.push(Math.min(...times) - began)
    last.push(Math.max(...times) - began)
    await sleep(settle)
    cpu.push(cpuMilliseconds(server) - cpuBefore)
    const counted = fleet.next('counted')
    fleet.order({ type: 'count' })
    bytes.push(quantile((await counted).bytes, 0.5))
  }
  const mean = cpu.reduce((sum, each) => sum + each, 0) / cpu.length
  console.log(`${change.title}:`)
  console.log(`  API answered      ${describeSamples(answered)}`)
  console.log(`  first client told ${describeSamples(first)}`)
  console.log(`  last client told  ${describeSamples(last)}`)
  console.log(
    `  ${quantile(bytes, 0.5)} bytes to each client, server CPU ${mean.toFixed(1)} ms per change (its idle work of ${settle} ms included)`,
  )
}

const changesOf = (cluster: ClusterClient): Readonly<Record<'weights' | 'endpoints', Change>> => {
  const index = Math.floor(services / 2)
  const name = serviceName(index)
  const at = { namespace, name }
  return {
    weights: {
      title: "one VirtualService's weights changed",
      typeUrl: VIRTUAL_HOST_TYPE,
      name: `${name}.`,
      apply: (round) =>
        cluster.patch(virtualServices, at, {
          kind: 'merge',
          body: { spec: { http: weightedHttp(name, 10 + (round % 80)) } },
        }),
    },
    endpoints: {
      title: "one service's endpoints changed",
      typeUrl: ENDPOINT_TYPE,
      name: `${name}.`,
      apply: (round) =>
        cluster.patch(endpointSlices, at, {
          kind: 'merge',
          body: { endpoints: endpointsOf(index, endpointsEach, 1 + (round % 5)) },
        }),
    },
  }
}

/** Lists of a thousand objects: the API alone, and kubectl beside what kubectl needs for a list of a few. */
const measureLists = async (from: Instance, api: ClusterClient, server: number): Promise<void> => {
  const timed = async (rounds: number, action: () => Promise<unknown>): Promise<string> => {
    const samples: number[] = []
    const cpu = cpuMilliseconds(server)
    for (let round = 0; round < rounds; round += 1) {
      const began = now()
      await action()
      samples.push(now() - began)
    }
    return `${describeSamples(samples)}, server CPU ${((cpuMilliseconds(server) - cpu) / rounds).toFixed(1)} ms each`
  }
  console.log(`list of ${services} VirtualServices: ${await timed(20, () => api.list(virtualServices, {}))}`)
  const kubectl = (kind: string) => (): Promise<unknown> => from.kubectlOk(['get', kind])
  console.log(`  kubectl get virtualservices: ${await timed(5, kubectl('virtualservices'))}`)
  console.log(`  kubectl get namespaces: ${await timed(5, kubectl('namespaces'))}`)
}

const instance = await startInstance({ flags: ['--plaintext-xds', address] })
const home = instanceHome(instance.home)
const cluster = await connectInstance(home, instanceAddresses(home.root))
try {
  const server = await partOf(instance.home, 'server')
  const node = await partOf(instance.home, 'node')
  const resident = (when: string): void => {
    const { resident: bytes } = memoryOf(server)
    console.log(`server resident ${when}: ${mebibytes(bytes)}`)
  }
  resident('without the mesh')
  const written = now()
  const cpuBefore = { server: cpuMilliseconds(server), node: cpuMilliseconds(node) }
  await createLargeMesh(cluster, services, endpointsEach)
  const writes = services * 4
  console.log(
    `${writes} objects written in ${((now() - written) / 1000).toFixed(1)} s (${Math.round((writes * 1000) / (now() - written))} per second)`,
  )
  await untilQuiet(server)
  await untilQuiet(node)
  console.log(
    `  server CPU ${((cpuMilliseconds(server) - cpuBefore.server) / 1000).toFixed(1)} s, node CPU ${((cpuMilliseconds(node) - cpuBefore.node) / 1000).toFixed(1)} s`,
  )
  resident('with the mesh, no clients')
  await measureLists(instance, cluster, server)
  const { weights, endpoints } = changesOf(cluster)
  const fleet = await startFleet()
  await coldStart(fleet, server, 'delta', clients)
  resident(`with ${clients} clients`)
  await measureChanges(fleet, server, weights)
  await measureChanges(fleet, server, endpoints)
  resident('after the changes')
  await fleet.close()
  await untilQuiet(server)

  const plain = await startFleet()
  await coldStart(plain, server, 'sotw', 1)
  await measureChanges(plain, server, {
    ...weights,
    title: `${weights.title}, one state-of-the-world client (no VHDS)`,
    typeUrl: ROUTE_TYPE,
    name: '',
  })
  await plain.close()
} finally {
  cluster.close()
  await instance.remove()
}
