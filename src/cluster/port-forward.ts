/** A byte stream to a port of a pod, through the API server: what `kubectl port-forward` does for one connection. */
import { createHash, randomBytes } from 'node:crypto'
import * as http from 'node:http'
import * as https from 'node:https'
import { Duplex } from 'node:stream'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { type ClusterEndpoint, endpointName } from './endpoint.ts'
import { apiErrorOf } from './failure-status.ts'
import { authorizationOf, connectionOptions, prefixOf, readBody } from './http-transport.ts'
import {
  createServerFrameDecoder,
  encodeClientFrame,
  opcodes,
  type WebSocketMessage,
} from './websocket-frames.ts'

export interface PodPort {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

const protocol = 'v4.channel.k8s.io'
/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const dataChannel = 0
const errorChannel = 1
/** Each channel begins with the port, two bytes. */
const portBytes = 2
/** Bytes in one message. */
const largestWrite = 64 * 1024

interface Upgraded {
  readonly socket: Duplex
  readonly head: Buffer
}

const upgrade = (
  endpoint: ClusterEndpoint,
  { namespace, pod, port }: PodPort,
  signal: AbortSignal,
): Promise<Upgraded> =>
  new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64')
    const secure = !('socketPath' in endpoint) && new URL(endpoint.server).protocol === 'https:'
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`
    const request = (secure ? https : http).request({
      ...connectionOptions(endpoint),
      method: 'GET',
      path: prefixOf(endpoint) + path,
      agent: false,
      signal,
      headers: {
        ...authorizationOf(endpoint),
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        'sec-websocket-protocol': protocol,
      },
    })
    request.on('error', (error) => {
      reject(
        new CodedError('cluster-unreachable', `cannot reach ${endpointName(endpoint)}: ${messageOf(error)}`, {
          cause: error,
        }),
      )
    })
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      readBody({ status, headers: response.headers, body: response }, endpoint)
        .then((body) => reject(apiErrorOf(status, body)))
        .catch(reject)
    })
    request.on('upgrade', (response, socket, head) => {
      const expected = createHash('sha1')
        .update(key + acceptSuffix)
        .digest('base64')
      if (response.headers['sec-websocket-accept'] === expected) return resolve({ socket, head })
      socket.destroy()
      reject(new CodedError('websocket-protocol-error', 'the server did not accept the WebSocket upgrade'))
    })
    request.end()
  })

const send = (
  socket: Duplex,
  opcode: number,
  payload: Buffer,
  sent?: (error?: Error | null) => void,
): void => {
  socket.write(encodeClientFrame(opcode, payload, randomBytes(4)), sent)
}

/** What is written goes out on the data channel; what comes in is pushed by the receiver. */
const sendingStream = (socket: Duplex): Duplex =>
  new Duplex({
    read: () => void socket.resume(),
    write: (data: Buffer, _encoding, done) => {
      for (let start = 0; start < data.length; start += largestWrite) {
        const part = data.subarray(start, start + largestWrite)
        const last = start + largestWrite >= data.length
        send(
          socket,
          opcodes.binary,
          Buffer.concat([Buffer.from([dataChannel]), part]),
          last ? done : undefined,
        )
      }
      if (data.length === 0) done()
    },
    destroy: (error, done) => {
      if (socket.writable) {
        send(socket, opcodes.close, Buffer.from([0x03, 0xe8]))
        socket.end()
      }
      done(error)
    },
  })

/** Channel messages of one port as a stream. The protocol cannot half-close: ending it closes both directions. */
const channelStream = ({ socket, head }: Upgraded): Duplex => {
  const decode = createServerFrameDecoder()
  const begun = new Set<number>()
  let failure = ''
  const stream = sendingStream(socket)
  const receiveChannel = (payload: Buffer): void => {
    const channel = payload[0] ?? -1
    const skip = begun.has(channel) ? 1 : 1 + portBytes
    if (payload.length < skip) return
    begun.add(channel)
    const data = payload.subarray(skip)
    if (channel === errorChannel) failure += data.toString()
    else if (channel === dataChannel && data.length > 0 && !stream.push(data)) socket.pause()
  }
  const finish = (): void => {
    if (failure !== '') stream.destroy(new CodedError('port-forward-failed', failure))
    else if (!stream.readableEnded) stream.push(null)
  }
  const receive = ({ opcode, payload }: WebSocketMessage): void => {
    if (opcode === opcodes.binary) receiveChannel(payload)
    else if (opcode === opcodes.ping) send(socket, opcodes.pong, payload)
    else if (opcode === opcodes.close) finish()
  }
  const onBytes = (bytes: Buffer): void => {
    try {
      for (const message of decode(bytes)) receive(message)
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(messageOf(error)))
      socket.destroy()
    }
  }
  // What came with the upgrade may already be a failure: the caller must be able to listen first.
  socket.pause()
  if (head.length > 0) socket.unshift(head)
  socket.on('data', onBytes)
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', finish)
  setImmediate(() => socket.resume())
  return stream
}

/**
 * Connects to `port` on 127.0.0.1 inside the pod. Throws ApiError with the server's Status (no such pod), and CodedError
 * `cluster-unreachable`; when nothing listens on the port the stream fails with CodedError `port-forward-failed`.
 * Give it to `http.request({ createConnection: () => stream })` for a request.
 */
export const openPodPort = async (
  endpoint: ClusterEndpoint,
  target: PodPort,
  signal: AbortSignal,
): Promise<Duplex> => channelStream(await upgrade(endpoint, target, signal))
