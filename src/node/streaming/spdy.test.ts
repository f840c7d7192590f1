import { deflateRawSync, constants, createDeflate } from 'node:zlib'
import { Duplex } from 'node:stream'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFrameDecoder, createFrameEncoder, type SpdyFrame } from './spdy-frames.ts'
import { createHeaderReader, createHeaderWriter, spdyDictionary } from './spdy-header-block.ts'
import { serveSpdy, type SpdyStream } from './spdy-session.ts'

const adler32 = (bytes: Buffer): number => {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return ((b << 16) | a) >>> 0
}

const headersArbitrary = fc.dictionary(
  fc.stringMatching(/^[a-z-]{1,20}$/).filter((name) => name !== '__proto__'),
  fc.string({ maxLength: 60 }),
  { maxKeys: 6, noNullPrototype: true },
)
const id = fc.integer({ min: 1, max: 0x7fffffff })
const frameArbitrary: fc.Arbitrary<Exclude<SpdyFrame, { type: 'other' }>> = fc.oneof(
  fc.record({
    type: fc.constant('data' as const),
    streamId: id,
    fin: fc.boolean(),
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc
    .record({
      type: fc.constantFrom('syn-stream' as const, 'syn-reply' as const, 'headers' as const),
      streamId: id,
      fin: fc.boolean(),
      headers: headersArbitrary,
    })
    .map((frame): Exclude<SpdyFrame, { type: 'other' }> => frame as Extract<SpdyFrame, { type: 'headers' }>),
  fc.record({ type: fc.constant('rst-stream' as const), streamId: id, status: id }),
  fc.record({ type: fc.constant('ping' as const), id: fc.integer({ min: 0, max: 0xffffffff }) }),
  fc.record({ type: fc.constant('goaway' as const), lastStreamId: id, status: fc.nat() }),
  fc.record({ type: fc.constant('window-update' as const), streamId: id, delta: id }),
)

describe('SPDY/3.1', () => {
  test('the dictionary has the checksum of the specification', () => {
    expect(adler32(spdyDictionary())).toBe(0xe3c6a7c2)
    expect(spdyDictionary()).toHaveLength(1423)
  })

  test('frames survive the wire, however it cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(frameArbitrary, { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
        (frames, sizes) => {
          const encode = createFrameEncoder()
          const wire = Buffer.concat(frames.map((frame) => encode(frame)))
          const decode = createFrameDecoder()
          const received: SpdyFrame[] = []
          for (let position = 0; position < wire.length;) {
            const size = sizes.next().value
            received.push(...decode(wire.subarray(position, position + size)))
            position += size
          }
          expect(received).toEqual(frames)
        },
      ),
    )
  })

  test('reads blocks of a real compressor that keeps its state', async () => {
    const deflate = createDeflate({ dictionary: spdyDictionary(), flush: constants.Z_SYNC_FLUSH })
    const read = createHeaderReader()
    for (let request = 0; request < 40; request += 1) {
      const headers = { streamtype: 'data', port: '8080', requestid: `${request}`, filler: 'x'.repeat(2000) }
      const stored = createHeaderWriter()(headers)
      deflate.write(stored.subarray(6 + 5, -5))
      await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve))
      const parts: Buffer[] = []
      for (let part: unknown = deflate.read(); part !== null; part = deflate.read())
        parts.push(part as Buffer)
      expect(read(Buffer.concat(parts))).toEqual(headers)
    }
  })

  test('broken header blocks are refused', () => {
    expect(() => createHeaderReader()(Buffer.from('not a block'))).toThrow('SPDY header block')
    const bomb = deflateRawSync(Buffer.alloc(10_000_000))
    expect(() => createHeaderReader()(Buffer.concat([Buffer.from([0x78, 0x01]), bomb]))).toThrow(
      'SPDY header block',
    )
  })
})

/** Two ends of a connection in memory. */
const connectionPair = (): [Duplex, Duplex] => {
  const end = (): Duplex & { peer?: Duplex } => {
    const duplex: Duplex & { peer?: Duplex; waiting?: () => void } = new Duplex({
      read: () => duplex.waiting?.(),
      write: (bytes: Buffer, _encoding, done) => {
        const peer = duplex.peer as Duplex & { waiting?: (() => void) | undefined }
        if (peer.push(bytes)) return done()
        peer.waiting = () => {
          peer.waiting = undefined
          done()
        }
      },
      final: (done) => {
        duplex.peer?.push(null)
        done()
      },
    })
    return duplex
  }
  const [left, right] = [end(), end()]
  left.peer = right
  right.peer = left
  return [left, right]
}

describe('a session', () => {
  const connect = (): {
    readonly send: (frame: Parameters<ReturnType<typeof createFrameEncoder>>[0]) => void
    readonly frames: SpdyFrame[]
    readonly streams: SpdyStream[]
    readonly client: Duplex
    readonly until: (count: number) => Promise<void>
  } => {
    const [client, server] = connectionPair()
    const encode = createFrameEncoder()
    const decode = createFrameDecoder()
    const frames: SpdyFrame[] = []
    const streams: SpdyStream[] = []
    client.on('data', (bytes: Buffer) => frames.push(...decode(bytes)))
    serveSpdy(server, (stream) => streams.push(stream))
    return {
      send: (frame) => void client.write(encode(frame)),
      frames,
      streams,
      client,
      until: async (count) => {
        while (frames.length < count) await new Promise((resolve) => setImmediate(resolve))
      },
    }
  }

  test('replies, carries data both ways and half-closes', async () => {
    const { send, frames, streams, until } = connect()
    send({ type: 'syn-stream', streamId: 1, fin: false, headers: { streamtype: 'data', port: '80' } })
    await until(1)
    expect(frames[0]).toMatchObject({ type: 'syn-reply', streamId: 1 })
    const [stream] = streams
    expect(stream?.headers).toEqual({ streamtype: 'data', port: '80' })
    send({ type: 'data', streamId: 1, fin: true, data: Buffer.from('question') })
    const received: Buffer[] = []
    stream?.duplex.on('data', (bytes: Buffer) => received.push(bytes))
    await once(stream?.duplex as Duplex, 'end')
    expect(Buffer.concat(received).toString()).toBe('question')
    stream?.duplex.end('answer')
    await until(3)
    expect(frames.slice(1)).toMatchObject([
      { type: 'data', fin: false, data: Buffer.from('answer') },
      { type: 'data', fin: true },
    ])
  })

  test('a reset ends the stream, a destroyed stream is reset, pings come back', async () => {
    const { send, frames, streams, until } = connect()
    send({ type: 'syn-stream', streamId: 1, fin: false, headers: {} })
    send({ type: 'syn-stream', streamId: 3, fin: false, headers: {} })
    await until(2)
    const closed = once(streams[0]?.duplex as Duplex, 'close')
    send({ type: 'rst-stream', streamId: 1, status: 5 })
    await closed
    streams[1]?.duplex.destroy()
    send({ type: 'ping', id: 7 })
    await until(5)
    expect(frames.slice(2)).toEqual(
      expect.arrayContaining([
        { type: 'rst-stream', streamId: 3, status: 5 },
        { type: 'ping', id: 7 },
      ]),
    )
  })

  test('refuses streams with a number of the server', async () => {
    const { send, frames, streams, until } = connect()
    send({ type: 'syn-stream', streamId: 2, fin: false, headers: {} })
    await until(1)
    expect(frames).toEqual([{ type: 'rst-stream', streamId: 2, status: 1 }])
    expect(streams).toEqual([])
  })

  test('a stream that nobody reads stops the transport, not the memory', async () => {
    const { send, streams, client, until } = connect()
    send({ type: 'syn-stream', streamId: 1, fin: false, headers: {} })
    await until(1)
    const block = Buffer.alloc(64 * 1024, 1)
    for (let index = 0; index < 64; index += 1)
      send({ type: 'data', streamId: 1, fin: index === 63, data: block })
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(streams[0]?.duplex.readableLength).toBeLessThan(2 * 1024 * 1024)
    expect(client.writableLength).toBeGreaterThan(1024 * 1024)
    let total = 0
    streams[0]?.duplex.on('data', (bytes: Buffer) => (total += bytes.length))
    await once(streams[0]?.duplex as Duplex, 'end')
    expect(total).toBe(64 * block.length)
  })
})
