/** Services of every kind and the world outside, as an application beside its sidecar meets them. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startInstance, type Instance } from './support/instance.ts'

const WAIT = { timeout: 20_000, interval: 300 }

/** An address of this host that is no loopback: outside, as the cluster sees it. */
const hostAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const image = 'test/node:1'

interface PodOptions {
  readonly sidecar: boolean
  readonly script: string
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
}

const pod = (name: string, { sidecar, script, ports = [] }: PodOptions) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name, 'sidecar.istio.io/inject': String(sidecar) } },
  spec: {
    terminationGracePeriodSeconds: 1,
    hostname: name,
    subdomain: 'queue',
    containers: [{ name: 'app', image, args: ['-e', script], ports }],
  },
})

/** HTTP on one port, and on another a protocol in which the server speaks first. */
const server = `
  require('node:http').createServer((request, response) => response.end('web ' + request.headers.host)).listen(8080)
  require('node:net').createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(9000)`

const service = (name: string, spec: object, app = 'server') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app }, ...spec },
})

const services = [
  // Walkthrough 002's port is called so: it declares no protocol.
  service('web', { ports: [{ name: 'apache', port: 80, targetPort: 'web' }] }),
  service('greeter', { ports: [{ name: 'tcp-greet', port: 9000 }] }),
  service('silent', { ports: [{ name: 'greet', port: 9000 }] }),
  service('queue', { clusterIP: 'None', ports: [{ name: 'tcp-greet', port: 9000 }] }),
  service('pods', { clusterIP: 'None', ports: [{ name: 'http', port: 8080 }] }),
  {
    ...service('other', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
    selector: undefined,
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'manual' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  },
]

const idle = 'setInterval(() => {}, 1e6)'

/** Prints the status and body of a GET, or the error's code. */
const getter = `
  const [host, port, authority] = process.argv.slice(1)
  const headers = authority === undefined ? {} : { host: authority }
  require('node:http').get({ host, port, headers, agent: false, timeout: 5000 }, (response) => {
    let body = ''
    response.on('data', (chunk) => (body += chunk))
    response.on('end', () => console.log(response.statusCode, body.trim()))
  }).on('error', (error) => console.log(error.code))`

/** Prints what a server says that speaks first, or that it says nothing. */
const listener = `
  const [host, port] = process.argv.slice(1)
  const socket = require('node:net').connect({ host, port, timeout: 3000 })
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  socket.on('timeout', () => socket.destroy())
  socket.on('error', (error) => (text += error.code))
  socket.on('close', () => console.log(text === '' ? 'silence' : text))`

describe('odd services and the outside', () => {
  let instance: Instance
  let outside: Server
  let outsidePort = 0
  beforeAll(async () => {
    outside = createServer((request, response) => response.end(`outside ${request.headers.host}`))
    await new Promise<void>((resolve) => void outside.listen(0, '0.0.0.0', resolve))
    outsidePort = (outside.address() as AddressInfo).port
    instance = await startInstance()
    await instance.weft('image', 'add', image, '--', process.execPath)
    const pods = [
      pod('client', { sidecar: true, script: idle }),
      pod('plain', { sidecar: false, script: idle }),
      pod('server', {
        sidecar: true,
        script: server,
        ports: [{ name: 'web', containerPort: 8080 }],
      }),
    ]
    await instance.kubectlOk(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...pods, ...services] }),
    )
    await instance.kubectlOk(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s'])
  })
  afterAll(async () => {
    outside.close()
    await instance?.remove()
  })

  const get = (from: string, host: string, port: number, authority?: string): Promise<string> =>
    instance.kubectlOk([
      ...['exec', from, '-c', 'app', '--', process.execPath, '-e', getter, host, String(port)],
      ...(authority === undefined ? [] : [authority]),
    ])
  const listen = (from: string, host: string, port: number): Promise<string> =>
    instance.kubectlOk([
      'exec',
      from,
      '-c',
      'app',
      '--',
      process.execPath,
      '-e',
      listener,
      host,
      String(port),
    ])
  const configureMesh = (mesh: string): Promise<string> =>
    instance.kubectlOk([
      'patch',
      'configmap',
      'istio',
      '-n',
      'istio-system',
      '-p',
      JSON.stringify({ data: { mesh } }),
    ])
  const lastLog = async (name: string): Promise<string> =>
    (await instance.kubectlOk(['logs', name, '-c', 'istio-proxy', '--tail=1'])).trim()

  test.skipIf(hostAddress === undefined)('pods reach the outside, with a sidecar and without', async () => {
    const address = hostAddress ?? ''
    expect(await get('plain', address, outsidePort)).toBe(`200 outside ${address}:${outsidePort}`)
    expect(await get('client', address, outsidePort)).toBe(`200 outside ${address}:${outsidePort}`)
    const line = new RegExp(String.raw`"${address}:${outsidePort}" PassthroughCluster `)
    await vi.waitFor(async () => expect(await lastLog('client')).toMatch(line), WAIT)
  })

  test.skipIf(hostAddress === undefined)('REGISTRY_ONLY keeps them in, without a restart', async () => {
    const address = hostAddress ?? ''
    const configure = (mode: string): Promise<string> =>
      configureMesh(`accessLogFile: /dev/stdout\noutboundTrafficPolicy: {mode: ${mode}}\n`)
    await configure('REGISTRY_ONLY')
    await vi.waitFor(async () => expect(await get('client', address, outsidePort)).toBe('ECONNRESET'), WAIT)
    expect(await get('plain', address, outsidePort)).toContain('200')
    await vi.waitFor(async () => expect(await lastLog('client')).toContain(' BlackHoleCluster '), WAIT)
    await configure('ALLOW_ANY')
    await vi.waitFor(async () => expect(await get('client', address, outsidePort)).toContain('200'), WAIT)
  })

  test('a port that declares nothing is looked at, also behind a named target port', async () => {
    expect(await get('client', 'web', 80)).toBe('200 web web')
    await vi.waitFor(
      async () =>
        expect(await lastLog('client')).toMatch(
          /"GET \/ HTTP\/1.1" 200 .* outbound\|80\|\|web\.default\.svc/,
        ),
      WAIT,
    )
    expect(await get('plain', 'web', 80)).toBe('200 web web')
  })

  test('servers that speak first: at once where the port says tcp, else after protocolDetectionTimeout', async () => {
    expect(await listen('client', 'greeter', 9000)).toBe('hello')
    expect(await listen('plain', 'greeter', 9000)).toBe('hello')
    expect(await listen('client', 'silent', 9000)).toBe('silence')
    await configureMesh('accessLogFile: /dev/stdout\nprotocolDetectionTimeout: 0.05s\n')
    await vi.waitFor(async () => expect(await listen('client', 'silent', 9000)).toBe('hello'), WAIT)
  })

  test('headless services, by their own name and by that of a pod', async () => {
    expect(await listen('client', 'queue', 9000)).toBe('hello')
    await vi.waitFor(
      async () => expect(await lastLog('client')).toContain('outbound|9000||queue.default.svc.cluster.local'),
      WAIT,
    )
    expect(await listen('client', 'server.queue', 9000)).toBe('hello')
    expect(await get('client', 'pods', 8080)).toBe('200 web pods:8080')
    await vi.waitFor(
      async () => expect(await lastLog('client')).toContain('outbound|8080||pods.default.svc.cluster.local'),
      WAIT,
    )
  })

  test('an ExternalName is the service that it names', async () => {
    expect(await get('client', 'other', 80)).toBe('200 web other')
    await vi.waitFor(
      async () => expect(await lastLog('client')).toContain('outbound|80||web.default.svc.cluster.local'),
      WAIT,
    )
  })

  test.skipIf(hostAddress === undefined)(
    'endpoints written by hand: in slices and in ServiceEntries',
    async () => {
      const address = hostAddress ?? ''
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'manual-1', labels: { 'kubernetes.io/service-name': 'manual' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address] }],
        ports: [{ name: 'http', port: outsidePort }],
      }
      const entry = {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { name: 'outside' },
        spec: {
          hosts: ['outside.example.com'],
          location: 'MESH_EXTERNAL',
          resolution: 'STATIC',
          ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
          endpoints: [{ address, ports: { http: outsidePort } }],
        },
      }
      const list = { apiVersion: 'v1', kind: 'List', items: [slice, entry] }
      await instance.kubectlOk(['apply', '-f', '-'], JSON.stringify(list))
      await instance.kubectlOk([
        'wait',
        '--for=condition=Programmed',
        'serviceentry/outside',
        '--timeout=30s',
      ])
      expect(await get('client', 'manual', 80)).toBe('200 outside manual')
      expect(await get('plain', 'manual', 80)).toBe('200 outside manual')
      expect(await get('client', address, 80, 'outside.example.com')).toBe('200 outside outside.example.com')
      await vi.waitFor(
        async () => expect(await lastLog('client')).toContain('outbound|80||outside.example.com'),
        WAIT,
      )
    },
  )
})
