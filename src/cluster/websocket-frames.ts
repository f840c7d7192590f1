/** WebSocket frames (RFC 6455) from the client's side: just what Kubernetes' channel protocols need. */
import { CodedError } from '../primitives/coded-error.ts'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** One final frame. `mask` is four random bytes: clients must mask (section 5.3). */
export const encodeClientFrame = (opcode: number, payload: Buffer, mask: Buffer): Buffer => {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = Buffer.alloc(2 + extra + 4 + length)
  frame.writeUInt8(0x80 | opcode, 0)
  frame.writeUInt8(0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127), 1)
  if (extra === 2) frame.writeUInt16BE(length, 2)
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  mask.copy(frame, 2 + extra, 0, 4)
  const start = 6 + extra
  for (let index = 0; index < length; index += 1) {
    frame[start + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0)
  }
  return frame
}

export interface WebSocketMessage {
  readonly opcode: number
  readonly payload: Buffer
}

interface ServerFrame extends WebSocketMessage {
  readonly final: boolean
  readonly size: number
}

const largestMessage = 64 * 1024 * 1024

/** The first frame of `bytes`, or undefined while it is not complete. */
const decodeFrame = (bytes: Buffer): ServerFrame | undefined => {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1)
  if ((short & 0x80) !== 0)
    throw new CodedError('websocket-protocol-error', 'the server masked a WebSocket frame')
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0
  if (bytes.length < 2 + extra) return undefined
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (length > largestMessage) throw new CodedError('websocket-protocol-error', 'WebSocket message too long')
  const size = 2 + extra + length
  if (bytes.length < size) return undefined
  const first = bytes.readUInt8(0)
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload: bytes.subarray(2 + extra, size), size }
}

/**
 * Takes the bytes as they come and gives the messages that they complete, fragments joined.
 * Throws CodedError `websocket-protocol-error`.
 */
export const createServerFrameDecoder = (): ((bytes: Buffer) => WebSocketMessage[]) => {
  let rest: Buffer = Buffer.alloc(0)
  let opcode = 0
  let fragments: Buffer[] = []
  const complete = (frame: ServerFrame): WebSocketMessage[] => {
    // Control frames come between the fragments of a message, and are never cut.
    if (frame.opcode >= opcodes.close) return [{ opcode: frame.opcode, payload: frame.payload }]
    if (frame.opcode !== opcodes.continuation) opcode = frame.opcode
    fragments.push(frame.payload)
    if (!frame.final) return []
    const payload = fragments.length === 1 ? frame.payload : Buffer.concat(fragments)
    fragments = []
    return [{ opcode, payload }]
  }
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const messages: WebSocketMessage[] = []
    for (let frame = decodeFrame(rest); frame !== undefined; frame = decodeFrame(rest)) {
      messages.push(...complete(frame))
      rest = rest.subarray(frame.size)
    }
    return messages
  }
}
