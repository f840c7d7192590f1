/** What probes and hooks do, against real servers on loopback. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificateAuthority, issueCertificate } from '../../identity/certificate-authority.ts'
import type { ActionHandler, Container } from '../../resources/core/container.ts'
import { portNumber, runAction, type ActionTarget } from './action-check.ts'
import { checkGrpcHealth } from './grpc-health.ts'

const portOf = async (server: Server | Http2Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('probe actions', () => {
  let server: Server
  let port: number
  let seen: IncomingHttpHeaders = {}
  const target = (more: Partial<Container> = {}): ActionTarget => ({
    container: { name: 'a', ports: [{ name: 'http', containerPort: port }], ...more },
    podIp: '127.0.0.1',
    command: ([file = '', ...args]) => ({ file, args, env: { PATH: '/usr/bin:/bin' } }),
  })

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen = request.headers
      const [, word = '', rest = ''] = /^\/([^/?]*)\/?(.*)$/.exec(request.url ?? '') ?? []
      if (word === 'slow') return
      if (word === 'to') response.writeHead(302, { location: decodeURIComponent(rest) }).end('over there')
      else if (word === 'round') response.writeHead(307, { location: '/round' }).end()
      else response.writeHead(Number(word)).end()
    })
    port = await portOf(server)
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const run = (
    action: ActionHandler,
    {
      purpose = 'probe',
      milliseconds = 5000,
      container = {},
    }: Partial<
      Parameters<typeof runAction>[0] & { milliseconds: number; container: Partial<Container> }
    > = {},
  ) =>
    runAction(
      { action, target: target(container), purpose, timeoutSeconds: 1 },
      AbortSignal.timeout(milliseconds),
    )

  test.each([
    ['/200', true],
    ['/399', true],
    ['/404', false],
    ['/503', false],
    ['/to/%2F200', true],
    ['/to/%2F500', false],
    ['/302', false],
  ])('GET %s: %s', async (path, expected) => {
    expect((await run({ httpGet: { path, port: 'http' } })).ok).toBe(expected)
  })

  test('a redirect to another host is not followed, and said', async () => {
    expect(await run({ httpGet: { path: '/to/http%3A%2F%2Fexample.com%2F', port } })).toEqual({
      ok: true,
      value: { warning: 'Probe terminated redirects, Response body: over there' },
    })
    expect(await run({ httpGet: { path: '/round', port } })).toEqual({
      ok: false,
      error: `Get "http://127.0.0.1:${port}/round": stopped after 10 redirects`,
    })
  })

  test('headers: the kubelet’s, and the author’s in their place', async () => {
    await run({ httpGet: { path: '/200', port } })
    expect(seen).toMatchObject({ 'user-agent': 'kube-probe/1.32', accept: '*/*', host: `127.0.0.1:${port}` })
    const httpHeaders = [
      { name: 'Host', value: 'shop.example' },
      { name: 'X-Twice', value: 'one' },
      { name: 'X-Twice', value: 'two' },
      { name: 'User-Agent', value: 'mine' },
    ]
    await run({ httpGet: { path: '/200', port, httpHeaders } })
    expect(seen).toMatchObject({ host: 'shop.example', 'x-twice': 'one, two', 'user-agent': 'mine' })
  })

  test('a hook is content with any answer', async () => {
    expect((await run({ httpGet: { path: '/500', port } }, { purpose: 'lifecycle' })).ok).toBe(true)
    expect(seen['user-agent']).toBe('kube-lifecycle/1.32')
    expect((await run({ httpGet: { port: 1 } }, { purpose: 'lifecycle' })).ok).toBe(false)
  })

  test('failures in a kubelet’s words', async () => {
    expect(await run({ httpGet: { path: '/500', port } })).toEqual({
      ok: false,
      error: 'HTTP probe failed with statuscode: 500',
    })
    expect(await run({ httpGet: { path: '/slow', port } }, { milliseconds: 50 })).toEqual({
      ok: false,
      error: `Get "http://127.0.0.1:${port}/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    })
    expect(await run({ httpGet: { path: '/a?b=c', port: 1 } })).toEqual({
      ok: false,
      error: 'Get "http://127.0.0.1:1/a?b=c": dial tcp 127.0.0.1:1: connect: connection refused',
    })
    expect(await run({ tcpSocket: { port: 1 } })).toEqual({
      ok: false,
      error: 'dial tcp 127.0.0.1:1: connect: connection refused',
    })
    expect(await run({ httpGet: { port: 'none' } })).toEqual({
      ok: false,
      error: 'couldn\'t find port: "none" in the container\'s ports',
    })
  })

  test('another host, and HTTPS whoever signed it', async () => {
    const validity = { notBefore: new Date(0), notAfter: new Date(Date.now() + 3_600_000) }
    const authority = await createCertificateAuthority('unknown', validity)
    const { certificate, privateKey } = await issueCertificate(authority, {
      ...validity,
      commonName: 'x',
      usage: 'server',
    })
    const secure = createHttps({ cert: certificate, key: privateKey }, (_request, response) => response.end())
    const securePort = await portOf(secure)
    const away: ActionTarget = { ...target(), podIp: '192.0.2.1' }
    const action: ActionHandler = { httpGet: { host: '127.0.0.1', port: securePort, scheme: 'HTTPS' } }
    const request = { action, target: away, purpose: 'probe' } as const
    expect(await runAction(request, AbortSignal.timeout(5000))).toEqual({ ok: true, value: {} })
    expect((await run({ httpGet: { port: securePort } })).ok).toBe(false)
    secure.close()
  })

  test('TCP and commands', async () => {
    expect((await run({ tcpSocket: { port: 'http' } })).ok).toBe(true)
    expect(await run({ exec: { command: ['true'] } })).toEqual({ ok: true, value: {} })
    expect(await run({ exec: { command: ['sh', '-c', 'echo bad >&2; exit 2'] } })).toEqual({
      ok: false,
      error: 'bad\n',
    })
    expect(await run({ exec: { command: ['sleep', '10'] } }, { milliseconds: 50 })).toEqual({
      ok: false,
      error: 'command timed out: "sleep 10" timed out after 1s',
    })
    const container = { env: [{ name: 'CODE', value: '3' }] }
    expect(await run({ exec: { command: ['sh', '-c', 'exit $(CODE)'] } }, { container })).toEqual({
      ok: false,
      error: 'command ended with exit code 3',
    })
  })

  test('ports by name and number', () => {
    expect(portNumber('8080', { name: 'a' })).toBe(8080)
    expect(portNumber(1, { name: 'a' })).toBe(1)
    expect(portNumber('x', { name: 'a' })).toBeUndefined()
  })
})

describe('gRPC health', () => {
  let server: Http2Server
  let port: number
  let path: string | undefined

  /** `ok`, `down`, `unknown` and a long name are services; others are not there; `mute` never answers. */
  const answers: Readonly<Record<string, readonly [status: number, body: readonly number[], text?: string]>> =
    {
      '': [0, [8, 1]],
      down: [0, [8, 2]],
      unset: [0, []],
      ['long'.repeat(50)]: [0, [8, 1]],
      old: [12, [], 'unknown service grpc.health.v1.Health'],
    }

  beforeAll(async () => {
    server = createHttp2Server()
    server.on('stream', (stream, headers) => {
      path = String(headers[':path'])
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const message = Buffer.concat(chunks).subarray(5)
        const service = message.subarray(message.length > 130 ? 3 : 2).toString()
        if (service === 'mute') return
        const [status, body, text = 'no such service'] = answers[service] ?? [5, []]
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': text.replaceAll(' ', '%20') }),
        )
        const frame = Buffer.from([0, 0, 0, 0, body.length, ...body])
        if (status === 0) stream.end(frame)
        else stream.end()
      })
    })
    port = await portOf(server)
  })

  afterAll(() => void server.close())

  const check = (service: string, at = port) =>
    checkGrpcHealth({ host: '127.0.0.1', port: at, service, timeoutSeconds: 1 }, AbortSignal.timeout(300))

  test.each([
    ['', true],
    ['long'.repeat(50), true],
    ['down', 'service unhealthy (responded with "NOT_SERVING")'],
    ['unset', 'service unhealthy (responded with "UNKNOWN")'],
    ['none', 'error: health rpc probe failed: rpc error: code = NotFound desc = no such service'],
    [
      'old',
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
    ],
    ['mute', 'timeout: health rpc did not complete within 1s'],
  ])('%s: %s', async (service, expected) => {
    const result = await check(service)
    expect(result.ok ? true : result.error).toBe(expected)
    expect(path).toBe('/grpc.health.v1.Health/Check')
  })

  test('nobody listens', async () => {
    expect(await check('', 1)).toMatchObject({
      error: expect.stringMatching(/^error: failed to connect service at "127\.0\.0\.1:1": .*ECONNREFUSED/),
    })
  })
})
