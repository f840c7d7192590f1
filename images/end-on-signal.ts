/**
 * How a server program lives and ends: kept connections stay open while it runs; at its end no new connection, each
 * request under way finished, then out at once.
 */
import type { Server as Http1Server, ServerResponse } from 'node:http'
import type { Http2Server, Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import type { Server } from 'node:net'

type Response = ServerResponse | Http2ServerResponse

/** What speaks HTTP behind a listener: the listener itself, or servers that it hands its connections to. */
export type HttpServer = Http1Server | Http2Server

const isHttp1 = (server: Server | HttpServer): server is Http1Server => 'closeIdleConnections' in server

/** Keeps count of the requests that a server is answering; `drain` is done when none is left. */
const trackRequests = (server: HttpServer): { readonly drain: () => Promise<void> } => {
  const open = new Set<Response>()
  const sessions = new Set<ServerHttp2Session>()
  let draining = false
  let drained = (): void => undefined
  const onRequest = (_request: unknown, response: Response): void => {
    open.add(response)
    if (draining && isHttp1(server)) response.setHeader('connection', 'close')
    response.once('close', () => {
      open.delete(response)
      if (open.size === 0) drained()
    })
  }
  const onSession = (session: ServerHttp2Session): void => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  }
  if (isHttp1(server)) server.prependListener('request', onRequest)
  else server.prependListener('request', onRequest).on('session', onSession)
  return {
    drain: () =>
      new Promise((resolve) => {
        draining = true
        drained = resolve
        if (isHttp1(server)) server.closeIdleConnections()
        for (const session of sessions) session.close()
        for (const response of open)
          if (isHttp1(server) && !response.headersSent) response.setHeader('connection', 'close')
        if (open.size === 0) resolve()
      }),
  }
}

/**
 * Ends the program at SIGTERM or SIGINT. `servers` are those that speak HTTP: absent, the listener when it does.
 * Whoever ends a container waits for its grace period, so a request may take as long as it takes.
 */
export const endOnSignal = (
  listener: Server,
  servers: readonly HttpServer[] = isHttp1(listener) ? [listener] : [],
): void => {
  // Node closes a kept connection after 5 s of silence, just when a proxy may send the next request on it: that one is
  // answered 503. The originals (Go's net/http, Python's servers) keep connections until the client lets go.
  for (const server of servers) if (isHttp1(server)) server.keepAliveTimeout = 0
  const tracked = servers.map(trackRequests)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      listener.close()
      void Promise.all(tracked.map(({ drain }) => drain())).then(() => process.exit(0))
    })
  }
}
