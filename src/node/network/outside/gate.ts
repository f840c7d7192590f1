/** The gate to the outside, in the host's network: opens connections and asks the host's resolvers for the cluster. */
import { createServer, connect, type Server, type Socket } from 'node:net'
import type { DnsForwarder } from '../dns-forwarder.ts'
import { CONNECTED, decodeGateRequest, isOutside, type GateRequest } from './gate-message.ts'

export interface GateOptions {
  readonly forward: DnsForwarder
}

/**
 * To listen on a Unix socket, which crosses network namespaces. Nothing of it is to be seen on the host: connections
 * are this process's own, by the host's routes. A connection that cannot be made is closed without a byte.
 */
export const createGate = ({ forward }: GateOptions): Server =>
  createServer({ allowHalfOpen: true }, (client) => {
    let bytes = Buffer.alloc(0)
    const end = (): void => void client.destroy()
    client.on('error', end)
    const read = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      const decoded = decodeGateRequest(bytes)
      if (decoded.kind === 'malformed') return end()
      if (decoded.kind === 'incomplete') return
      client.off('data', read)
      client.pause()
      if (decoded.rest.length > 0) client.unshift(decoded.rest)
      serve(client, decoded.request, forward)
    }
    client.on('data', read)
  })

const serve = (client: Socket, request: GateRequest, forward: DnsForwarder): void => {
  if (request.kind === 'connect') return connectOutside(client, request)
  const gone = new AbortController()
  client.once('close', () => gone.abort())
  void forward(request.query, gone.signal).then((answer) => client.end(answer ?? ''))
}

const connectOutside = (
  client: Socket,
  { address, port }: Extract<GateRequest, { readonly kind: 'connect' }>,
): void => {
  if (!isOutside(address)) return void client.destroy()
  const server = connect({ host: address, port, allowHalfOpen: true, noDelay: true })
  server.on('connect', () => {
    client.write(Uint8Array.of(CONNECTED))
    joinSockets(client, server)
  })
  server.on('error', () => client.destroy())
  client.on('close', () => server.destroy())
}

/** Both directions, half-closes too; the end of one by an error is the end of the other. */
export const joinSockets = (left: Socket, right: Socket): void => {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', (failed) => {
      if (failed) to.destroy()
    })
    from.pipe(to)
  }
}
