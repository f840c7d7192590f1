import { createServer, type Server } from 'node:net'
import * as net from 'node:net'
import { CodedError, errorCodeOf } from '../primitives/coded-error.ts'

/**
 * Listening sockets that outlive their server: the supervisor binds them in the host's network namespace and keeps
 * them open; `server` and `node` ask for them by IPC, again after a restart, and listen on what they receive.
 * While a server is away, its connections wait in the kernel's backlog instead of being refused. The API server's
 * socket outlives the supervisor too: the instance's init inherits it from `weft up` and hands it to each supervisor.
 */
export interface OpenRequest {
  readonly type: 'open'
  readonly id: number
  readonly address: string
  readonly port: number
}

export interface CloseRequest {
  readonly type: 'close'
  readonly id: number
  readonly address: string
  readonly port: number
}

export type BrokerRequest = OpenRequest | CloseRequest

export interface BrokerReply {
  readonly type: 'opened' | 'closed' | 'failed'
  readonly id: number
  /** With 'failed': the system's code, such as EADDRINUSE. */
  readonly code?: string
}

/** A bound socket (libuv's TCP handle). It must not listen here: whoever listens also accepts. */
interface BoundHandle {
  readonly fd: number
  readonly close: () => void
  /** TCP has it; what was inherited may be something else. */
  readonly getsockname?: (out: { port?: number }) => number
}

type CreateServerHandle = (
  ...bind:
    | readonly [address: string, port: number, addressType: 4, fd: undefined, flags: 0]
    | readonly [address: undefined, port: undefined, addressType: 4, fd: number, flags: 0]
) => BoundHandle | number

/**
 * Node's own `cluster` module makes the sockets that workers share with this function; it is the only way in Node to
 * have a bound socket without accepting from it. A number is the negated errno.
 */
const createServerHandle = (net as unknown as { readonly _createServerHandle: CreateServerHandle })
  ._createServerHandle

/** A socket that the process inherited as a file descriptor, and that outlives it: its parent has it too. */
export interface InheritedSocket {
  readonly address: string
  readonly port: number
  readonly fd: number
}

/** Binds `address:port` to be inherited by a child; throws the errors of `HostSockets`. */
export const bindInheritable = (
  address: string,
  port: number,
): { readonly fd: number; readonly close: () => void } => {
  const made = createServerHandle(address, port, 4, undefined, 0)
  if (typeof made === 'number') throw failureOf(errnoNames[made] ?? `errno ${-made}`, address, port)
  // libuv keeps an address in use to itself until one listens: then the socket has no port.
  if (portOf(made) === port) return made
  made.close()
  throw failureOf('EADDRINUSE', address, port)
}

const portOf = (handle: BoundHandle): number | undefined => {
  const out: { port?: number } = {}
  return handle.getsockname?.(out) === 0 ? out.port : undefined
}

const adopt = ({ port, fd }: InheritedSocket): BoundHandle | undefined => {
  const made = createServerHandle(undefined, undefined, 4, fd, 0)
  return typeof made === 'number' || portOf(made) !== port ? undefined : made
}

const errnoNames: Readonly<Record<number, string>> = {
  [-13]: 'EACCES',
  [-98]: 'EADDRINUSE',
  [-99]: 'EADDRNOTAVAIL',
}

export interface SocketBroker {
  /** The handle to send beside the reply. */
  readonly handle: (request: BrokerRequest) => { readonly reply: BrokerReply; readonly socket?: BoundHandle }
  readonly closeAll: () => void
}

export const createSocketBroker = (inherited?: InheritedSocket): SocketBroker => {
  const bound = new Map<string, BoundHandle>()
  const adopted = inherited === undefined ? undefined : adopt(inherited)
  if (inherited !== undefined && adopted !== undefined) {
    bound.set(`${inherited.address}:${inherited.port}`, adopted)
  }

  const open = (request: OpenRequest): ReturnType<SocketBroker['handle']> => {
    const key = `${request.address}:${request.port}`
    const made = bound.get(key) ?? createServerHandle(request.address, request.port, 4, undefined, 0)
    if (typeof made === 'number') {
      return { reply: { type: 'failed', id: request.id, code: errnoNames[made] ?? `errno ${-made}` } }
    }
    bound.set(key, made)
    return { reply: { type: 'opened', id: request.id }, socket: made }
  }

  return {
    handle: (request) => {
      if (request.type === 'open') return open(request)
      const key = `${request.address}:${request.port}`
      bound.get(key)?.close()
      bound.delete(key)
      return { reply: { type: 'closed', id: request.id } }
    },
    closeAll: () => {
      for (const handle of bound.values()) handle.close()
      bound.clear()
    },
  }
}

/** The side of `server` and `node`: the parent's IPC channel. */
export interface BrokerChannel {
  readonly send: (message: BrokerRequest) => void
  readonly onMessage: (listener: (message: unknown, handle: unknown) => void) => void
}

export interface HostSockets {
  /** Listens on the host's `address:port`. Throws `host-port-in-use`, `host-port-forbidden` or `host-port-unavailable`. */
  readonly listen: (server: Server, address: string, port: number) => Promise<void>
  readonly open: (address: string, port: number) => Promise<Server>
  readonly close: (address: string, port: number) => Promise<void>
}

const failureOf = (code: string | undefined, address: string, port: number): CodedError => {
  const place = `${address}:${port}`
  switch (code) {
    case 'EADDRINUSE':
      return new CodedError('host-port-in-use', `${place} is in use on this host by another program`)
    case 'EACCES':
      return new CodedError(
        'host-port-forbidden',
        `${place}: ports below 1024 are not allowed for this user on this host`,
      )
    default:
      return new CodedError('host-port-unavailable', `${place} cannot be opened on this host (${code})`)
  }
}

const listening = (server: Server, handle: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(handle, 1024, () => {
      server.off('error', reject)
      resolve()
    })
  })

const isReply = (message: unknown): message is BrokerReply =>
  typeof message === 'object' && message !== null && 'type' in message && 'id' in message

/** Asks the supervisor for sockets; each call may be repeated, the supervisor answers with the socket that it has. */
export const connectHostSockets = (channel: BrokerChannel): HostSockets => {
  let lastId = 0
  const waiting = new Map<number, (reply: BrokerReply, handle: unknown) => void>()
  channel.onMessage((message, handle) => {
    if (!isReply(message)) return
    waiting.get(message.id)?.(message, handle)
    waiting.delete(message.id)
  })
  const ask = (type: 'open' | 'close', address: string, port: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1
      waiting.set(lastId, (reply, handle) => {
        if (reply.type === 'failed') reject(failureOf(reply.code, address, port))
        else resolve(handle)
      })
      channel.send({ type, id: lastId, address, port })
    })
  const listen = async (server: Server, address: string, port: number): Promise<void> => {
    const handle = await ask('open', address, port)
    try {
      await listening(server, handle)
    } catch (error) {
      // libuv reports an address in use when it listens, not when it binds.
      await ask('close', address, port)
      throw failureOf(errorCodeOf(error), address, port)
    }
  }
  return {
    listen,
    open: async (address, port) => {
      const server = createServer({ allowHalfOpen: true })
      await listen(server, address, port)
      return server
    },
    close: async (address, port) => {
      await ask('close', address, port)
    },
  }
}
