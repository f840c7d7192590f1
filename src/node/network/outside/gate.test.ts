import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import { createGate } from './gate.ts'
import { decodeGateRequest, encodeGateRequest, isOutside, type GateRequest } from './gate-message.ts'
import { createGateForwarder } from './outside-relay.ts'

const request: fc.Arbitrary<GateRequest> = fc.oneof(
  fc.record({
    kind: fc.constant('connect' as const),
    address: fc.ipV4(),
    port: fc.nat({ max: 65_535 }),
  }),
  fc.record({
    kind: fc.constant('resolve' as const),
    query: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  }),
)

describe('requests to the gate', () => {
  property.prop([request, fc.uint8Array({ maxLength: 20 })])('come out as they went in', (given, after) => {
    const bytes = encodeGateRequest(given)
    expect(decodeGateRequest(Buffer.concat([bytes, after]))).toEqual({
      kind: 'complete',
      request: given,
      rest: Buffer.from(after),
    })
    expect(decodeGateRequest(bytes.subarray(0, -1))).toEqual({ kind: 'incomplete' })
  })

  test('other bytes are refused', () => {
    expect(decodeGateRequest(Buffer.from('GET / HTTP/1.1'))).toEqual({ kind: 'malformed' })
  })

  test.each([
    ['10.0.0.1', true],
    ['192.0.2.1', true],
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
  ])('%s is outside: %s', (address, outside) => expect(isOutside(address)).toBe(outside))
})

const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const listening = (server: Server, at: string | number): Promise<void> =>
  new Promise((resolve) => void server.listen(at, resolve))

describe('the gate', () => {
  let directory = ''
  let path = ''
  let gate: Server
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'weft-gate-'))
    path = join(directory, 'gate.sock')
    gate = createGate({
      forward: (query) => Promise.resolve(query.length === 3 ? Buffer.from(query).reverse() : undefined),
    })
    await listening(gate, path)
  })
  afterEach(() => {
    gate.close()
    rmSync(directory, { recursive: true })
  })

  /** What comes back for a request and the data after it, when both sides have ended. */
  const answer = (bytes: Buffer): Promise<string> =>
    new Promise((resolve) => {
      let text = ''
      const socket = connect(path)
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(text))
      socket.end(bytes)
    })

  test('asks the resolvers, and has no answer when they have none', async () => {
    const forward = createGateForwarder(path)
    const { signal } = new AbortController()
    expect(await forward(Buffer.from('abc'), signal)).toEqual(Buffer.from('cba'))
    expect(await forward(Buffer.from('abcd'), signal)).toBeUndefined()
  })

  test('nothing that is no request, and no loopback of the host', async () => {
    expect(await answer(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe('')
    const server = createServer((socket) => socket.end('secret'))
    await listening(server, 0)
    const { port } = server.address() as AddressInfo
    expect(await answer(encodeGateRequest({ kind: 'connect', address: '127.0.0.1', port }))).toBe('')
    server.close()
  })

  test.skipIf(ownAddress === undefined)('joins both directions to their ends', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('end', () => socket.end(text.toUpperCase()))
    })
    await listening(server, 0)
    const { port } = server.address() as AddressInfo
    const head = encodeGateRequest({ kind: 'connect', address: ownAddress ?? '', port })
    expect(await answer(Buffer.concat([head, Buffer.from('hello')]))).toBe('\u0001HELLO')
    server.close()
    await new Promise((resolve) => server.once('close', resolve))
    expect(await answer(head)).toBe('')
  })
})
