/** Where the messages of a WebSocket connection begin and end (RFC 6455 section 5.2), in the bytes of a server's answer. */

const headEnd = Buffer.from('\r\n\r\n')

/** The length of the frame at the beginning of the bytes; undefined while its header is not all there. */
const frameLength = (bytes: Buffer): number | undefined => {
  if (bytes.length < 2) return undefined
  const second = bytes.readUInt8(1)
  const mask = (second & 0x80) === 0 ? 0 : 4
  const short = second & 0x7f
  if (short < 126) return 2 + mask + short
  if (short === 126) return bytes.length < 4 ? undefined : 4 + mask + bytes.readUInt16BE(2)
  return bytes.length < 10 ? undefined : 10 + mask + Number(bytes.readBigUInt64BE(2))
}

/** The HTTP head first, then frame by frame; what follows a refusal instead of an upgrade comes as it is. */
export const webSocketPieces = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = Buffer.alloc(0)
  let part: 'head' | 'frames' | 'refusal' = 'head'
  const next = (): number | undefined => {
    if (bytes.length === 0) return undefined
    if (part === 'refusal') return bytes.length
    if (part === 'frames') return frameLength(bytes)
    const end = bytes.indexOf(headEnd)
    return end < 0 ? undefined : end + headEnd.length
  }
  for await (const chunk of chunks) {
    bytes = Buffer.concat([bytes, chunk])
    for (let length = next(); length !== undefined && length <= bytes.length; length = next()) {
      const piece = bytes.subarray(0, length)
      if (part === 'head') part = piece.includes(' 101 ') ? 'frames' : 'refusal'
      bytes = bytes.subarray(length)
      yield piece
    }
  }
  if (bytes.length > 0) yield bytes
}
