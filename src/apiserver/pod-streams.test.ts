import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import {
  connect,
  createServer as createSocketServer,
  type AddressInfo,
  type Server as SocketServer,
} from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, requestOf, type Rig } from './api-server-rig.conformance.ts'
import { systemIdentity } from './client-certificates.ts'

let rig: Rig
let node: Server
let seen: IncomingMessage[]

const pods = '/api/v1/namespaces/default/pods'
const portOf = (server: Server | SocketServer): number => (server.address() as AddressInfo).port
const dial = (port: number): Promise<Duplex> => Promise.resolve(connect(port, '127.0.0.1'))

beforeEach(async () => {
  seen = []
  node = createServer((request, response) => {
    seen.push(request)
    response.setHeader('content-type', 'text/plain')
    response.write('first\n')
    response.end('last\n')
  })
  node.on('upgrade', (request, socket) => {
    seen.push(request)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n')
    socket.on('data', (bytes) => socket.write(`echo ${String(bytes)}`))
    socket.on('end', () => socket.end())
  })
  node.listen(0, '127.0.0.1')
  await once(node, 'listening')
  rig = await createRig({ connectNode: () => dial(portOf(node)), connectPod: () => dial(portOf(node)) })
})
afterEach(async () => {
  await rig.close()
  node.closeAllConnections()
  node.close()
})

const pod = async (
  name: string,
  containers: readonly string[],
  more: { spec?: object; annotations?: object } = {},
): Promise<void> => {
  await rig.call('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: more.annotations ?? {} },
    spec: {
      nodeName: 'weft',
      containers: containers.map((container) => ({
        name: container,
        image: 'i',
        ports: [{ name: 'web', containerPort: 8080 }],
      })),
      ...more.spec,
    },
  })
}

const status = (name: string, body: object): ReturnType<Rig['call']> =>
  rig.call(
    'PATCH',
    `${pods}/${name}/status`,
    { status: body },
    { 'content-type': 'application/merge-patch+json' },
  )

const text = async (url: string): Promise<{ readonly code: number; readonly text: string }> => {
  const answer = await rig.server.answer(requestOf('GET', url))
  if (answer.kind === 'body') return { code: answer.code, text: answer.body.toString() }
  if (answer.kind !== 'relay') throw new Error('a stream')
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.chunks) chunks.push(chunk)
  return { code: answer.code, text: Buffer.concat(chunks).toString() }
}

describe('logs', () => {
  it("come from the node as they are, under the kubelet's path", async () => {
    await pod('p', ['c'])
    const answer = await text(`${pods}/p/log?follow=true&tailLines=5`)
    expect(answer).toEqual({ code: 200, text: 'first\nlast\n' })
    expect(seen[0]?.url).toBe('/containerLogs/default/p/c?follow=true&tailLines=5')
  })

  it('need a container when there are several', async () => {
    await pod('p', ['a', 'b'])
    const { code, text: body } = await text(`${pods}/p/log`)
    expect([code, JSON.parse(body).message]).toEqual([
      400,
      'a container name must be specified for pod p, choose one of: [a b]',
    ])
    expect(JSON.parse((await text(`${pods}/p/log?container=x`)).text).message).toBe(
      'container x is not valid for pod p',
    )
    await text(`${pods}/p/log?container=b`)
    expect(seen[0]?.url).toBe('/containerLogs/default/p/b')
  })

  it("take the annotation's container", async () => {
    await pod('p', ['a', 'b'], { annotations: { 'kubectl.kubernetes.io/default-container': 'b' } })
    await text(`${pods}/p/log`)
    expect(seen[0]?.url).toBe('/containerLogs/default/p/b')
  })

  it('say why there are none yet', async () => {
    await pod('p', ['c'])
    await status('p', {
      containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    const { code, text: body } = await text(`${pods}/p/log`)
    expect([code, JSON.parse(body).message]).toEqual([
      400,
      'container "c" in pod "p" is waiting to start: ContainerCreating',
    ])
  })

  it('are empty for a pod without a node, 404 for no pod, 503 for no node', async () => {
    await pod('p', ['c'], { spec: { nodeName: undefined } })
    expect(await text(`${pods}/p/log`)).toEqual({ code: 200, text: '' })
    expect((await text(`${pods}/q/log`)).code).toBe(404)
    await pod('r', ['c'])
    node.close()
    node.closeAllConnections()
    await once(node, 'close')
    expect((await text(`${pods}/r/log`)).code).toBe(503)
  })
})

describe('upgrades', () => {
  const upgraded = async (url: string, method = 'POST'): Promise<{ code: number; reply: string }> => {
    const server = createServer()
    server.on('upgrade', (message, socket, head) =>
      rig.server.handleUpgrade(message, socket, head, systemIdentity),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      return await new Promise((resolve, reject) => {
        const request = httpRequest({
          port: portOf(server),
          method,
          path: url,
          headers: {
            connection: 'Upgrade',
            upgrade: 'SPDY/3.1',
            'x-stream-protocol-version': 'v4.channel.k8s.io',
          },
        })
        request.on('upgrade', (response, socket) => {
          socket.once('data', (bytes: Buffer) => {
            resolve({ code: response.statusCode ?? 0, reply: bytes.toString() })
            socket.destroy()
          })
          socket.write('hello')
        })
        request.on('response', (response) => {
          response.once('data', (bytes: Buffer) =>
            resolve({ code: response.statusCode ?? 0, reply: bytes.toString() }),
          )
        })
        request.on('error', reject)
        request.end()
      })
    } finally {
      server.close()
      server.closeAllConnections()
    }
  }

  it("join exec with the node under the kubelet's path and flags", async () => {
    await pod('p', ['a', 'b'])
    const answer = await upgraded(
      `${pods}/p/exec?container=b&command=echo&command=x%20y&stdin=true&stdout=true&tty=false`,
    )
    expect(answer).toEqual({ code: 101, reply: 'echo hello' })
    expect(seen[0]?.url).toBe('/exec/default/p/b?command=echo&command=x+y&input=1&output=1')
    expect(seen[0]?.method).toBe('POST')
    expect(seen[0]?.headers).toMatchObject({
      upgrade: 'SPDY/3.1',
      'x-stream-protocol-version': 'v4.channel.k8s.io',
    })
  })

  it('join port-forward', async () => {
    await pod('p', ['a', 'b'])
    expect((await upgraded(`${pods}/p/portforward?ports=8080`, 'GET')).code).toBe(101)
    expect(seen[0]?.url).toBe('/portForward/default/p?ports=8080')
  })

  it('are refused with a Status', async () => {
    expect(JSON.parse((await upgraded(`${pods}/nope/exec?command=x`)).reply)).toMatchObject({
      kind: 'Status',
      code: 404,
    })
    await pod('p', ['c'])
    expect((await upgraded(`${pods}/p/exec`)).code).toBe(400)
    expect((await upgraded(`${pods}/p/log`)).code).toBe(400)
    expect((await upgraded('/healthz')).code).toBe(404)
  })

  it('without Upgrade are a 400', async () => {
    await pod('p', ['c'])
    expect((await rig.call('POST', `${pods}/p/exec?command=x`)).body.message).toBe('Upgrade request required')
  })
})

describe('proxy', () => {
  it("reaches a pod's port by number and by name", async () => {
    await pod('p', ['c'])
    expect((await text(`${pods}/p:8080/proxy/a`)).code).toBe(503)
    await status('p', { podIP: '127.0.0.1' })
    expect(await text(`${pods}/p:8080/proxy/a/b?x=1`)).toEqual({ code: 200, text: 'first\nlast\n' })
    expect(seen[0]?.url).toBe('/a/b?x=1')
    expect((await text(`${pods}/p:web/proxy/`)).code).toBe(200)
    expect((await text(`${pods}/p:none/proxy/`)).code).toBe(400)
    expect((await text(`${pods}/https:p:8080/proxy/`)).code).toBe(400)
  })

  it("reaches a ready endpoint of a service's port", async () => {
    const services = '/api/v1/namespaces/default/services'
    await rig.call('POST', services, {
      metadata: { name: 's' },
      spec: { ports: [{ name: 'http', port: 80 }], selector: { a: 'b' } },
    })
    expect((await text(`${services}/s:80/proxy/`)).code).toBe(503)
    await rig.call('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 's-1', labels: { 'kubernetes.io/service-name': 's' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 8080 }],
    })
    expect((await text(`${services}/s:80/proxy/debug`)).code).toBe(200)
    expect((await text(`${services}/s:http/proxy/debug`)).code).toBe(200)
    expect((await text(`${services}/s:81/proxy/`)).code).toBe(503)
  })
})

describe('a broken node connection', () => {
  it('does not bring the server down', async () => {
    const dead = createSocketServer((socket) => socket.destroy())
    dead.listen(0, '127.0.0.1')
    await once(dead, 'listening')
    await rig.close()
    rig = await createRig({ connectNode: () => dial(portOf(dead)) })
    await pod('p', ['c'])
    expect((await text(`${pods}/p/log`)).code).toBe(503)
    dead.close()
  })
})
