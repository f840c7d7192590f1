/** HTTP requests passed on byte for byte: to the node for logs and streams, to pods for the proxy subresources. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '../primitives/coded-error.ts'
import { refuse, type RelayAnswer } from './api-request.ts'
import { webSocketPieces } from './websocket-pieces.ts'
import { serviceUnavailable } from '../machinery/status-errors.ts'

export interface RelayRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body?: Buffer
  readonly signal: AbortSignal
}

// RFC 9110 section 7.6.1: they concern one connection, not the message.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers without those of the connection, and without the credentials that were meant for this server. */
export const forwardedHeaders = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] => {
      if (value === undefined || hopByHop.has(name) || name === 'authorization' || name === 'content-length')
        return []
      return [[name, typeof value === 'string' ? value : [...value]]]
    }),
  )

const answered = (socket: Duplex, request: RelayRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        method: request.method,
        path: request.path,
        headers: { ...request.headers, connection: 'close' },
        signal: request.signal,
        createConnection: () => socket,
      },
      resolve,
    )
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })

/** Sends a request over a connection and gives the answer as it comes; throws 503 when there is no one there. */
export const relayHttp = async (
  connect: () => Promise<Duplex>,
  request: RelayRequest,
): Promise<RelayAnswer> => {
  try {
    const answer = await answered(await connect(), request)
    return {
      kind: 'relay',
      code: answer.statusCode ?? 502,
      headers: forwardedHeaders(answer.headers),
      chunks: answer,
    }
  } catch (error) {
    return refuse(serviceUnavailable(`error trying to reach the backend: ${messageOf(error)}`))
  }
}

const requestHead = (request: IncomingMessage, path: string): string => {
  const lines: string[] = []
  const raw = request.rawHeaders
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (name.toLowerCase() !== 'authorization') lines.push(`${name}: ${raw[index + 1] ?? ''}`)
  }
  return `${request.method ?? 'GET'} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

const written = (socket: Duplex, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())))

/**
 * Each message of a WebSocket goes out in a write, and so a TLS record, of its own: clients that wait for their socket to be
 * readable (the Python client) do not see a second message that came with the first one.
 */
const relayMessages = async (backend: Duplex, client: Duplex): Promise<void> => {
  for await (const piece of webSocketPieces(backend)) await written(client, piece)
  client.end()
}

/** Joins a connection that asked for an upgrade (WebSocket, SPDY) with a backend, from the request's head on. */
export const relayUpgrade = (
  client: Duplex,
  backend: Duplex,
  request: { readonly incoming: IncomingMessage; readonly head: Buffer; readonly path: string },
): void => {
  const end = (): void => {
    client.destroy()
    backend.destroy()
  }
  const isWebSocket = request.incoming.headers.upgrade?.toLowerCase() === 'websocket'
  client.on('error', end).on('close', end)
  backend.on('error', end)
  backend.write(requestHead(request.incoming, request.path))
  if (request.head.length > 0) backend.write(request.head)
  client.pipe(backend)
  if (isWebSocket) {
    relayMessages(backend, client).catch(end)
    return
  }
  backend.on('close', end)
  backend.pipe(client)
}
