import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { openPodPort } from './port-forward.ts'
import { createServerFrameDecoder, encodeClientFrame } from './websocket-frames.ts'

/** A server's frame is a client's without the mask. */
const unmask = (frame: Buffer): Buffer => {
  const short = (frame[1] ?? 0) & 0x7f
  const header = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
  const mask = frame.subarray(header, header + 4)
  const payload = frame.subarray(header + 4).map((byte, index) => byte ^ (mask[index & 3] ?? 0))
  const head = Buffer.from(frame.subarray(0, header))
  head[1] = short
  return Buffer.concat([head, payload])
}

describe('WebSocket frames', () => {
  test('survive the wire, however it cuts them', () => {
    const message = fc.record({
      opcode: fc.constantFrom(1, 2, 8, 9, 10),
      payload: fc
        .oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new Uint8Array(70_000)))
        .map((bytes) => Buffer.from(bytes)),
      mask: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.integer({ min: 100, max: 5000 }),
        (messages, size) => {
          const wire = Buffer.concat(
            messages.map(({ opcode, payload, mask }) => unmask(encodeClientFrame(opcode, payload, mask))),
          )
          const decode = createServerFrameDecoder()
          const received = []
          for (let start = 0; start < wire.length; start += size) {
            received.push(...decode(wire.subarray(start, start + size)))
          }
          const text = (list: readonly { opcode: number; payload: Buffer }[]): string =>
            list.map(({ opcode, payload }) => `${opcode} ${payload.toString('hex')}`).join('\n')
          expect(text(received) === text(messages)).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('fragments are joined, with a ping between them', () => {
    const decode = createServerFrameDecoder()
    const frames = Buffer.from([0x02, 1, 0x61, 0x89, 0, 0x00, 1, 0x62, 0x80, 1, 0x63])
    expect(decode(frames)).toEqual([
      { opcode: 9, payload: Buffer.alloc(0) },
      { opcode: 2, payload: Buffer.from('abc') },
    ])
  })

  test('a masked frame and an endless one are refused', () => {
    expect(() => createServerFrameDecoder()(encodeClientFrame(2, Buffer.from('x'), Buffer.alloc(4)))).toThrow(
      'masked',
    )
    expect(() => createServerFrameDecoder()(Buffer.from([0x82, 127, 1, 0, 0, 0, 0, 0, 0, 0]))).toThrow(
      'too long',
    )
  })
})

describe('a port of a pod', () => {
  const http = createServer((_request, response) => {
    const status = {
      kind: 'Status',
      status: 'Failure',
      reason: 'NotFound',
      message: 'pods "gone" not found',
      code: 404,
    }
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(status))
  })
  const sockets: WebSocket[] = []
  let server = ''
  const requested: (string | undefined)[] = []

  beforeAll(async () => {
    const websockets = new WebSocketServer({ noServer: true })
    http.on('upgrade', (request, socket, head) => {
      if (request.url?.includes('/gone/') === true) {
        const body = '{"kind":"Status","reason":"NotFound","message":"pods \\"gone\\" not found","code":404}'
        socket.end(
          `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        )
        return
      }
      requested.push(request.url, request.headers['sec-websocket-protocol'], request.headers.authorization)
      websockets.handleUpgrade(request, socket, head, (websocket) => {
        sockets.push(websocket)
        websocket.send(Buffer.from([0, 0x50, 0]))
        websocket.send(Buffer.from([1, 0x50, 0]))
        websocket.on('message', (data) => {
          const message = data as Buffer
          if (message.toString('latin1', 1) === 'fail') {
            websocket.send(Buffer.concat([Buffer.from([1]), Buffer.from('connection refused')]))
            websocket.close(1000)
          } else websocket.send(message)
        })
      })
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  })
  afterAll(() => {
    for (const socket of sockets) socket.terminate()
    http.close()
  })

  const open = (pod: string): ReturnType<typeof openPodPort> =>
    openPodPort(
      { server, token: 'secret' },
      { namespace: 'default', pod, port: 80 },
      new AbortController().signal,
    )

  test('carries bytes both ways, large ones in order', async () => {
    const stream = await open('demo')
    expect(requested).toEqual([
      '/api/v1/namespaces/default/pods/demo/portforward?ports=80',
      'v4.channel.k8s.io',
      'Bearer secret',
    ])
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    stream.write(sent)
    const parts: Buffer[] = []
    let length = 0
    for await (const part of stream) {
      parts.push(part as Buffer)
      length += (part as Buffer).length
      if (length >= sent.length) break
    }
    expect(Buffer.concat(parts).equals(sent)).toBe(true)
  })

  test('ends when the server closes, and fails with its words', async () => {
    const stream = await open('demo')
    stream.write('fail')
    await expect(once(stream.resume(), 'end')).rejects.toThrow('connection refused')
  })

  test('a pod that is not there', async () => {
    await expect(open('gone')).rejects.toMatchObject({ status: { code: 404, reason: 'NotFound' } })
  })
})
