/** Pods on the real kernel, as root, in network, mount and PID namespaces of the test's own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock as clock } from '../src/app/system-clock.ts'
import { runsAsUser, userNamespaceFlags } from './support/ordinary-user.ts'
import { createMemoryCluster } from './support/memory-cluster.ts'
import { catalogueResolver } from '../src/node/images/catalogue-resolver.ts'
import { firstResolver, type ImageResolver } from '../src/node/images/image-resolver.ts'
import { mappingResolver } from '../src/node/images/mapping-resolver.ts'
import { addImageMapping, openImageMappings } from '../src/images/image-mappings.ts'
import { defaultClusterAddresses, setUpClusterNetwork } from '../src/node/network/cluster-network.ts'
import { openPodNetwork } from '../src/node/network/pod-network.ts'
import { startNode, type RunningNode } from '../src/node/node.ts'
import { removeCgroupPlaces, openCgroupPlaces } from '../src/node/cgroups/cgroup-places.ts'
import { openCgroupTree } from '../src/node/cgroups/cgroup-tree.ts'
import { cgroupHost } from '../src/app/instance-cgroups.ts'
import type { Container, ContainerStatus } from '../src/resources/core/container.ts'
import type { Event } from '../src/resources/core/event.ts'
import type { Node } from '../src/resources/core/node.ts'
import type { Pod, PodSpec } from '../src/resources/core/pod.ts'

const inside = process.env['WEFT_TEST_NAMESPACE'] === '1'
const repository = fileURLToPath(new URL('..', import.meta.url))

describe.runIf(!inside)('in namespaces of its own', () => {
  test('pods', async () => {
    const vitest = 'node_modules/vitest/vitest.mjs run --project mesh mesh-tests/node-pods.test.ts'
    const script = `mount -t tmpfs none /run && ip link set lo up && node ${vitest}; exit $?`
    const flags = [
      ...userNamespaceFlags,
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ]
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

/** Control groups are the host's: the process id makes them this test's. */
const cgroupName = `weft-test-${process.ppid}-${process.pid}-${Date.now()}`

const shell: ImageResolver = {
  resolve: async (image) =>
    image === 'shell' ? { id: 'test://shell', standIn: 'a shell', command: ['sh', '-c'] } : undefined,
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
  /** Resolvers of one test. */
  const extra: ImageResolver[] = []

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
        volumes: join(home, 'volumes'),
        version: '0.1.0',
        kubeletPort: 10250,
        directories: directories(),
        images: firstResolver([
          mappingResolver(openImageMappings(join(home, 'images.json')), {
            userHome: '/root',
            path: '/usr/bin:/bin',
          }),
          shell,
          { resolve: (image) => firstResolver(extra).resolve(image) },
        ]),
        podNetwork: await openPodNetwork(defaultClusterAddresses),
        dns: { nameserver: '10.96.0.10', domain: 'cluster.local' },
        cgroups: openCgroupTree(cgroupHost(), cgroupName),
        clock,
        random: Math.random,
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

  afterAll(() => removeCgroupPlaces(cgroupHost(), cgroupName))

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'weft-pods-'))
    cluster = createMemoryCluster()
    logged.length = 0
    extra.length = 0
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

  test('volumes, environment and user', async () => {
    const ref = (plural: string) => ({ group: '', version: 'v1', plural })
    await cluster.create(ref('configmaps'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { color: 'red', 'app.conf': 'one' },
    } as never)
    await cluster.create(ref('secrets'), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', namespace: 'default' },
      data: { token: Buffer.from('geheim').toString('base64') },
    } as never)
    await create(
      'volumes',
      {
        terminationGracePeriodSeconds: 1,
        containers: [
          script('app', 'env; id; exec sleep 1000', {
            env: [
              { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
              { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              { name: 'BOTH', value: "$(COLOR) 'and' $(IP) $(NONE) $$(X)" },
            ],
            securityContext: { runAsUser: 1000 },
            volumeMounts: [
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'config', mountPath: '/etc/app/config' },
              { name: 'config', mountPath: '/usr/share/app/app.conf', subPath: 'app.conf' },
              { name: 'secret', mountPath: '/var/run/secrets/key' },
              { name: 'pod', mountPath: '/etc/podinfo' },
              { name: 'memory', mountPath: '/memory' },
            ],
          }),
        ],
        volumes: [
          { name: 'tmp', emptyDir: {} },
          { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'config', configMap: { name: 'settings' } },
          { name: 'secret', secret: { secretName: 'key', defaultMode: 0o400 } },
          {
            name: 'pod',
            downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
          },
        ],
      },
      { app: 'volumes' },
    )
    await until(() => isReady('volumes'))
    const ip = pod('volumes')?.status?.podIP ?? ''
    await until(() => status('volumes', 'app')?.ready)
    await sleep(100)
    const log = await readLog('volumes', 'app')
    expect(log).toContain(`BOTH=red 'and' ${ip} $(NONE) $(X)\n`)
    expect(log).toContain('HOSTNAME=volumes\n')
    // A namespace of one user has no 1000: the container runs as that one user, and an event says so.
    expect(log).toMatch(runsAsUser ? /uid=0\S* gid=0/ : /uid=1000\S* gid=0/)
    await until(() => events('RunAsUserIgnored').length === (runsAsUser ? 1 : 0))
    const look = (text: string): Promise<string> => run('volumes', 'app', ['sh', '-c', text])
    expect(await look('echo x >/tmp/file && cat /tmp/file')).toBe('x\n')
    expect(await look('cat /etc/app/config/color /usr/share/app/app.conf')).toBe('redone')
    expect(await look('ls /usr/share | grep -c .')).not.toBe('1\n')
    expect(await look('cat /etc/podinfo/labels')).toBe('app="volumes"')
    expect(await look('stat -f -c %T /memory; head -c 2000000 /dev/zero >/memory/x')).toMatch(
      /^tmpfs\n.*No space left on device/,
    )
    expect(await look('cat /var/run/secrets/key/token')).toContain(
      runsAsUser ? 'geheim' : 'Permission denied',
    )
    expect(await look('touch /etc/app/config/new')).toMatch(/Read-only|Permission denied/)
    await cluster.patch(
      ref('configmaps'),
      { namespace: 'default', name: 'settings' },
      {
        kind: 'merge',
        body: { data: { color: 'blue' } },
      },
    )
    await cluster.patch(
      ref('pods'),
      { namespace: 'default', name: 'volumes' },
      { kind: 'merge', body: { metadata: { labels: { app: 'other' } } } },
    )
    let shown = ''
    for (let tries = 0; tries < 100 && shown !== 'blue app="other"'; tries += 1) {
      await sleep(50)
      shown = await look('cat /etc/app/config/color; echo -n " "; cat /etc/podinfo/labels')
    }
    expect(shown).toBe('blue app="other"')
  })

  test('exit codes, restarts with back-off, previous logs', async () => {
    await create('crash', {
      containers: [
        script('app', 'echo run; printf because >/dev/termination-log; exit 3'),
        script('done', 'exit 0'),
      ],
    })
    await until(() => status('crash', 'app')?.state?.waiting?.reason === 'CrashLoopBackOff')
    expect(status('crash', 'app')).toMatchObject({
      ready: false,
      restartCount: 1,
      lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'because' } },
      state: {
        waiting: {
          message: expect.stringMatching(/^back-off 10s restarting failed container=app pod=crash_default\(/),
        },
      },
    })
    expect(await readLog('crash', 'app', true)).toMatch(/ stdout F run\n$/)
    // The other container may still be on its way.
    await until(() => pod('crash')?.status?.phase === 'Running')
    await until(() => events('BackOff').length > 0)
    await remove('crash', 0)
    await until(() => pod('crash') === undefined)

    await create('job', {
      restartPolicy: 'Never',
      containers: [script('app', 'exit 0'), script('bad', 'exit 4')],
    })
    await until(() => pod('job')?.status?.phase === 'Failed')
    expect(status('job', 'bad')?.state?.terminated).toMatchObject({ exitCode: 4, reason: 'Error' })
    expect(status('job', 'app')?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  })

  test('init containers in order, a sidecar before and after the app', async () => {
    const volume = { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }
    const trap = (name: string): string =>
      `echo ${name} starts >>/shared/story; trap 'echo ${name} ends >>/shared/story; exit 0' TERM; while :; do sleep 0.05; done`
    const preStop = (text: string) => ({ preStop: { exec: { command: ['sh', '-c', text] } } })
    await create('side', {
      initContainers: [
        script('first', 'echo first >>/shared/story', volume),
        script('proxy', `sleep 0.3; touch /shared/up; ${trap('proxy')}`, {
          ...volume,
          restartPolicy: 'Always',
          startupProbe: { exec: { command: ['test', '-e', '/shared/up'] }, periodSeconds: 1 },
          // Both hooks run at once: each waits for the other.
          lifecycle: preStop(
            'until test -e /shared/hooked; do sleep 0.05; done; echo proxy drains >>/shared/story; touch /shared/drained',
          ),
        }),
        script('second', 'echo second >>/shared/story', volume),
      ],
      containers: [
        script('app', trap('app'), {
          ...volume,
          lifecycle: preStop(
            'echo hook >>/shared/story; touch /shared/hooked; until test -e /shared/drained; do sleep 0.05; done',
          ),
        }),
      ],
      volumes: [{ name: 'shared', hostPath: { path: home } }],
    })
    await until(() => isReady('side'))
    expect(status('side', 'first')?.state?.terminated?.reason).toBe('Completed')
    expect(status('side', 'proxy')).toMatchObject({ ready: true, started: true })
    await sleep(100)
    await remove('side')
    await until(() => pod('side') === undefined)
    expect((await readFile(join(home, 'story'), 'utf8')).split('\n')).toEqual([
      'first',
      'proxy starts',
      'second',
      'app starts',
      'hook',
      'proxy drains',
      'app ends',
      'proxy ends',
      '',
    ])
  })

  test('probes: readiness follows the answer, liveness restarts', async () => {
    await create('probed', {
      terminationGracePeriodSeconds: 1,
      containers: [
        script('app', 'touch /tmp/alive; exec sleep 1000', {
          readinessProbe: {
            exec: { command: ['test', '-e', '/tmp/ready'] },
            periodSeconds: 1,
            failureThreshold: 1,
          },
          livenessProbe: {
            exec: { command: ['test', '-e', '/tmp/alive'] },
            periodSeconds: 1,
            failureThreshold: 2,
          },
        }),
        script(
          'web',
          `exec ${process.execPath} -e "require('http').createServer((q, r) => r.end('x')).listen(8080)"`,
          {
            ports: [{ containerPort: 8080, name: 'http' }],
            readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
          },
        ),
      ],
    })
    await until(() => status('probed', 'web')?.ready)
    expect(status('probed', 'app')).toMatchObject({ ready: false, started: true })
    expect(isReady('probed')).toBe(false)
    await run('probed', 'app', ['touch', '/tmp/ready'])
    await until(() => isReady('probed'))
    await run('probed', 'app', ['rm', '/tmp/alive', '/tmp/ready'])
    await until(() => status('probed', 'app')?.restartCount === 1)
    expect(events('Killing').map((event) => event.message)).toContain(
      'Container app failed liveness probe, will be restarted',
    )
    expect(events('Unhealthy').length).toBeGreaterThan(0)
    expect(status('probed', 'app')?.lastState?.terminated).toMatchObject({ exitCode: 143 })
  })

  test('hooks: what follows waits for postStart, a failed one ends the container; ports below 1024 are anybody’s', async () => {
    const listen = (port: number): string =>
      `exec ${process.execPath} -e "require('http').createServer((q, r) => r.end('x')).listen(${port})"`
    await create('hooked', {
      terminationGracePeriodSeconds: 1,
      securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '0' }] },
      containers: [
        script('web', `${listen(80)}`, {
          securityContext: { runAsUser: 1000 },
          lifecycle: {
            // The server is not there at once: the hook tries until it is.
            postStart: {
              exec: {
                command: [
                  'sh',
                  '-c',
                  'until curl -s http://127.0.0.1/ && touch /tmp/hook; do sleep 0.05; done',
                ],
              },
            },
          },
        }),
        script('next', 'curl -s -o /tmp/answer http://127.0.0.1/; exec sleep 1000', {
          readinessProbe: { exec: { command: ['test', '-e', '/tmp/answer'] }, periodSeconds: 1 },
        }),
        script('bad', 'exec sleep 1000', {
          lifecycle: { postStart: { httpGet: { port: 1 } }, preStop: { sleep: { seconds: 0 } } },
        }),
      ],
    })
    await until(() => events('FailedPostStartHook').length > 0)
    expect(events('FailedPostStartHook')[0]?.message).toMatch(/^PostStartHook failed: Get "http:.*refused$/)
    await until(() => (status('hooked', 'bad')?.restartCount ?? 0) > 0)
    expect(status('hooked', 'bad')?.lastState?.terminated?.exitCode).toBe(143)
    await until(() => status('hooked', 'next')?.ready)
    // Without the hook nobody would have listened yet.
    expect(await run('hooked', 'next', ['cat', '/tmp/answer'])).toBe('x')
    expect(await run('hooked', 'next', ['cat', '/proc/sys/net/ipv4/tcp_syncookies'])).toBe('0\n')
    await create('forbidden', {
      securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
      containers: [script('app', 'exit 0')],
    })
    await until(() => pod('forbidden')?.status?.reason === 'SysctlForbidden')
    expect(pod('forbidden')?.status).toMatchObject({
      phase: 'Failed',
      message: 'forbidden sysctl: "kernel.msgmax" not allowlisted',
    })
  })

  test('a restarted node finds its pods again, also how they ended meanwhile', async () => {
    await create('stay', {
      terminationGracePeriodSeconds: 1,
      containers: [
        script('app', 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done'),
        script('ends', 'echo begun; while ! [ -e /tmp/go ]; do sleep 0.05; done; echo last words; exit 9'),
      ],
    })
    await until(() => isReady('stay'))
    const before = status('stay', 'app')
    await run('stay', 'ends', ['touch', '/tmp/start'])
    const other = node.access
    await stopTestNode()
    const found = await other.command(
      { namespace: 'default', pod: 'stay', container: 'ends' },
      { command: ['touch', '/tmp/go'], tty: false },
    )
    if (!found.ok) throw new Error(found.error.message)
    await once(spawn(found.value.file, found.value.args, { env: found.value.env }), 'close')
    await sleep(300)
    await startTestNode()
    await until(() => status('stay', 'ends')?.restartCount === 1 && status('stay', 'ends')?.state?.running)
    expect(status('stay', 'ends')?.lastState?.terminated).toMatchObject({ exitCode: 9, reason: 'Error' })
    expect(await readLog('stay', 'ends', true)).toMatch(/begun\n.*last words\n$/)
    expect(status('stay', 'app')).toEqual(before)
    const lines = (await readLog('stay', 'app'))
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ').at(-1)))
    expect(lines).toEqual(lines.map((_, index) => index))
    await until(() => events('Started').length === 3)
  })

  test('an unknown image waits, says how to map it, and starts once mapped', async () => {
    await create('mapped', { containers: [{ name: 'app', image: 'myapp:1.0' }] })
    await until(() => status('mapped', 'app')?.state?.waiting?.reason === 'ErrImagePull')
    await until(() => status('mapped', 'app')?.state?.waiting?.reason === 'ImagePullBackOff')
    expect(
      events('Failed')
        .map((event) => event.message)
        .join(),
    ).toContain('weft image add myapp:1.0 -- COMMAND')
    await addImageMapping(join(home, 'images.json'), 'myapp:1.0', {
      command: ['sleep', '1000'],
      workdir: '/usr',
    })
    await until(() => isReady('mapped'))
    expect(await run('mapped', 'app', ['pwd'])).toBe('/usr\n')
  })

  test('a program that is not there is a failed start; names that are none and images that may not be pulled say so', async () => {
    const one = (name: string, container: Partial<Container>): Promise<Pod> =>
      create(name, { restartPolicy: 'Never', containers: [{ name: 'app', image: 'shell', ...container }] })
    await one('absent', { command: ['no-such-program'] })
    await one('upper', { image: 'Shell' })
    await one('never', { image: 'other', imagePullPolicy: 'Never' })
    await until(() => pod('absent')?.status?.phase === 'Failed')
    const words =
      'unable to start container process: error during container init: exec: "no-such-program": executable file not found in $PATH'
    expect(status('absent', 'app')?.state?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: words,
    })
    await until(() => status('upper', 'app')?.state?.waiting?.reason === 'InvalidImageName')
    await until(() => status('never', 'app')?.state?.waiting?.reason === 'ErrImageNeverPull')
    await until(() => events('ErrImageNeverPull').length > 0)
    expect(events('Failed').map((event) => event.message)).toEqual(
      expect.arrayContaining([
        `Error: failed to start container "app": ${words}`,
        'Error: InvalidImageName',
        'Error: ErrImageNeverPull',
      ]),
    )
  })

  test('limits: the kernel enforces them where it may, and else an event says that it does not', async () => {
    const hasGroups = openCgroupPlaces(cgroupHost(), cgroupName).length > 0
    await create('hungry', {
      restartPolicy: 'Never',
      containers: [
        script('app', hasGroups ? 'head -c 200000000 /dev/zero | tail' : 'exit 0', {
          resources: { limits: { memory: '32Mi', cpu: '500m' } },
        }),
        script('free', 'exit 0'),
      ],
    })
    await until(() => ['Failed', 'Succeeded'].includes(pod('hungry')?.status?.phase ?? ''))
    if (hasGroups) {
      expect(status('hungry', 'app')?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
      await remove('hungry', 0)
      await until(() => pod('hungry') === undefined)
      for (const { directory } of openCgroupPlaces(cgroupHost(), cgroupName))
        expect(
          (await readdir(directory, { withFileTypes: true })).filter((each) => each.isDirectory()),
        ).toEqual([])
    } else await until(() => events('LimitsNotEnforced').length === 1)
  })

  test('what cannot start says why and recovers', async () => {
    await create('waits', {
      containers: [script('app', 'sleep 1000', { envFrom: [{ configMapRef: { name: 'later' } }] })],
    })
    await until(() => status('waits', 'app')?.state?.waiting?.reason === 'CreateContainerConfigError')
    expect(status('waits', 'app')?.state?.waiting?.message).toBe('configmap "later" not found')
    await cluster.create({ group: '', version: 'v1', plural: 'configmaps' }, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'later', namespace: 'default' },
      data: {},
    } as never)
    await until(() => isReady('waits'))
  })

  test('the node object is ready and its lease fresh', async () => {
    await node.registered
    const [found] = cluster.all<Node>('nodes')
    expect(found?.status?.conditions?.find((each) => each.type === 'Ready')?.status).toBe('True')
    expect(found?.status?.nodeInfo?.kubeletVersion).toMatch(/^v1\.32\.\d+\+weft/)
    await until(() => cluster.all('leases').length === 1)
  })

  test('nothing is left of a removed pod', async () => {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8')
    const created = await create('gone', {
      containers: [script('app', 'trap "" TERM; while :; do sleep 1; done')],
    })
    await until(() => isReady('gone'))
    await remove('gone', 1)
    await until(() => pod('gone') === undefined)
    await sleep(50)
    expect(await readFile('/proc/self/mountinfo', 'utf8')).toBe(mounts)
    expect(
      await readFile(join(home, 'pods', created.metadata.uid ?? '', 'pod.json')).catch(() => 'absent'),
    ).toBe('absent')
  })

  test('the built-in images run from the built package', async () => {
    const built = join(home, 'package')
    const compiler = join(repository, 'node_modules/typescript-7/bin/tsc')
    const flags = [
      '--ignoreConfig',
      '--outDir',
      built,
      '--rootDir',
      repository,
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
      '--noCheck',
      '--rewriteRelativeImportExtensions',
    ]
    const compile = spawn(process.execPath, [compiler, ...flags, join(repository, 'images/myapp/main.ts')], {
      cwd: repository,
    })
    await once(compile, 'close')
    await writeFile(join(built, 'package.json'), '{"type":"module"}')
    const { catalogue } = await import('../images/catalogue.ts')
    const resolver = catalogueResolver(catalogue, {
      directory: join(built, 'images'),
      nodeExecutable: process.execPath,
    })
    extra.push(resolver)
    await create('myapp-v1', {
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: 'myapp',
          image: 'myapp:1.0',
          imagePullPolicy: 'Never',
          ports: [{ containerPort: 8080 }],
          securityContext: { runAsUser: 1000 },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          readinessProbe: { httpGet: { path: '/api/v1/hello', port: 8080 }, periodSeconds: 1 },
        },
        { name: 'curl', image: 'curlimages/curl', command: ['sleep'], args: ['1000'] },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
    })
    await until(() => isReady('myapp-v1'))
    expect(await run('myapp-v1', 'curl', ['curl', '-s', 'http://localhost:8080/api/v1/hello'])).toBe(
      'Hello World, This is version 1!',
    )
    expect(await readLog('myapp-v1', 'myapp')).toMatch(/ stdout F myapp version 1 listens on port 8080\n$/)
  })
})
