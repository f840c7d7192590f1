/** Forwards ports into pods: to 127.0.0.1 inside the pod, as a kubelet does. */
import { connect, type Socket } from 'node:net'
import { finished } from 'node:stream'
import type { Duplex, Readable, Writable } from 'node:stream'
import { createWebSocketStream, type WebSocket } from 'ws'
import type { PodAddress } from '../ports.ts'
import { serveSpdy, type SpdyStream } from './spdy-session.ts'
import { createChannels, type ChannelProtocol } from './websocket-channels.ts'

export interface ForwardTarget {
  readonly pod: PodAddress
  /** `<pod>_<namespace>`, for messages. */
  readonly name: string
  /**
   * The source address that the pod's network delivers to its own 127.0.0.1 (node/network/pod-network.ts). So a
   * forwarded port costs one connection of the kernel and no process inside the pod.
   */
  readonly source: string
}

const portOf = (text: string | undefined): number | undefined => {
  const port = Number(text)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
}

const failureText = (port: number, { pod, name }: ForwardTarget, error: Error): string => {
  const reason = 'code' in error && typeof error.code === 'string' ? reasons[error.code] : undefined
  return (
    `error forwarding port ${port} to pod ${name}, uid ${pod.uid}: ` +
    `failed to connect to localhost:${port} inside namespace ${JSON.stringify(pod.networkNamespace)}: ` +
    `dial tcp4 127.0.0.1:${port}: connect: ${reason ?? error.message}`
  )
}

interface ForwardEnds {
  readonly input: Readable
  readonly output: Writable
  readonly onFailure: (message: string) => void
  readonly onEnd: () => void
}

/** Both directions end one after the other (half-close); a failure of either side ends both. */
const relay = (
  target: ForwardTarget,
  port: number,
  { input, output, onFailure, onEnd }: ForwardEnds,
): Socket => {
  const socket = connect({
    host: target.pod.ip,
    port,
    localAddress: target.source,
    allowHalfOpen: true,
    noDelay: true,
  })
  let connected = false
  socket.on('connect', () => (connected = true))
  socket.on('error', (error) => {
    if (!connected) onFailure(failureText(port, target, error))
  })
  input.pipe(socket)
  socket.pipe(output)
  finished(input, { writable: false }, (error) => {
    if (error) socket.destroy()
  })
  finished(output, { readable: false }, (error) => {
    if (error) socket.destroy()
  })
  socket.on('close', onEnd)
  return socket
}

const endAfter = (stream: Duplex, text: string): void => {
  stream.resume()
  stream.end(text)
}

const startPair = (target: ForwardTarget, data: SpdyStream, error: SpdyStream): void => {
  const port = portOf(data.headers['port'])
  if (port === undefined) {
    endAfter(error.duplex, `unable to parse ${JSON.stringify(data.headers['port'])} as a port`)
    endAfter(data.duplex, '')
    return
  }
  let failure = ''
  relay(target, port, {
    input: data.duplex,
    output: data.duplex,
    onFailure: (message) => (failure = message),
    onEnd: () => {
      endAfter(error.duplex, failure)
      endAfter(data.duplex, '')
    },
  })
}

/**
 * SPDY streams in pairs: `streamtype: error` and `streamtype: data` with the same `requestid`, one pair per connection
 * (k8s.io/kubelet cri/streaming/portforward/httpstream.go). `transport` is a socket or SPDY tunnelled in a WebSocket.
 */
export const forwardSpdy = async (transport: Duplex, target: ForwardTarget): Promise<void> => {
  const waiting = new Map<string, SpdyStream>()
  const session = serveSpdy(transport, (stream) => {
    const { headers, duplex } = stream
    const type = headers['streamtype']
    if (type !== 'data' && type !== 'error') {
      duplex.destroy()
      return
    }
    // Clients without request ids open the error stream first and the data stream right after it.
    const request = headers['requestid'] ?? String(type === 'error' ? stream.id : stream.id - 2)
    const other = waiting.get(request)
    if (other === undefined) {
      waiting.set(request, stream)
      duplex.once('close', () => waiting.delete(request))
      return
    }
    waiting.delete(request)
    if (type === 'data') startPair(target, stream, other)
    else startPair(target, other, stream)
  })
  await session.closed
}

/** SPDY inside WebSocket messages (subprotocol `SPDY/3.1+portforward.k8s.io`). */
export const forwardTunnel = (socket: WebSocket, target: ForwardTarget): Promise<void> =>
  forwardSpdy(createWebSocketStream(socket), target)

/**
 * Two channels per port, data 2n and error 2n+1, each beginning with the port as two bytes, little endian
 * (k8s.io/kubelet cri/streaming/portforward/websocket.go). The protocol cannot half-close.
 */
export const forwardChannels = async (
  socket: WebSocket,
  protocol: ChannelProtocol,
  ports: readonly number[],
  target: ForwardTarget,
): Promise<void> => {
  const channels = createChannels(socket, protocol)
  await Promise.all(
    ports.map((port, index) => {
      const output = channels.writable(index * 2)
      const error = channels.writable(index * 2 + 1)
      const portBytes = Buffer.alloc(2)
      portBytes.writeUInt16LE(port)
      output.write(portBytes)
      error.write(portBytes)
      return new Promise<void>((resolve) => {
        relay(target, port, {
          input: channels.readable(index * 2),
          output,
          onFailure: (message) => void error.write(message),
          onEnd: () => void error.end(resolve),
        })
      })
    }),
  )
  channels.close()
}

/** `ports=8080,9090`, also repeated; undefined when one of them is no port or none is given. */
export const parsePorts = (query: URLSearchParams): readonly number[] | undefined => {
  const texts = [...query.getAll('ports'), ...query.getAll('port')].flatMap((text) => text.split(','))
  const ports = texts.flatMap((text) => portOf(text) ?? [])
  return texts.length > 0 && ports.length === texts.length ? ports : undefined
}
