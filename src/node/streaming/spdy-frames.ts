/** SPDY/3.1 frames as Kubernetes uses them (draft 3, section 2.2; moby/spdystream is the peer). */
import { CodedError } from '../../primitives/coded-error.ts'
import { createHeaderReader, createHeaderWriter, type SpdyHeaders } from './spdy-header-block.ts'

interface HeadersFrame<Type extends string> {
  readonly type: Type
  readonly streamId: number
  readonly fin: boolean
  readonly headers: SpdyHeaders
}

export type SpdyFrame =
  | { readonly type: 'data'; readonly streamId: number; readonly fin: boolean; readonly data: Buffer }
  | HeadersFrame<'syn-stream'>
  | HeadersFrame<'syn-reply'>
  | HeadersFrame<'headers'>
  | { readonly type: 'rst-stream'; readonly streamId: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goaway'; readonly lastStreamId: number; readonly status: number }
  | { readonly type: 'window-update'; readonly streamId: number; readonly delta: number }
  /** SETTINGS and what nobody knows: to be ignored. */
  | { readonly type: 'other'; readonly controlType: number }

export const resetStatus = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5 } as const

const controlTypes = {
  'syn-stream': 1,
  'syn-reply': 2,
  'rst-stream': 3,
  ping: 6,
  goaway: 7,
  headers: 8,
  'window-update': 9,
} as const

const version = 3
const flagFin = 1
const headerLength = 8
/** Lengths have 24 bits; nobody sends control frames near that. */
const largestControlFrame = 1024 * 1024

const control = (type: keyof typeof controlTypes, flags: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(headerLength)
  head.writeUInt16BE(0x8000 | version, 0)
  head.writeUInt16BE(controlTypes[type], 2)
  head.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4)
  return Buffer.concat([head, payload])
}

const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4))
  return bytes
}

/** One per direction and session: header blocks depend on those before. */
export const createFrameEncoder = (): ((frame: Exclude<SpdyFrame, { type: 'other' }>) => Buffer) => {
  const writeHeaders = createHeaderWriter()
  return (frame) => {
    switch (frame.type) {
      case 'data': {
        const head = numbers(frame.streamId, ((frame.fin ? flagFin << 24 : 0) | frame.data.length) >>> 0)
        return Buffer.concat([head, frame.data])
      }
      case 'syn-stream': {
        // Stream, associated stream, priority and slot.
        const start = Buffer.concat([numbers(frame.streamId, 0), Buffer.alloc(2)])
        return control(
          frame.type,
          frame.fin ? flagFin : 0,
          Buffer.concat([start, writeHeaders(frame.headers)]),
        )
      }
      case 'syn-reply':
      case 'headers':
        return control(
          frame.type,
          frame.fin ? flagFin : 0,
          Buffer.concat([numbers(frame.streamId), writeHeaders(frame.headers)]),
        )
      case 'rst-stream':
        return control(frame.type, 0, numbers(frame.streamId, frame.status))
      case 'ping':
        return control(frame.type, 0, numbers(frame.id))
      case 'goaway':
        return control(frame.type, 0, numbers(frame.lastStreamId, frame.status))
      case 'window-update':
        return control(frame.type, 0, numbers(frame.streamId, frame.delta))
    }
  }
}

const decodeControl = (
  controlType: number,
  flags: number,
  payload: Buffer,
  readHeaders: (bytes: Buffer) => SpdyHeaders,
): SpdyFrame => {
  const streamId = (): number => payload.readUInt32BE(0) & 0x7fffffff
  const fin = (flags & flagFin) !== 0
  switch (controlType) {
    case controlTypes['syn-stream']:
      return { type: 'syn-stream', streamId: streamId(), fin, headers: readHeaders(payload.subarray(10)) }
    case controlTypes['syn-reply']:
      return { type: 'syn-reply', streamId: streamId(), fin, headers: readHeaders(payload.subarray(4)) }
    case controlTypes.headers:
      return { type: 'headers', streamId: streamId(), fin, headers: readHeaders(payload.subarray(4)) }
    case controlTypes['rst-stream']:
      return { type: 'rst-stream', streamId: streamId(), status: payload.readUInt32BE(4) }
    case controlTypes.ping:
      return { type: 'ping', id: payload.readUInt32BE(0) }
    case controlTypes.goaway:
      return {
        type: 'goaway',
        lastStreamId: streamId(),
        status: payload.length < 8 ? 0 : payload.readUInt32BE(4),
      }
    case controlTypes['window-update']:
      return { type: 'window-update', streamId: streamId(), delta: payload.readUInt32BE(4) & 0x7fffffff }
    default:
      return { type: 'other', controlType }
  }
}

/**
 * Takes the bytes as they come and gives the frames that they complete.
 * Throws CodedError `spdy-protocol-error` or `spdy-headers-broken`, and RangeError for a frame that is too short.
 */
export const createFrameDecoder = (): ((bytes: Buffer) => SpdyFrame[]) => {
  const readHeaders = createHeaderReader()
  let pending: Buffer[] = []
  let pendingLength = 0
  let needed = headerLength
  const next = (bytes: Buffer): { readonly frame: SpdyFrame; readonly size: number } | undefined => {
    if (bytes.length < headerLength) return undefined
    const isControl = (bytes.readUInt8(0) & 0x80) !== 0
    const length = bytes.readUInt32BE(4) & 0xffffff
    if (isControl && (bytes.readUInt16BE(0) !== (0x8000 | version) || length > largestControlFrame)) {
      throw new CodedError('spdy-protocol-error', 'not a SPDY/3 control frame')
    }
    const size = headerLength + length
    needed = size
    if (bytes.length < size) return undefined
    const flags = bytes.readUInt8(4)
    const payload = bytes.subarray(headerLength, size)
    if (isControl) return { frame: decodeControl(bytes.readUInt16BE(2), flags, payload, readHeaders), size }
    const streamId = bytes.readUInt32BE(0)
    return { frame: { type: 'data', streamId, fin: (flags & flagFin) !== 0, data: payload }, size }
  }
  return (bytes) => {
    pending.push(bytes)
    pendingLength += bytes.length
    // A long data frame comes in many pieces: they are joined once, when all are there.
    if (pendingLength < needed) return []
    let rest = pending.length === 1 ? bytes : Buffer.concat(pending)
    const frames: SpdyFrame[] = []
    needed = headerLength
    for (let found = next(rest); found !== undefined; found = next(rest)) {
      frames.push(found.frame)
      rest = rest.subarray(found.size)
      needed = headerLength
    }
    pending = rest.length === 0 ? [] : [rest]
    pendingLength = rest.length
    return frames
  }
}
