/** Pods on the real kernel, as root, in network, mount and PID namespaces of the test's own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryCluster } from './support/memory-cluster.ts'
import { firstResolver, type ImageResolver } from '../src/node/images/image-resolver.ts'
import { mappingResolver } from '../src/node/images/mapping-resolver.ts'
import { addImageMapping, openImageMappings } from '../src/images/image-mappings.ts'
import { defaultClusterAddresses, setUpClusterNetwork } from '../src/node/network/cluster-network.ts'
import { openPodNetwork } from '../src/node/network/pod-network.ts'
import { startNode, type RunningNode } from '../src/node/node.ts'
import type { Clock } from '../src/primitives/clock.ts'
import type { Container, ContainerStatus } from '../src/resources/core/container.ts'
import type { Event } from '../src/resources/core/event.ts'
import type { Node } from '../src/resources/core/node.ts'
import type { Pod, PodSpec } from '../src/resources/core/pod.ts'

const inside = process.env['WEFT_TEST_NAMESPACE'] === '1'
const repository = fileURLToPath(new URL('..', import.meta.url))

describe.runIf(!inside && process.geteuid?.() === 0)('in namespaces of its own', () => {
  test('pods', async () => {
    const vitest = 'node_modules/vitest/vitest.mjs run --project mesh mesh-tests/node-pods.test.ts'
    const script = `mount -t tmpfs none /run && ip link set lo up && node ${vitest}; exit $?`
    const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const child = spawn('unshare', [...flags, '--', 'sh', '-c', script], {
      cwd: repository,
      env: { ...process.env, WEFT_TEST_NAMESPACE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
    await once(child, 'close')
    if (process.env['WEFT_TEST_VERBOSE'] !== undefined) console.log(output)
    expect(child.exitCode, output).toBe(0)
  })
})

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(Math.min(milliseconds, 2 ** 31 - 1), undefined, { signal })
  },
}

const shell: ImageResolver = {
  resolve: async (image) => (image === 'shell' ? { id: 'test://shell', command: ['sh', '-c'] } : undefined),
}

const script = (name: string, text: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'shell',
  args: [text],
  ...more,
})

describe.runIf(inside)('pods', () => {
  let home: string
  let cluster: ReturnType<typeof createMemoryCluster>
  let stop: AbortController
  let node: RunningNode
  const logged: unknown[] = []

  const directories = (): { pods: string; run: string } => ({
    pods: join(home, 'pods'),
    run: '/run/weft/pods',
  })

  const startTestNode = async (): Promise<void> => {
    stop = new AbortController()
    node = await startNode(
      {
        cluster,
        nodeName: 'weft',
        hostname: 'laptop',
        hostIp: '10.244.0.1',
        podRange: '10.244.0.0/16',
        version: '0.1.0',
        kubeletPort: 10250,
        directories: directories(),
        images: firstResolver([
          mappingResolver(openImageMappings(join(home, 'images.json')), {
            userHome: '/root',
            path: '/usr/bin:/bin',
          }),
          shell,
        ]),
        podNetwork: await openPodNetwork(defaultClusterAddresses),
        dns: { nameserver: '10.96.0.10', domain: 'cluster.local' },
        clock,
        log: (message, fields) => void logged.push([message, fields]),
      },
      stop.signal,
    )
  }

  const stopTestNode = async (): Promise<void> => {
    stop.abort()
    await node.stopped
  }

  const pod = (name: string): Pod | undefined =>
    cluster.all<Pod>('pods').find((each) => each.metadata.name === name)

  const create = (name: string, spec: PodSpec, labels: Record<string, string> = {}): Promise<Pod> =>
    cluster.create<Pod>(
      { group: '', version: 'v1', plural: 'pods' },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', labels },
        spec: { ...spec, nodeName: 'weft' },
      },
    )

  const remove = (name: string, gracePeriodSeconds?: number): Promise<void> =>
    cluster.delete(
      { group: '', version: 'v1', plural: 'pods' },
      { namespace: 'default', name },
      gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
    )

  const until = async <T>(look: () => T | undefined | false): Promise<T> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const found = look()
      if (found !== undefined && found !== false) return found
      await sleep(25)
    }
    throw new Error(
      `never so: ${look.toString()}\n${JSON.stringify([cluster.all('pods'), logged], undefined, 1)}`,
    )
  }

  const status = (name: string, container: string): ContainerStatus | undefined =>
    [
      ...(pod(name)?.status?.containerStatuses ?? []),
      ...(pod(name)?.status?.initContainerStatuses ?? []),
    ].find((each) => each.name === container)

  const isReady = (name: string): boolean =>
    pod(name)?.status?.conditions?.find((each) => each.type === 'Ready')?.status === 'True'

  const readLog = async (name: string, container: string, previous = false): Promise<string> => {
    const found = await node.access.log({ namespace: 'default', pod: name, container }, { previous })
    return found.ok ? readFile(found.value.path, 'utf8') : JSON.stringify(found.error)
  }

  const run = async (name: string, container: string, command: string[]): Promise<string> => {
    const found = await node.access.command(
      { namespace: 'default', pod: name, container },
      { command, tty: false },
    )
    if (!found.ok) throw new Error(found.error.message)
    const child = spawn(found.value.file, found.value.args, { env: found.value.env })
    let output = ''
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
    await once(child, 'close')
    return output
  }

  const events = (reason: string): Event[] =>
    cluster.all<Event>('events').filter((event) => event.reason === reason)

  beforeAll(async () => {
    await setUpClusterNetwork(defaultClusterAddresses)
  })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'weft-pods-'))
    cluster = createMemoryCluster()
    logged.length = 0
    await startTestNode()
  })

  afterEach(async () => {
    for (const each of cluster.all<Pod>('pods')) {
      if (each.metadata.deletionTimestamp === undefined) await remove(each.metadata.name, 1)
    }
    await until(() => cluster.all('pods').length === 0)
    await stopTestNode()
    await rm(home, { recursive: true, force: true })
  })

  test('two containers share network and host name, each with its own files and processes', async () => {
    const seen = performance.now()
    await create('web', {
      containers: [
        script('one', 'echo hello; echo oops >&2; touch /tmp/mine; exec sleep 1000'),
        script('two', 'sleep 1000; true'),
      ],
    })
    await until(() => isReady('web'))
    console.log(`ready after ${Math.round(performance.now() - seen)} ms`)
    const ip = pod('web')?.status?.podIP ?? ''
    expect(ip).toMatch(/^10\.244\.\d+\.\d+$/)
    expect(pod('web')?.status).toMatchObject({
      phase: 'Running',
      hostIP: '10.244.0.1',
      qosClass: 'BestEffort',
    })
    expect(await run('web', 'two', ['hostname'])).toBe('web\n')
    const one = await run('web', 'one', [
      'sh',
      '-c',
      'ip -4 -o addr show eth0; ls /tmp; readlink /proc/self/ns/uts',
    ])
    const two = await run('web', 'two', [
      'sh',
      '-c',
      'ip -4 -o addr show eth0; ls /tmp; readlink /proc/self/ns/uts',
    ])
    expect(one).toContain(ip)
    expect(two).toContain(ip)
    expect(one).toContain('mine')
    expect(two).not.toContain('mine')
    expect(one.match(/uts:\S+/)?.[0]).toBe(two.match(/uts:\S+/)?.[0])
    expect(await run('web', 'one', ['cat', '/etc/resolv.conf'])).toBe(
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    )
    expect(await run('web', 'one', ['cat', '/etc/hosts'])).toContain(`${ip}\tweb\n`)
    const log = await readLog('web', 'one')
    expect(log).toMatch(/^\d{4}-\S+Z stdout F hello$/m)
    expect(log).toMatch(/^\d{4}-\S+Z stderr F oops$/m)
    expect(events('Started').map((event) => event.message)).toEqual([
      'Started container one',
      'Started container two',
    ])
    await remove('web', 5)
    await until(() => pod('web') === undefined)
  })
})
