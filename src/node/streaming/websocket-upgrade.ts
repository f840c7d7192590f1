/** Accepts WebSocket upgrades (RFC 6455) with the subprotocol that the caller chose. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'

export const isWebSocketRequest = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket'

/** The client's subprotocols in its order. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '')

/** Messages are channel data; clients send far less at once. */
const largestMessage = 32 * 1024 * 1024

/** `protocol` undefined: the client named none. */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string | undefined,
): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: largestMessage,
    })
    // `SPDY/3.1+portforward.k8s.io` is no token (RFC 7230), so the library would refuse it: it goes around it.
    delete request.headers['sec-websocket-protocol']
    server.on('headers', (headers) => {
      if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
    })
    server.on('wsClientError', reject)
    server.handleUpgrade(request, socket, head, resolve)
  })
