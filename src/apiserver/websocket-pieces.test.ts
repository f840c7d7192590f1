import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { webSocketPieces } from './websocket-pieces.ts'

const head = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')

const frame = (length: number): Buffer => {
  const payload = Buffer.alloc(length, 7)
  if (length < 126) return Buffer.concat([Buffer.from([0x82, length]), payload])
  const extended = Buffer.alloc(length < 65_536 ? 4 : 10)
  extended[0] = 0x82
  extended[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) extended.writeUInt16BE(length, 2)
  else extended.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([extended, payload])
}

/** The bytes in chunks that end where they like. */
const inChunks = async function* (bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (left, right) => left - right,
  )
  let from = 0
  for (const end of ends) {
    yield bytes.subarray(from, end)
    from = end
  }
}

const collected = async (pieces: AsyncIterable<Buffer>): Promise<readonly Buffer[]> => {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(65_535, 65_536)), {
  maxLength: 6,
})

test.prop([lengths, fc.array(fc.nat(200_000), { maxLength: 8 })])(
  'head and frames come one by one, however the bytes arrive',
  async (sizes, cuts) => {
    const frames = sizes.map(frame)
    const pieces = await collected(webSocketPieces(inChunks(Buffer.concat([head, ...frames]), cuts)))
    expect(pieces.map(({ length }) => length)).toEqual([head, ...frames].map(({ length }) => length))
    expect(Buffer.concat(pieces).equals(Buffer.concat([head, ...frames]))).toBe(true)
  },
)

test('a refusal comes as it is', async () => {
  const refusal = Buffer.from('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\n\x82\x7ffo')
  expect(Buffer.concat(await collected(webSocketPieces(inChunks(refusal, []))))).toEqual(refusal)
})
