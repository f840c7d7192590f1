/** The redirect, the bootstrap and the application's probes with a real Envoy in a network namespace of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultRedirect, redirectRules } from '../src/inject/redirect-rules.ts'
import { findEnvoy } from '../src/proxy/envoy-binary.ts'
import { prepareProxy } from '../src/proxy/prepare-proxy.ts'

const podIp = '10.244.77.2'
const worldIp = '10.244.77.1'

/** Static listeners in place of a control plane: the sidecar's two, each saying where a connection came to. */
const xdsReplacement = (bootstrap: string): string => {
  const config = JSON.parse(bootstrap)
  delete config.dynamic_resources
  const manager = (name: string, cluster: string) => ({
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: name,
      route_config: {
        virtual_hosts: [
          {
            name,
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, route: { cluster } }],
            response_headers_to_add: [{ header: { key: 'x-through', value: name } }],
          },
        ],
      },
      http_filters: [
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
        },
      ],
    },
  })
  const listener = (name: string, port: number, cluster: string) => ({
    name,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    listener_filters: [
      {
        name: 'envoy.filters.listener.original_dst',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
        },
      },
    ],
    filter_chains: [{ filters: [manager(name, cluster)] }],
  })
  const passing = { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '1s' }
  const { upstream_bind_config: marked } = config.cluster_manager
  config.static_resources.clusters.push(
    { name: 'out', ...passing },
    {
      name: 'in',
      ...passing,
      upstream_bind_config: { ...marked, source_address: { address: '127.0.0.6', port_value: 0 } },
    },
  )
  config.static_resources.listeners.push(listener('outbound', 15001, 'out'), listener('inbound', 15006, 'in'))
  return JSON.stringify(config)
}

const applicationSource = `
  const http = require('node:http')
  let healthy = true
  http.createServer((request, response) => {
    if (request.url === '/sick') healthy = false
    if (request.url === '/health?deep=1') { response.statusCode = healthy && request.headers['x-probe'] === 'yes' ? 200 : 500 }
    response.end('app ' + request.socket.remoteAddress)
  }).listen(8080, '0.0.0.0')
  require('node:net').createServer((socket) => socket.end()).listen(9000, '0.0.0.0')
`

const outsideSource = `
  const http = require('node:http')
  for (const port of [18080, 18090]) {
    http.createServer((_request, response) => response.end('outside')).listen(port, process.argv[1])
  }
`

const askSource = `
  fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then(
    async (answer) => console.log(await answer.text(), answer.status, answer.headers.get('x-through') ?? '-'),
    () => console.log('failed'),
  )
`

describe.skipIf(process.getuid?.() !== 0)('a pod behind the redirect', () => {
  /** Two network namespaces joined by a link: the pod's, and the world around it. */
  const pod = `weft-redirect-pod-${process.pid}`
  const world = `weft-redirect-world-${process.pid}`
  const children: ChildProcess[] = []
  const lasting = new AbortController()
  let directory: string

  const ip = (...args: readonly string[]) => execFileSync('ip', [...args])
  const inside = (namespace: string, command: string, ...args: readonly string[]) =>
    spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

  /** The answer to a request made inside a namespace: body, status, header x-through; `failed` without one. */
  const ask = async (namespace: string, url: string): Promise<string> => {
    const child = inside(namespace, process.execPath, '-e', askSource, url)
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
    await new Promise((resolve) => child.on('close', resolve))
    return text.trim()
  }
  const fromPod = (url: string): Promise<string> => ask(pod, url)
  const fromWorld = (url: string): Promise<string> => ask(world, url)

  const until = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 60; tries += 1) {
      if (await condition().catch(() => false)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`never came true: ${what}`)
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-redirect-'))
    const { path: envoy } = await findEnvoy(
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
    ip('netns', 'add', pod)
    ip('netns', 'add', world)
    ip('-n', world, 'link', 'add', 'topod', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod)
    ip('-n', world, 'addr', 'add', `${worldIp}/24`, 'dev', 'topod')
    ip('-n', pod, 'addr', 'add', `${podIp}/24`, 'dev', 'eth0')
    for (const [namespace, name] of [
      [world, 'topod'],
      [world, 'lo'],
      [pod, 'eth0'],
      [pod, 'lo'],
    ] as const) {
      ip('-n', namespace, 'link', 'set', name, 'up')
    }
    const rules = redirectRules({ ...defaultRedirect, excludeOutboundPorts: ['18090'] })
    await writeFile(join(directory, 'redirect.nft'), rules)
    // Twice: a restarted init container finds its own rules.
    for (let run = 0; run < 2; run += 1) {
      execFileSync('ip', ['netns', 'exec', pod, 'nft', '-f', join(directory, 'redirect.nft')])
    }
    const probers = {
      '/app-health/app/readyz': {
        httpGet: { path: '/health?deep=1', port: 8080, httpHeaders: [{ name: 'X-Probe', value: 'yes' }] },
      },
      '/app-health/app/livez': { tcpSocket: { port: 9000 } },
      '/app-health/app/startupz': { tcpSocket: { port: 9999 } },
    }
    const prepared = prepareProxy({
      pod: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'app', namespace: 'default' },
        spec: { containers: [] },
      },
      podIp,
      args: ['proxy', 'sidecar'],
      env: { ISTIO_KUBE_APP_PROBERS: JSON.stringify(probers) },
      envoy,
      directory,
    })
    for (const { name, content } of prepared.files) {
      await writeFile(join(directory, `whole-${name}`), content)
      await writeFile(join(directory, name), xdsReplacement(content))
    }
    execFileSync(envoy, ['--mode', 'validate', '-c', join(directory, 'whole-envoy-rev.json')], {
      stdio: 'pipe',
    })
    children.push(inside(pod, process.execPath, '-e', applicationSource))
    children.push(inside(world, process.execPath, '-e', outsideSource, worldIp))
    children.push(inside(pod, prepared.command[0] ?? '', ...prepared.args))
    await until('the proxy is ready', async () =>
      (await fromWorld(`http://${podIp}:15021/healthz/ready`)).includes('200'),
    )
    await until('the application listens', async () =>
      (await fromWorld(`http://${podIp}:8080/`)).includes('200'),
    )
  })

  afterAll(async () => {
    lasting.abort()
    const ends = children.map((child) => new Promise((resolve) => child.on('exit', resolve)))
    for (const child of children) child.kill()
    await Promise.all(ends)
    ip('netns', 'del', pod)
    ip('netns', 'del', world)
    await rm(directory, { recursive: true, force: true })
  })

  test('what comes in passes the inbound side, and reaches the application from 127.0.0.6', async () => {
    expect(await fromWorld(`http://${podIp}:8080/`)).toBe('app 127.0.0.6 200 inbound')
  })

  test('what goes out passes the outbound side', async () => {
    expect(await fromPod(`http://${worldIp}:18080/`)).toBe('outside 200 outbound')
    expect(await fromPod(`http://${worldIp}:18090/`)).toBe('outside 200 -')
  })

  test('containers of the pod reach each other directly', async () => {
    expect(await fromPod('http://127.0.0.1:8080/')).toBe('app 127.0.0.1 200 -')
    expect(await fromPod(`http://${podIp}:8080/`)).toBe(`app ${podIp} 200 -`)
  })

  test('metrics answer on 15020 and 15090', async () => {
    expect(await fromWorld(`http://${podIp}:15090/stats/prometheus`)).toContain('envoy_server_live')
    expect(await fromWorld(`http://${podIp}:15020/stats/prometheus`)).toContain('envoy_server_live')
    expect(await fromWorld(`http://${podIp}:15000/ready`)).not.toContain('LIVE')
  })

  test('probes see the application and not the proxy', async () => {
    const probe = async (name: string): Promise<string | undefined> =>
      (await fromWorld(`http://${podIp}:15020/app-health/app/${name}`)).split(' ').at(-2)
    expect(await probe('readyz')).toBe('200')
    await until('the TCP check has run', async () => (await probe('livez')) === '200')
    expect(await probe('startupz')).toBe('503')
    expect(await probe('unknown')).toBe('404')
    await fromWorld(`http://${podIp}:8080/sick`)
    expect(await probe('readyz')).toBe('500')
  })
})
