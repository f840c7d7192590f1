import { mkdtempSync, rmSync } from 'node:fs'
import * as http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { KubeObject } from '../resources/kube-object.ts'
import { connectCluster } from './cluster-client.ts'

const deployments = { group: 'apps', version: 'v1', plural: 'deployments' }
const pods = { group: '', version: 'v1', plural: 'pods' }
const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

interface Seen {
  readonly line: string
  readonly type: string | undefined
  readonly body: string
}

/** A server on a Unix socket, as the embedded API server's own components use it. */
const serve = async (answer: (request: Seen, response: http.ServerResponse) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-client-'))
  const socketPath = join(folder, 'api.sock')
  const seen: Seen[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { line: `${request.method} ${request.url}`, type: request.headers['content-type'], body }
      seen.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const client = connectCluster({ socketPath })
  closers.push(() => {
    client.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { client, seen, server }
}

const json = (response: http.ServerResponse, code: number, body: unknown): void => {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

test('writes go to the paths and content types of the Kubernetes API', async () => {
  const { client, seen } = await serve((_, response) => json(response, 200, { kind: 'Deployment' }))
  const metadata = { name: 'web', namespace: 'shop' }
  const object: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata }
  await client.create(deployments, object)
  await client.create(pods, { ...object, metadata: { name: '', generateName: 'web-', namespace: 'shop' } })
  await client.create({ ...pods, subresource: 'binding' }, object)
  await client.update(deployments, object, { subresource: 'status' })
  await client.patch(deployments, metadata, { kind: 'apply', body: {}, fieldManager: 'weft', force: true })
  await client.delete(deployments, metadata, { propagationPolicy: 'Foreground' })
  expect(seen.map(({ line }) => line)).toEqual([
    'POST /apis/apps/v1/namespaces/shop/deployments',
    'POST /api/v1/namespaces/shop/pods',
    'POST /api/v1/namespaces/shop/pods/web/binding',
    'PUT /apis/apps/v1/namespaces/shop/deployments/web/status',
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=weft&force=true',
    'DELETE /apis/apps/v1/namespaces/shop/deployments/web',
  ])
  expect(JSON.parse(seen[1]!.body).metadata).toEqual({ generateName: 'web-', namespace: 'shop' })
  expect(seen[4]!.type).toBe('application/apply-patch+yaml')
  expect(JSON.parse(seen[5]!.body)).toEqual({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: 'Foreground',
  })
})

test('a list follows its pages and gives each item its kind', async () => {
  const { client } = await serve(({ line }, response) => {
    const second = line.includes('continue=more')
    json(response, 200, {
      apiVersion: 'apps/v1',
      kind: 'DeploymentList',
      metadata: { resourceVersion: '7', ...(second ? {} : { continue: 'more' }) },
      items: [{ metadata: { name: second ? 'b' : 'a' } }],
    })
  })
  const list = await client.list(deployments, { namespace: 'shop', labelSelector: 'app=web' })
  expect(list).toEqual({
    resourceVersion: '7',
    items: ['a', 'b'].map((name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } })),
  })
})

test('failures carry the Status; an absent object is undefined', async () => {
  const status = { kind: 'Status', code: 409, reason: 'Conflict', message: 'the object has been modified' }
  const { client } = await serve(({ line }, response) => {
    if (line.startsWith('GET')) return json(response, 404, { ...status, code: 404, reason: 'NotFound' })
    if (line.startsWith('PUT')) return json(response, 409, status)
    response.writeHead(502).end('bad gateway')
  })
  const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'd' } }
  expect(await client.get(pods, object.metadata)).toBeUndefined()
  await expect(client.update(pods, object)).rejects.toMatchObject({
    name: 'ApiError',
    status: { code: 409, reason: 'Conflict', message: 'the object has been modified' },
  })
  await expect(client.create(pods, object)).rejects.toMatchObject({ status: { code: 502 } })
})

test('a watch gives events as they come, bookmarks too, and ends without an error when aborted', async () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'ü'.repeat(40_000), resourceVersion: '3' },
  }
  const lines = [
    { type: 'ADDED', object },
    { type: 'BOOKMARK', object: { metadata: { resourceVersion: '8' } } },
  ]
  const { client, seen } = await serve((_, response) => {
    response.writeHead(200)
    // Cut inside a character and inside a line: the framing must not care.
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    response.write(bytes.subarray(0, 101))
    setImmediate(() => response.write(bytes.subarray(101)))
  })
  const abort = new AbortController()
  const got: unknown[] = []
  for await (const event of client.watch(pods, { resourceVersion: '2' }, abort.signal)) {
    got.push(event)
    if (got.length === 2) abort.abort()
  }
  expect(got).toEqual([
    { type: 'ADDED', object },
    { type: 'BOOKMARK', resourceVersion: '8' },
  ])
  expect(seen[0]!.line).toBe('GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=2')
})

test('a compacted revision is an ApiError 410, as an answer and as an ERROR line', async () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }
  let asLine = false
  const { client } = await serve((_, response) => {
    if (asLine) response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)
    else json(response, 410, status)
    asLine = true
  })
  const drain = async (): Promise<void> => {
    for await (const _ of client.watch(pods, { resourceVersion: '1' }, new AbortController().signal));
  }
  await expect(drain()).rejects.toMatchObject({ status: { code: 410 } })
  await expect(drain()).rejects.toMatchObject({ status: { code: 410 } })
})

test('a server that is not there is a coded error, a broken watch too', async () => {
  const absent = connectCluster({ socketPath: '/nonexistent/api.sock' })
  await expect(absent.list(pods, {})).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('/nonexistent/api.sock'),
  })
  const { client } = await serve((_, response) => {
    response.writeHead(200)
    response.write('{"type":"ADD')
    setImmediate(() => response.destroy())
  })
  const drain = async (): Promise<void> => {
    for await (const _ of client.watch(pods, { resourceVersion: '1' }, new AbortController().signal));
  }
  await expect(drain()).rejects.toMatchObject({ code: 'cluster-unreachable' })
})

test('a read survives that the server closed its idle connection', async () => {
  const { client, server } = await serve((_, response) => json(response, 200, { metadata: { name: 'p' } }))
  await client.get(pods, { namespace: 'd', name: 'p' })
  server.closeAllConnections()
  expect(await client.get(pods, { namespace: 'd', name: 'p' })).toEqual({ metadata: { name: 'p' } })
})
