/** Kubernetes' channel protocols on WebSocket: the first byte of each message names a channel. */
import { Readable, Writable } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import {
  createResizeRelay,
  outcomeStatus,
  outcomeText,
  parseTerminalSize,
  type CommandStreams,
  type StreamRequest,
} from './command-streams.ts'

export interface ChannelProtocol {
  /** As on the wire; undefined when the client named none. */
  readonly name: string | undefined
  /** 5 can close channels one by one; from 4 on the error channel carries a Status. */
  readonly version: 1 | 4 | 5
  readonly base64: boolean
}

const commandProtocols: readonly ChannelProtocol[] = [
  { name: 'v5.channel.k8s.io', version: 5, base64: false },
  { name: 'v4.channel.k8s.io', version: 4, base64: false },
  { name: 'v4.base64.channel.k8s.io', version: 4, base64: true },
  { name: 'channel.k8s.io', version: 1, base64: false },
  { name: 'base64.channel.k8s.io', version: 1, base64: true },
]

/** The first of the client's protocols that is known; without any the oldest one, as the kubelet does. */
export const chooseChannelProtocol = (offered: readonly string[]): ChannelProtocol | undefined =>
  offered.length === 0
    ? { name: undefined, version: 1, base64: false }
    : offered.flatMap((name) => commandProtocols.find((known) => known.name === name) ?? [])[0]

const closeChannel = 255
const unreadLimit = 1024 * 1024

export interface Channels {
  readonly readable: (channel: number) => Readable
  readonly writable: (channel: number) => Writable
  readonly gone: AbortSignal
  /** Sends the close frame after everything written so far. */
  readonly close: () => void
}

const bytesOf = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)

const decodeMessage = (bytes: Buffer, base64: boolean): { channel: number; data: Buffer } | undefined => {
  if (bytes.length === 0) return undefined
  const first = bytes.readUInt8(0)
  return base64
    ? { channel: first - 0x30, data: Buffer.from(bytes.toString('latin1', 1), 'base64') }
    : { channel: first, data: bytes.subarray(1) }
}

/** The channels of one connection. A reader that is slow makes the whole connection wait. */
export const createChannels = (socket: WebSocket, { version, base64 }: ChannelProtocol): Channels => {
  const readers = new Map<number, Readable>()
  const gone = new AbortController()
  socket.on('message', (raw) => {
    const message = decodeMessage(bytesOf(raw), base64)
    if (message === undefined) return
    const { channel, data } = message
    if (version === 5 && channel === closeChannel) {
      const closed = data[0]
      if (closed !== undefined) readers.get(closed)?.push(null)
      return
    }
    const reader = readers.get(channel)
    if (reader === undefined || reader.readableEnded || data.length === 0) return
    reader.push(data)
    if (reader.readableLength > unreadLimit) socket.pause()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    for (const reader of readers.values()) if (!reader.readableEnded) reader.push(null)
    gone.abort()
  })
  const send = (channel: number, data: Buffer, sent: (error?: Error) => void): void => {
    if (base64) socket.send(`${channel}${data.toString('base64')}`, sent)
    else socket.send(Buffer.concat([Buffer.from([channel]), data]), sent)
  }
  return {
    readable: (channel) => {
      const reader = new Readable({ read: () => socket.resume() })
      readers.set(channel, reader)
      return reader
    },
    writable: (channel) => {
      const writer = new Writable({
        write: (data: Buffer, _encoding, done) => send(channel, data, (error) => done(error ?? null)),
      })
      writer.on('error', () => undefined)
      return writer
    },
    gone: gone.signal,
    close: () => {
      socket.resume()
      socket.close(1000)
    },
  }
}

const channelNumbers = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const

const ended = (writer: Writable | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (writer === undefined || writer.closed) return resolve()
    writer.once('close', () => resolve())
    writer.end()
  })

/** Exec and attach over WebSocket (k8s.io/kubelet cri/streaming/remotecommand/websocket.go). */
export const openChannelStreams = (
  socket: WebSocket,
  protocol: ChannelProtocol,
  request: StreamRequest,
): CommandStreams => {
  const channels = createChannels(socket, protocol)
  const relay = createResizeRelay()
  if (request.tty) {
    channels.readable(channelNumbers.resize).on('data', (bytes: Buffer) => {
      const size = parseTerminalSize(bytes.toString())
      if (size !== undefined) relay.push(size)
    })
  }
  const stdout = request.stdout ? channels.writable(channelNumbers.stdout) : undefined
  const stderr = request.stderr && !request.tty ? channels.writable(channelNumbers.stderr) : undefined
  const error = channels.writable(channelNumbers.error)
  // An empty message on the lowest channel that the server writes tells the client that it is connected.
  ;(stdout ?? stderr ?? error).write(Buffer.alloc(0))
  return {
    ...(request.stdin ? { stdin: channels.readable(channelNumbers.stdin) } : {}),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    onResize: relay.onResize,
    gone: channels.gone,
    finish: async (outcome) => {
      await Promise.all([ended(stdout), ended(stderr)])
      const report = protocol.version === 1 ? outcomeText(outcome) : outcomeStatus(outcome)
      if (report !== '') error.write(report)
      await ended(error)
      channels.close()
    },
  }
}
