import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, type Rig } from './api-server-rig.conformance.ts'
import { handleClientError } from './node-http.ts'
import { systemIdentity } from './client-certificates.ts'

let rig: Rig
let server: Server

beforeEach(async () => {
  rig = await createRig()
  server = createServer((request, response) => rig.server.handleRequest(request, response, systemIdentity))
  server.on('upgrade', (request, socket, head) =>
    rig.server.handleUpgrade(request, socket, head, systemIdentity),
  )
  server.on('clientError', handleClientError)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  await rig.close()
  server.closeAllConnections()
  server.close()
})

const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const configMaps = '/api/v1/namespaces/default/configmaps'

describe('over HTTP', () => {
  it('limits bodies to 3 MiB, whether they say their length or not', async () => {
    const body = JSON.stringify({ metadata: { name: 'a' }, data: { x: 'y'.repeat(3 * 1024 * 1024) } })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url(configMaps), { method: 'POST', body, headers })
    expect([answer.status, await answer.json()]).toEqual([
      413,
      expect.objectContaining({ reason: 'RequestEntityTooLarge' }),
    ])
    const code = await new Promise((resolve, reject) => {
      const request = httpRequest(url(configMaps), {
        method: 'POST',
        headers: { ...headers, 'transfer-encoding': 'chunked' },
      })
      request.on('response', (response) => resolve(response.statusCode))
      request.on('error', reject)
      request.end(body)
    })
    expect(code).toBe(413)
  })

  const longHeader = `X-Long: ${'x'.repeat(100_000)}`
  it.each<[string, string, number]>([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['another protocol', '\u0016\u0003\u0001\u0002\r\n\r\n', 400],
    ['an unknown method', 'FLY / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header without a colon', 'GET /version HTTP/1.1\r\nHost a\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400],
    ['huge headers', `GET /version HTTP/1.1\r\nHost: a\r\n${longHeader}\r\n\r\n`, 431],
    ['a huge path', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['an encoded slash', `GET ${configMaps}/a%2Fb HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 400],
    ['a way out', 'GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
    ['a full URL', 'GET http://other/version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 404],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405],
    [
      'an upgrade of a list',
      `GET ${configMaps} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      404,
    ],
    [
      'an upgrade of nothing',
      'GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
      404,
    ],
  ])('answers %s with a Status', async (_name, bytes, code) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.end(bytes)
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${code} `))
    expect(JSON.parse(body)).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      code,
      reason: expect.any(String),
    })
    expect((await fetch(url('/version'))).status).toBe(200)
  })

  it('sends warnings in headers that no text can break', async () => {
    const body = JSON.stringify({ metadata: { name: 'a' }, 'bad"\nfield': 1 })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url(configMaps), { method: 'POST', body, headers })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('warning')).toMatch(/^299 - "unknown field /)
  })

  it('streams a watch, and ends it when the server closes', async () => {
    const answer = await fetch(url(`${configMaps}?watch=1`))
    const reader = answer.body?.getReader()
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    const first = await reader?.read()
    expect(JSON.parse(Buffer.from(first?.value ?? []).toString())).toMatchObject({ type: 'ADDED' })
    await rig.server.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('forgets a watch whose client is gone', async () => {
    const stop = new AbortController()
    const answer = await fetch(url(`${configMaps}?watch=1`), { signal: stop.signal })
    expect(answer.status).toBe(200)
    stop.abort()
    await rig.call('POST', configMaps, { metadata: { name: 'a' } })
    expect((await rig.call('GET', configMaps)).body.items).toHaveLength(1)
    expect(rig.logged).toEqual([])
  })

  it('answers health, version, discovery and OpenAPI', async () => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await (await fetch(url(path))).text()).toBe('ok')
    }
    expect(await (await fetch(url('/version'))).json()).toMatchObject({ gitVersion: 'v1.32.0' })
    const aggregated = await fetch(url('/apis'), {
      headers: {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
      },
    })
    expect(aggregated.headers.get('content-type')).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    )
    expect(await aggregated.json()).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    })
    const groups = (await (await fetch(url('/apis'))).json()) as {
      groups: { name: string; versions: object[] }[]
    }
    expect(groups.groups.find(({ name }) => name === 'networking.istio.io')?.versions).toHaveLength(3)
    const core = (await (await fetch(url('/api/v1'))).json()) as { resources: { name: string }[] }
    const names = core.resources.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['pods', 'pods/log', 'pods/exec', 'pods/status', 'namespaces/status']),
    )
    expect((await fetch(url('/apis/apps/v9'))).status).toBe(404)
  })

  it('lets clients keep an OpenAPI document by its hash', async () => {
    const index = (await (await fetch(url('/openapi/v3'))).json()) as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    const where = index.paths['apis/apps/v1']?.serverRelativeURL ?? ''
    const document = await fetch(url(where))
    expect(document.headers.get('cache-control')).toContain('immutable')
    expect(await document.json()).toMatchObject({ openapi: '3.0.0' })
    const again = await fetch(url(where), {
      headers: { 'if-none-match': document.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    const v2 = await fetch(url('/openapi/v2'), { headers: { accept } })
    expect(Buffer.from(await v2.arrayBuffer()).subarray(0, 5)).toEqual(Buffer.from('\n\u00032.0'))
    expect((await fetch(url('/openapi/v2'), { headers: { accept: 'text/html' } })).status).toBe(406)
    expect(await (await fetch(url('/openapi/v2'))).json()).toMatchObject({ swagger: '2.0' })
  })
})
