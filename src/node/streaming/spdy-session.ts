/** The server's side of a SPDY/3.1 session over any byte stream: each SYN_STREAM becomes a Duplex. */
import { Duplex } from 'node:stream'
import { createFrameDecoder, createFrameEncoder, resetStatus, type SpdyFrame } from './spdy-frames.ts'
import type { SpdyHeaders } from './spdy-header-block.ts'

export interface SpdyStream {
  readonly id: number
  readonly headers: SpdyHeaders
  /** Half-closes on its own in both directions; destroying it with unsent data resets the stream. */
  readonly duplex: Duplex
}

export interface SpdySession {
  /** Resolves when the transport is gone. */
  readonly closed: Promise<void>
  /** Sends what is still to be sent and ends the transport. */
  readonly close: () => void
}

/**
 * What a stream may hold unread before the whole transport waits. Kubernetes' peer (moby/spdystream) has no flow control
 * windows: it never sends WINDOW_UPDATE and takes any amount, so both directions rely on the transport's back-pressure.
 */
const unreadLimit = 1024 * 1024

interface StreamTable {
  readonly transport: Duplex
  readonly send: (
    frame: Parameters<ReturnType<typeof createFrameEncoder>>[0],
    sent?: (error?: Error | null) => void,
  ) => void
  readonly streams: Map<number, Duplex>
  /** Streams that hold more than they should: the transport waits while there are any. */
  readonly full: Set<number>
}

const createStreamTable = (transport: Duplex): StreamTable => {
  const encode = createFrameEncoder()
  return {
    transport,
    send: (frame, sent) => {
      if (transport.writable) transport.write(encode(frame), sent)
      else sent?.(new Error('the connection is closed'))
    },
    streams: new Map(),
    full: new Set(),
  }
}

const openStream = (id: number, { transport, send, streams, full }: StreamTable): Duplex => {
  let finished = false
  const hasRoom = (): void => {
    if (full.delete(id) && full.size === 0) transport.resume()
  }
  const duplex = new Duplex({
    allowHalfOpen: true,
    read: hasRoom,
    write: (data: Buffer, _encoding, done) => send({ type: 'data', streamId: id, fin: false, data }, done),
    final: (done) => {
      finished = true
      send({ type: 'data', streamId: id, fin: true, data: Buffer.alloc(0) }, () => done())
    },
    destroy: (error, done) => {
      streams.delete(id)
      hasRoom()
      if (!finished) send({ type: 'rst-stream', streamId: id, status: resetStatus.cancel })
      done(error)
    },
  })
  duplex.on('error', () => undefined)
  streams.set(id, duplex)
  return duplex
}

const acceptStream = (
  frame: { readonly streamId: number; readonly fin: boolean; readonly headers: SpdyHeaders },
  table: StreamTable,
  onStream: (stream: SpdyStream) => void,
): void => {
  const { streamId: id, headers, fin } = frame
  // Streams of a client have odd numbers (draft 3, 2.3.2).
  if (id % 2 === 0 || table.streams.has(id)) {
    return table.send({ type: 'rst-stream', streamId: id, status: resetStatus.protocolError })
  }
  const duplex = openStream(id, table)
  table.send({ type: 'syn-reply', streamId: id, fin: false, headers: {} })
  if (fin) duplex.push(null)
  onStream({ id, headers, duplex })
}

const receiveData = (
  frame: Extract<SpdyFrame, { type: 'data' }>,
  { transport, streams, full }: StreamTable,
): void => {
  const duplex = streams.get(frame.streamId)
  if (duplex === undefined || duplex.readableEnded) return
  if (frame.data.length > 0) duplex.push(frame.data)
  if (frame.fin) duplex.push(null)
  if (duplex.readableLength <= unreadLimit) return
  full.add(frame.streamId)
  transport.pause()
}

/** `onStream` is called after the stream was accepted; to refuse it, destroy its duplex. */
export const serveSpdy = (transport: Duplex, onStream: (stream: SpdyStream) => void): SpdySession => {
  const table = createStreamTable(transport)
  const decode = createFrameDecoder()

  const receive = (frame: SpdyFrame): void => {
    switch (frame.type) {
      case 'syn-stream':
        return acceptStream(frame, table, onStream)
      case 'data':
        return receiveData(frame, table)
      case 'rst-stream':
        table.streams.get(frame.streamId)?.destroy()
        return
      case 'ping':
        return table.send({ type: 'ping', id: frame.id })
      case 'goaway':
      case 'syn-reply':
      case 'headers':
      case 'window-update':
      case 'other':
        return
    }
  }

  transport.on('data', (bytes: Buffer) => {
    try {
      for (const frame of decode(bytes)) receive(frame)
    } catch {
      table.send({ type: 'goaway', lastStreamId: 0, status: resetStatus.protocolError })
      transport.destroy()
    }
  })
  transport.on('error', () => undefined)
  transport.on('end', () => transport.end())
  const closed = new Promise<void>((resolve) => {
    transport.once('close', () => {
      for (const duplex of table.streams.values()) duplex.destroy()
      resolve()
    })
  })
  return {
    closed,
    close: () => {
      if (transport.writable) transport.end()
    },
  }
}
