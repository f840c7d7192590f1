/** The node's network and streams on the real kernel, as root, in namespaces of the test's own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
} from 'node:http'
import { connect, createServer, type AddressInfo, type Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock as clock } from '../src/app/system-clock.ts'
import { createEventRecorder } from '../src/cluster/event-recorder.ts'
import { createInformerSet } from '../src/cluster/informer-set.ts'
import { openPodPort } from '../src/cluster/port-forward.ts'
import type { ClusterPort } from '../src/machinery/ports.ts'
import { startClusterDns } from '../src/node/network/cluster-dns.ts'
import {
  defaultClusterAddresses,
  hardwareAddress,
  setUpClusterNetwork,
} from '../src/node/network/cluster-network.ts'
import { createDnsData } from '../src/node/network/dns-index.ts'
import { runLoadBalancer } from '../src/node/network/load-balancer.ts'
import { wholeTable } from '../src/node/network/nft-service-text.ts'
import { createRulePlanner } from '../src/node/network/plan-nft-rules.ts'
import { openPodNetwork } from '../src/node/network/pod-network.ts'
import { runCommand } from '../src/node/network/run-command.ts'
import { runServiceProxy } from '../src/node/network/service-proxy.ts'
import { createServiceRegistry, type ServiceRegistry } from '../src/node/network/service-registry.ts'
import type { ContainerAccess, PodAddress, PodNetwork } from '../src/node/ports.ts'
import { createNodeApi } from '../src/node/streaming/node-api.ts'
import { CodedError } from '../src/primitives/coded-error.ts'
import type { Service, ServiceSpec } from '../src/resources/core/service.ts'
import type { EndpointSlice } from '../src/resources/discovery/endpoint-slice.ts'
import type { KubeObject } from '../src/resources/kube-object.ts'
import { userNamespaceFlags } from './support/ordinary-user.ts'

const inside = process.env['WEFT_TEST_NAMESPACE'] === '1'
const repository = fileURLToPath(new URL('..', import.meta.url))
const addresses = defaultClusterAddresses
const run = promisify(execFile)

describe.runIf(!inside)('in namespaces of its own', () => {
  test('the node network', async () => {
    const vitest = 'node_modules/vitest/vitest.mjs run --project mesh mesh-tests/node-network.test.ts'
    const script = `mount -t tmpfs none /run && ip link set lo up && exec node ${vitest}`
    const child = spawn('unshare', [...userNamespaceFlags, '--net', '--mount', '--', 'sh', '-ec', script], {
      cwd: repository,
      env: { ...process.env, WEFT_TEST_NAMESPACE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
    await once(child, 'close')
    expect(child.exitCode, output).toBe(0)
  })
})

/** A cluster with Services and EndpointSlices that tests set, as lists and one watch. */
const createFakeCluster = (): {
  readonly port: ClusterPort
  readonly put: (plural: string, object: KubeObject) => void
  readonly remove: (plural: string, name: string) => void
  readonly created: KubeObject[]
} => {
  const objects = new Map<string, KubeObject>()
  const created: KubeObject[] = []
  let notify = new AbortController()
  let revision = 1
  const changes: {
    readonly plural: string
    readonly type: 'MODIFIED' | 'DELETED'
    readonly object: KubeObject
  }[] = []
  const change = (plural: string, type: 'MODIFIED' | 'DELETED', object: KubeObject): void => {
    revision += 1
    const metadata = { ...object.metadata, resourceVersion: String(revision) }
    changes.push({ plural, type, object: { ...object, metadata } })
    notify.abort()
    notify = new AbortController()
  }
  const unused = (): never => {
    throw new Error('not part of this test')
  }
  const port = {
    get: unused,
    update: unused,
    patch: unused,
    delete: unused,
    create: (_resource: unknown, object: KubeObject) => {
      created.push(object)
      return Promise.resolve(object)
    },
    list: ({ plural }: { plural: string }) =>
      Promise.resolve({
        items: [...objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object),
        resourceVersion: String(changes.length),
      }),
    watch: async function* ({ plural }: { plural: string }, _options: unknown, signal: AbortSignal) {
      for (let index = 0; !signal.aborted;) {
        const next = changes[index]
        if (next === undefined) {
          await sleep(60_000, undefined, { signal: AbortSignal.any([signal, notify.signal]) }).catch(
            () => undefined,
          )
          continue
        }
        index += 1
        if (next.plural === plural) yield { type: next.type, object: next.object }
      }
    },
  } as unknown as ClusterPort
  return {
    port,
    created,
    put: (plural, object) => {
      objects.set(`${plural}/${object.metadata.name}`, object)
      change(plural, 'MODIFIED', object)
    },
    remove: (plural, name) => {
      const object = objects.get(`${plural}/${name}`)
      objects.delete(`${plural}/${name}`)
      if (object !== undefined) change(plural, 'DELETED', object)
    },
  }
}

const service = (name: string, spec: ServiceSpec, status?: Service['status']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec,
  ...(status === undefined ? {} : { status }),
})

const slice = (
  name: string,
  port: number,
  ips: readonly string[],
  protocol: 'TCP' | 'UDP' = 'TCP',
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
  ports: [{ port, protocol }],
})

/** An HTTP server that answers with its name and the address of its client; `/bytes?n` gives n bytes, POST counts. */
const program = `
require('http').createServer((request, response) => {
  const [path, count] = request.url.split('?')
  if (path === '/bytes') return response.end(Buffer.alloc(Number(count), 97))
  let received = 0
  request.on('data', (bytes) => { received += bytes.length })
  request.on('end', () => response.end(process.argv[1] + ' ' + request.socket.remoteAddress.replace('::ffff:', '') + ' ' + received))
}).listen(Number(process.argv[2]), process.argv[3])
require('net').createServer({ allowHalfOpen: true }, (socket) => {
  let received = 0
  socket.on('data', (bytes) => { received += bytes.length })
  socket.on('end', () => socket.end('received ' + received))
}).listen(Number(process.argv[2]) + 1, process.argv[3])
console.log('ready')
`

const processes: ChildProcess[] = []

const startProgram = async (pod: PodAddress, name: string, port: number, address: string): Promise<void> => {
  const args = [`--net=${pod.networkNamespace}`, '--', 'node', '-e', program, name, String(port), address]
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  processes.push(child)
  await once(child.stdout ?? child, 'data')
}

const inPod = async (pod: PodAddress, ...command: string[]): Promise<string> => {
  const { stdout } = await run('nsenter', [`--net=${pod.networkNamespace}`, '--', ...command])
  return stdout
}

const curl = ['curl', '--silent', '--show-error', '--max-time', '5']

const eventually = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 50) throw error
      await sleep(100)
    }
  }
}

/** The kernel's table of service addresses without handles, in an order that does not depend on its history. */
const kernelTable = async (): Promise<unknown> => {
  const { stdout } = await run('nft', ['--json', 'list', 'table', 'ip', 'weft-services'])
  const inOrder = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value
        .map(inOrder)
        .toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
    }
    if (typeof value !== 'object' || value === null) return value
    const fields = Object.entries(value).filter(([name]) => name !== 'handle')
    return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]))
  }
  return inOrder(JSON.parse(stdout))
}

describe.runIf(inside)('the node network', () => {
  const stop = new AbortController()
  const cluster = createFakeCluster()
  const log = (message: string, fields?: Record<string, unknown>): void => console.log(message, fields)
  let network: PodNetwork
  let one: PodAddress
  let two: PodAddress
  let client: PodAddress
  let registry: ServiceRegistry
  /** What was given to nft. */
  const loads: string[] = []
  let work: Promise<unknown>
  const opened = new Map<string, NetServer>()

  beforeAll(async () => {
    await setUpClusterNetwork(addresses)
    await setUpClusterNetwork(addresses)
    network = await openPodNetwork(addresses)
    ;[one, two, client] = (await Promise.all([0, 1, 2].map(() => network.ensure(randomUUID())))) as [
      PodAddress,
      PodAddress,
      PodAddress,
    ]
    const surroundings = { port: cluster.port, clock, random: Math.random, log }
    const informers = createInformerSet(surroundings, stop.signal)
    registry = createServiceRegistry(informers)
    const load = async (rules: string, signal: AbortSignal): Promise<void> => {
      loads.push(rules)
      await runCommand('nft', ['-f', '-'], rules, signal)
    }
    const events = createEventRecorder(
      { ...surroundings, component: 'weft-load-balancer', host: 'weft' },
      stop.signal,
    )
    const listeners = {
      open: async (address: string, port: number): Promise<NetServer> => {
        if (port === 81) throw new CodedError('host-port-in-use', 'in use')
        const server = createServer().listen(port, address)
        await once(server, 'listening')
        opened.set(`${address}:${port}`, server)
        return server
      },
      close: (address: string, port: number): Promise<void> => {
        opened.get(`${address}:${port}`)?.close()
        opened.delete(`${address}:${port}`)
        return Promise.resolve()
      },
    }
    const hostPorts = {
      lowestPort: 1,
      // The same port as one of the Service's own: the kernel gives it to one of them alone.
      published: [{ address: '0.0.0.0', port: 82, servicePort: 80 }],
      publishedService: { namespace: 'default', name: 'edge' },
    }
    work = Promise.all([
      runServiceProxy({ registry, addresses, clock, log, load }, stop.signal),
      runLoadBalancer({ registry, listeners, rules: hostPorts, events, clock, log }, stop.signal),
      startClusterDns(
        {
          data: createDnsData(registry, 'cluster.local', addresses.dns),
          address: addresses.dns,
          forward: () => Promise.resolve(undefined),
          random: Math.random,
          log,
        },
        stop.signal,
      ),
      informers.done(),
    ])
    await Promise.all([
      startProgram(one, 'one', 8080, '0.0.0.0'),
      startProgram(two, 'two', 8080, '0.0.0.0'),
      startProgram(one, 'local', 9000, '127.0.0.1'),
    ])
    cluster.put('services', service('web', { clusterIP: '10.96.0.5', ports: [{ port: 80 }] }))
    cluster.put('endpointslices', slice('web', 8080, [one.ip, two.ip]))
    cluster.put('services', service('self', { clusterIP: '10.96.0.6', ports: [{ port: 80 }] }))
    cluster.put('endpointslices', slice('self', 8080, [one.ip]))
    cluster.put('services', service('empty', { clusterIP: '10.96.0.7', ports: [{ port: 80 }] }))
    await eventually(() => inPod(client, ...curl, 'http://10.96.0.5/'))
  })

  afterAll(async () => {
    stop.abort()
    for (const child of processes) child.kill('SIGKILL')
    await work
  })

  test('the gateway keeps its Ethernet address whatever pods come, and a pod has that of its IP address', async () => {
    expect((await run('ip', ['link', 'show', 'weft0'])).stdout).toContain('link/ether 0a:58:0a:f4:00:01 ')
    expect(await inPod(one, 'ip', 'link', 'show', 'eth0')).toContain(`link/ether ${hardwareAddress(one.ip)} `)
  })

  test('pods reach each other with their own addresses', async () => {
    expect(await inPod(client, ...curl, `http://${one.ip}:8080/`)).toBe(`one ${client.ip} 0`)
    expect(await inPod(one, ...curl, `http://${two.ip}:8080/`)).toBe(`two ${one.ip} 0`)
    const { stdout } = await run('curl', [...curl.slice(1), `http://${one.ip}:8080/`])
    expect(stdout).toBe(`one ${addresses.node} 0`)
  })

  test('what exists is found again, and removal leaves nothing', async () => {
    const again = await openPodNetwork(addresses)
    expect(again.list().toSorted((a, b) => (a.ip < b.ip ? -1 : 1))).toEqual(
      network.list().toSorted((a, b) => (a.ip < b.ip ? -1 : 1)),
    )
    expect(await again.ensure(one.uid)).toEqual(one)
    const links = (await run('ip', ['-brief', 'link'])).stdout
    const extra = await again.ensure('not-a-uuid')
    expect(network.list().map(({ ip }) => ip)).not.toContain(extra.ip)
    await again.remove('not-a-uuid')
    await again.remove('not-a-uuid')
    expect((await run('ip', ['-brief', 'link'])).stdout).toBe(links)
    expect((await run('ip', ['netns', 'list'])).stdout.trim().split('\n')).toHaveLength(3)
  })

  test('half-made networks of a crash are made whole', async () => {
    const uid = randomUUID()
    await run('ip', ['netns', 'add', `pod-${uid.replaceAll('-', '').slice(0, 11)}`])
    await run('ip', ['link', 'add', `veth${uid.replaceAll('-', '').slice(0, 11)}`, 'type', 'veth'])
    const pod = await (await openPodNetwork(addresses)).ensure(uid)
    expect(await inPod(pod, ...curl, `http://${one.ip}:8080/`)).toBe(`one ${pod.ip} 0`)
    await (await openPodNetwork(addresses)).remove(uid)
  })

  test('a service address reaches every endpoint, from pods and from the node', async () => {
    const answers = new Set<string>()
    for (let request = 0; request < 40; request += 1) {
      answers.add(await inPod(client, ...curl, 'http://10.96.0.5/'))
    }
    expect([...answers].toSorted()).toEqual([`one ${client.ip} 0`, `two ${client.ip} 0`])
    expect((await run('curl', [...curl.slice(1), 'http://10.96.0.5/'])).stdout).toMatch(
      /^(one|two) 10.244.0.1 0$/,
    )
  })

  test('a pod reaches itself through its service', async () => {
    expect(await inPod(one, ...curl, 'http://10.96.0.6/')).toBe(`one ${addresses.node} 0`)
  })

  test('services without endpoints, other ports and unknown addresses are refused at once', async () => {
    await expect(inPod(client, ...curl, 'http://10.96.0.7/')).rejects.toThrow('Failed to connect')
    await expect(inPod(client, ...curl, 'http://10.96.0.5:81/')).rejects.toThrow('Failed to connect')
    await expect(inPod(client, ...curl, 'http://10.96.77.7/')).rejects.toThrow(
      /Failed to connect|No route to host/,
    )
    await expect(run('curl', [...curl.slice(1), 'http://10.96.0.7/'])).rejects.toThrow('Failed to connect')
  })

  test('rules follow the endpoints', async () => {
    cluster.put('endpointslices', slice('empty', 8080, [two.ip]))
    expect(await eventually(() => inPod(client, ...curl, 'http://10.96.0.7/'))).toBe(`two ${client.ip} 0`)
    cluster.remove('endpointslices', 'empty')
    await eventually(() =>
      expect(inPod(client, ...curl, 'http://10.96.0.7/')).rejects.toThrow('Failed to connect'),
    )
  })

  test('a change of one service touches its rules alone, and leads to what the whole table would be', async () => {
    const before = loads.length
    const many = Array.from({ length: 20 }, (_, index) => `many-${index}`)
    for (const [index, name] of many.entries()) {
      const externalIPs = index % 5 === 0 ? ['192.0.2.9'] : []
      cluster.put(
        'services',
        service(name, { clusterIP: `10.96.9.${index}`, ports: [{ port: 80 }], externalIPs }),
      )
      if (index % 3 > 0) cluster.put('endpointslices', slice(name, 8080, [one.ip, two.ip]))
    }
    const last = (): string => loads.at(-1) ?? ''
    await eventually(() => inPod(client, ...curl, 'http://10.96.9.19/'))
    for (const index of [0, 1, 4, 5]) cluster.put('endpointslices', slice(`many-${index}`, 8080, [one.ip]))
    for (const index of [2, 7]) cluster.remove('endpointslices', `many-${index}`)
    for (const index of [10, 11, 13]) cluster.remove('services', `many-${index}`)
    await eventually(() => Promise.resolve(expect(last()).toContain('delete chain')))
    cluster.put('endpointslices', slice('many-19', 8080, [two.ip]))
    await eventually(() =>
      Promise.resolve(
        expect(last()).toBe(
          `flush chain ip weft-services service/default/many-19/tcp/80
add rule ip weft-services service/default/many-19/tcp/80 meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : ${two.ip} . 8080 }
`,
        ),
      ),
    )
    expect(await eventually(() => inPod(client, ...curl, 'http://10.96.9.19/'))).toMatch(/^two /)
    expect(loads.slice(before).filter((text) => text.includes('delete table'))).toEqual([])
    const changed = await kernelTable()
    const rules = createRulePlanner([addresses.dns])(registry.all())
    await runCommand('nft', ['-f', '-'], wholeTable(rules, addresses.serviceRange))
    expect(changed).toEqual(await kernelTable())
    for (const name of many) {
      cluster.remove('services', name)
      cluster.remove('endpointslices', name)
    }
  })

  test('a table that somebody else took away comes back whole with the next change', async () => {
    await run('nft', ['delete', 'table', 'ip', 'weft-services'])
    cluster.put('services', service('late', { clusterIP: '10.96.0.8', ports: [{ port: 80 }] }))
    cluster.put('endpointslices', slice('late', 8080, [one.ip]))
    expect(await eventually(() => inPod(client, ...curl, 'http://10.96.0.8/'))).toMatch(/^one /)
    expect(await inPod(client, ...curl, 'http://10.96.0.5/')).toMatch(/^(one|two) /)
  })

  test('names resolve for dig and for libc', async () => {
    const dig = (...args: string[]): Promise<string> => inPod(client, 'dig', '@10.96.0.10', '+short', ...args)
    expect(await dig('web.default.svc.cluster.local')).toBe('10.96.0.5\n')
    expect(await dig('+tcp', 'web.default.svc.cluster.local')).toBe('10.96.0.5\n')
    expect(await dig('-x', '10.96.0.5')).toBe('web.default.svc.cluster.local.\n')
    const directory = await mkdtemp(join(tmpdir(), 'weft-dns-'))
    await writeFile(
      join(directory, 'resolv.conf'),
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    )
    const script = `mount --bind ${directory}/resolv.conf /etc/resolv.conf && for n in web web.default web.default.svc.cluster.local; do getent ahostsv4 $n | head -1; done; getent hosts nothing || true`
    const answer = await inPod(client, 'unshare', '--mount', 'sh', '-ec', script)
    expect(answer.match(/10\.96\.0\.5/g)).toHaveLength(3)
    expect(answer.trim().split('\n')).toHaveLength(3)
    await rm(directory, { recursive: true })
  })

  describe('load balancers', () => {
    beforeAll(async () => {
      const status = { loadBalancer: { ingress: [{ ip: '127.8.0.1' }] } }
      const ports = [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'echo', port: 82, targetPort: 8081 },
        { name: 'taken', port: 81, targetPort: 8080 },
      ]
      cluster.put(
        'services',
        service('edge', { type: 'LoadBalancer', clusterIP: '10.96.0.9', ports }, status),
      )
      const both = slice('edge', 8080, [one.ip, two.ip])
      cluster.put('endpointslices', {
        ...both,
        ports: [
          { name: 'http', port: 8080 },
          { name: 'echo', port: 8081 },
        ],
      } as EndpointSlice)
      await eventually(() => run('curl', [...curl.slice(1), 'http://127.8.0.1/']))
    })

    test('take turns', async () => {
      const answers = []
      for (let index = 0; index < 4; index += 1) {
        answers.push((await run('curl', [...curl.slice(1), 'http://127.8.0.1/'])).stdout.slice(0, 3))
      }
      expect(answers.toSorted()).toEqual(['one', 'one', 'two', 'two'])
    })

    test('published at every address, they leave the Service’s own address its ports', async () => {
      const { stdout } = await run('curl', [...curl.slice(1), 'http://127.0.0.1:82/'])
      expect(stdout).toMatch(/^(one|two)/)
      const socket = connect({ host: '127.8.0.1', port: 82, allowHalfOpen: true })
      socket.end('x')
      let answer = ''
      for await (const part of socket) answer += String(part)
      expect(answer).toBe('received 1')
    })

    test('pass on the end of each direction, and every byte', async () => {
      const socket = connect({ host: '127.8.0.1', port: 82, allowHalfOpen: true })
      const size = 32 * 1024 * 1024
      socket.end(Buffer.alloc(size, 1))
      let answer = ''
      for await (const part of socket) answer += String(part)
      expect(answer).toBe(`received ${size}`)
    })

    test('serve a thousand connections at once', async () => {
      const ask = async (): Promise<string> => {
        const socket = connect({ host: '127.8.0.1', port: 82, allowHalfOpen: true })
        await once(socket, 'connect')
        await sleep(200)
        socket.end(Buffer.alloc(10_000))
        let answer = ''
        for await (const part of socket) answer += String(part)
        return answer
      }
      const answers = await Promise.all(Array.from({ length: 1000 }, ask))
      expect(answers.filter((answer) => answer === 'received 10000')).toHaveLength(1000)
    })

    test('say on the Service what keeps a port closed', () => {
      expect(cluster.created).toMatchObject([
        {
          kind: 'Event',
          involvedObject: { kind: 'Service', name: 'edge' },
          type: 'Warning',
          reason: 'HostPortUnavailable',
          message: expect.stringContaining('127.8.0.1:81 is in use on the host') as string,
        },
      ])
    })

    test('carry large answers whole', async () => {
      const { stdout } = await run('sh', [
        '-c',
        'curl --silent --max-time 60 http://127.8.0.1/bytes?100000000 | wc -c',
      ])
      expect(Number(stdout)).toBe(100_000_000)
    })

    test('close when the service is gone', async () => {
      cluster.remove('services', 'edge')
      await eventually(() =>
        expect(run('curl', [...curl.slice(1), 'http://127.8.0.1/'])).rejects.toThrow('Failed to connect'),
      )
      expect(opened.size).toBe(0)
    })
  })

  describe('streams, with kubectl', () => {
    let directory: string
    let node: Server
    let front: Server
    let server: string
    let running = true
    const logLines = Array.from(
      { length: 5 },
      (_, index) =>
        `2026-01-01T00:00:0${index}.000000000Z ${index === 3 ? 'stderr' : 'stdout'} F line ${index}\n`,
    )

    const containers = (): ContainerAccess => {
      const containerLog = { path: join(directory, '0.log'), isRunning: () => running }
      return {
        log: ({ container }) =>
          Promise.resolve(
            container === 'app'
              ? { ok: true, value: containerLog }
              : {
                  ok: false,
                  error: {
                    code: 400,
                    reason: 'BadRequest',
                    message: `container "${container}" in pod "demo" is waiting to start`,
                  },
                },
          ),
        command: ({ container }, { command, tty }) =>
          Promise.resolve(
            container === 'app'
              ? {
                  ok: true,
                  value: {
                    file: '/usr/bin/nsenter',
                    args: [
                      `--net=${one.networkNamespace}`,
                      ...['--', ...(tty ? ['/usr/bin/setsid', '-c'] : []), ...command],
                    ],
                    env: { PATH: '/usr/bin:/bin:/usr/sbin', GREETING: 'hello', TERM: 'xterm' },
                  },
                }
              : {
                  ok: false,
                  error: { code: 404, reason: 'NotFound', message: `container not found ("${container}")` },
                },
          ),
        attachment: () =>
          Promise.resolve({
            ok: true,
            value: { log: containerLog, tty: false, stdinPath: join(directory, 'stdin') },
          }),
        address: () => Promise.resolve({ ok: true, value: one }),
      }
    }

    /** The little of an API server that these commands of kubectl need; it passes streams on byte for byte. */
    const startFront = async (socketPath: string): Promise<Server> => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'demo', namespace: 'default', uid: one.uid },
        spec: { containers: [{ name: 'app', image: 'app', stdin: true, ports: [{ containerPort: 9000 }] }] },
        status: { phase: 'Running' },
      }
      const resources = ['pods', 'pods/log', 'pods/exec', 'pods/attach', 'pods/portforward'].map((name) => ({
        name,
        kind: 'Pod',
        namespaced: true,
        singularName: name === 'pods' ? 'pod' : '',
        verbs: ['get', 'list', 'create'],
      }))
      const documents: Record<string, unknown> = {
        '/api': { kind: 'APIVersions', versions: ['v1'] },
        '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
        '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources },
        '/api/v1/namespaces/default/pods/demo': pod,
      }
      const nodePath = (url: string): string => {
        const { pathname, searchParams } = new URL(url, 'http://front')
        const verb = pathname.split('/').at(-1) ?? ''
        const container = searchParams.get('container') ?? 'app'
        const names: Record<string, string> = { log: 'containerLogs', exec: 'exec', attach: 'attach' }
        return verb === 'portforward'
          ? `/portForward/default/demo?${searchParams.toString()}`
          : `/${names[verb]}/default/demo/${container}?${searchParams.toString()}`
      }
      const server = createHttpServer((request, response) => {
        const url = request.url ?? ''
        const document = documents[new URL(url, 'http://front').pathname]
        if (document !== undefined) {
          response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
          return
        }
        const passed = httpRequest({ socketPath, path: nodePath(url) }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(response)
        })
        response.on('close', () => passed.destroy())
        passed.on('error', () => response.destroy())
        passed.end()
      })
      server.on('upgrade', (request, socket, head) => {
        const upstream = connect({ path: socketPath, allowHalfOpen: true })
        const headers = request.rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [`${name}: ${request.rawHeaders[index + 1]}`] : [],
        )
        upstream.write(
          [`${request.method} ${nodePath(request.url ?? '')} HTTP/1.1`, ...headers, '', ''].join('\r\n'),
        )
        upstream.write(head)
        socket.pipe(upstream).pipe(socket)
        socket.on('error', () => upstream.destroy())
        upstream.on('error', () => socket.destroy())
        socket.on('close', () => upstream.destroy())
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }

    interface Outcome {
      readonly code: number | null
      readonly stdout: string
      readonly stderr: string
    }

    const kubectl = (args: readonly string[], input?: Buffer | string, spdy = false): Promise<Outcome> =>
      new Promise((resolve) => {
        const child = spawn('kubectl', ['--server', server, ...args], {
          env: {
            PATH: process.env['PATH'],
            HOME: directory,
            KUBECONFIG: '/dev/null',
            ...(spdy
              ? { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }
              : {}),
          },
        })
        const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
        child.stdout.on('data', (bytes: Buffer) => parts.stdout.push(bytes))
        child.stderr.on('data', (bytes: Buffer) => parts.stderr.push(bytes))
        child.stdin.on('error', () => undefined)
        child.stdin.end(input)
        child.on('close', (code) =>
          resolve({
            code,
            stdout: Buffer.concat(parts.stdout).toString('latin1'),
            stderr: Buffer.concat(parts.stderr).toString(),
          }),
        )
      })

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'weft-streams-'))
      await writeFile(join(directory, '0.log'), logLines.join(''))
      await run('mkfifo', [join(directory, 'stdin')])
      const socketPath = join(directory, 'node.sock')
      node = createNodeApi({
        containers: containers(),
        summary: async () => ({}),
        clock,
        log,
        portForwardSource: addresses.portForward,
        python: '/usr/bin/python3',
      }).listen(socketPath)
      await once(node, 'listening')
      front = await startFront(socketPath)
      server = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
    })

    afterAll(async () => {
      for (const each of [front, node]) {
        each.closeAllConnections()
        each.close()
      }
      await rm(directory, { recursive: true })
    })

    describe.each([
      { protocol: 'WebSocket', spdy: false },
      { protocol: 'SPDY', spdy: true },
    ])('over $protocol', ({ spdy }) => {
      test('exec gives output, errors and the exit code', async () => {
        const outcome = await kubectl(
          ['exec', 'demo', '--', 'sh', '-c', 'echo $GREETING; echo bad >&2; exit 3'],
          '',
          spdy,
        )
        expect(outcome).toMatchObject({ code: 3, stdout: 'hello\n' })
        expect(outcome.stderr).toContain('bad\n')
        expect(outcome.stderr).toContain('command terminated with exit code 3')
        expect(await kubectl(['exec', 'demo', '--', 'true'], '', spdy)).toEqual({
          code: 0,
          stdout: '',
          stderr: '',
        })
      })

      test('exec carries megabytes both ways', async () => {
        const input = Buffer.alloc(5_000_000, 'weft ')
        const outcome = await kubectl(['exec', '-i', 'demo', '--', 'cat'], input, spdy)
        expect(outcome.code).toBe(0)
        expect(outcome.stdout === input.toString('latin1')).toBe(true)
      })

      test('exec in a terminal that follows the size of the client', async () => {
        const inner = `stty -F /dev/stdin size; tty >/dev/null && echo terminal`
        const environment = spdy ? 'KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false ' : ''
        const command = `stty rows 33 cols 101; ${environment}KUBECONFIG=/dev/null kubectl --server ${server} exec -it demo -- sh -c 'sleep 0.5; ${inner}; exit 4'`
        const { stdout } = await run('script', [
          '--quiet',
          '--return',
          '--command',
          command,
          '/dev/null',
        ]).catch((error: { stdout: string; code: number }) => {
          expect(error.code).toBe(4)
          return error
        })
        expect(stdout).toContain('33 101')
        expect(stdout).toContain('terminal')
      })

      test('a container that is not there', async () => {
        const outcome = await kubectl(['exec', 'demo', '-c', 'other', '--', 'true'], '', spdy)
        expect(outcome.code).toBe(1)
        expect(outcome.stderr).toContain('container not found ("other")')
      })

      test('port-forward reaches what listens on 127.0.0.1 in the pod', async () => {
        const child = spawn(
          'kubectl',
          ['--server', server, 'port-forward', 'pod/demo', ':9000', ':9001', ':9999'],
          {
            env: {
              PATH: process.env['PATH'],
              KUBECONFIG: '/dev/null',
              HOME: tmpdir(),
              ...(spdy ? { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' } : {}),
            },
          },
        )
        let output = ''
        let errors = ''
        child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
        child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
        await eventually(() => {
          expect(output).toContain('-> 9999')
          return Promise.resolve()
        })
        const local = (port: number): number =>
          Number(new RegExp(`127.0.0.1:(\\d+) -> ${port}`).exec(output)?.[1])
        expect((await run('curl', [...curl.slice(1), `http://127.0.0.1:${local(9000)}/`])).stdout).toBe(
          'local 127.0.0.1 0',
        )
        const bytes = await run('sh', [
          '-c',
          `curl -s http://127.0.0.1:${local(9000)}/bytes?20000000 | wc -c`,
        ])
        expect(bytes.stdout.trim()).toBe('20000000')
        const many = await Promise.all(
          Array.from({ length: 20 }, () =>
            run('curl', [...curl.slice(1), `http://127.0.0.1:${local(9000)}/`]),
          ),
        )
        expect(many.map(({ stdout }) => stdout)).toEqual(
          Array.from({ length: 20 }, () => 'local 127.0.0.1 0'),
        )
        const half = connect({ host: '127.0.0.1', port: local(9001), allowHalfOpen: true })
        half.end(Buffer.alloc(3_000_000))
        let answer = ''
        for await (const part of half) answer += String(part)
        expect(answer).toBe('received 3000000')
        // kubectl ends after a failed connection, whoever serves it.
        await run('curl', [...curl.slice(1), `http://127.0.0.1:${local(9999)}/`]).catch(() => undefined)
        await eventually(() => {
          expect(errors).toContain('connection refused')
          return Promise.resolve()
        })
        if (child.exitCode === null) await once(child, 'close')
      })
    })

    test('our own client reaches a port of the pod through the API', async () => {
      const { signal } = new AbortController()
      const ask = async (port: number, path: string): Promise<Buffer> => {
        const stream = await openPodPort({ server }, { namespace: 'default', pod: 'demo', port }, signal)
        const request = httpRequest({ path, host: 'demo', createConnection: () => stream })
        request.end()
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        return Buffer.concat(parts)
      }
      expect((await ask(9000, '/')).toString()).toBe('local 127.0.0.1 0')
      expect((await ask(9000, '/bytes?5000000')).length).toBe(5_000_000)
      await expect(ask(9999, '/')).rejects.toThrow('connect: connection refused')
    })

    test('logs', async () => {
      expect((await kubectl(['logs', 'demo'])).stdout).toBe('line 0\nline 1\nline 2\nline 3\nline 4\n')
      expect((await kubectl(['logs', 'demo', '--tail=2'])).stdout).toBe('line 3\nline 4\n')
      expect((await kubectl(['logs', 'demo', '--limit-bytes=9'])).stdout).toBe('line 0\nli')
      expect(
        (await kubectl(['logs', 'demo', '--since-time=2026-01-01T00:00:03Z', '--timestamps'])).stdout,
      ).toBe('2026-01-01T00:00:03.000000000Z line 3\n2026-01-01T00:00:04.000000000Z line 4\n')
      const waiting = await fetch(`${server}/api/v1/namespaces/default/pods/demo/log?container=other`)
      expect(waiting.status).toBe(400)
      expect(await waiting.json()).toMatchObject({
        kind: 'Status',
        reason: 'BadRequest',
        message: 'container "other" in pod "demo" is waiting to start',
      })
    })

    test('logs that are followed across rotation until the container ends, and attach', async () => {
      const path = join(directory, '0.log')
      const append = (text: string): Promise<void> =>
        writeFile(path, `2026-01-01T00:01:00.000000000Z stdout F ${text}\n`, { flag: 'a' })
      const input = readFile(join(directory, 'stdin'))
      const followed = kubectl(['logs', '-f', 'demo', '--tail=1'])
      const attached = kubectl(['attach', '-i', 'demo'], 'typed\n')
      expect((await input).toString()).toBe('typed\n')
      await sleep(500)
      await append('before')
      await run('mv', [path, join(directory, '0.log.1')])
      await append('after')
      await sleep(500)
      await append('last')
      running = false
      expect((await followed).stdout).toBe('line 4\nbefore\nafter\nlast\n')
      expect((await attached).stdout).toBe('before\nafter\nlast\n')
      running = true
    })
  })
})
