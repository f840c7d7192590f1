/** HTTP/1.1 and cleartext HTTP/2 with prior knowledge on one port. */
import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer, type Server } from 'node:net'
import type { HttpServer } from '../end-on-signal.ts'

export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

export interface CleartextServer {
  /** What listens. */
  readonly listener: Server
  /** What speaks HTTP on its connections. */
  readonly servers: readonly HttpServer[]
}

/** HTTP/2's connection preface (RFC 9113, section 3.4): who begins so speaks h2c with prior knowledge. */
const preface = 'PRI * HTTP/2.0'

export const createCleartextServer = (
  handle: (request: AnyRequest, response: AnyResponse) => void,
): CleartextServer => {
  const http1 = createHttp1Server(handle)
  const http2 = createHttp2Server(handle)
  const listener = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    const choose = (): void => {
      const first: Buffer | null = socket.read()
      if (first === null) {
        if (!socket.readableEnded) socket.once('readable', choose)
        return
      }
      socket.unshift(first)
      const isHttp2 = first.subarray(0, preface.length).toString('latin1') === preface.slice(0, first.length)
      const target = isHttp2 ? http2 : http1
      target.emit('connection', socket)
    }
    socket.once('readable', choose)
  })
  return { listener, servers: [http1, http2] }
}
