/** Serves ADS over gRPC to Envoys: the one place that knows of gRPC. */
import type { Duplex } from 'node:stream'
import {
  Server,
  ServerCredentials,
  status,
  type ConnectionInjector,
  type ServerDuplexStream,
  type ServerOptions,
} from '@grpc/grpc-js'
import { CodedError } from '../../primitives/coded-error.ts'
import type { AdsConnection, AdsObserver, AdsServer } from '../protocol/ads-port.ts'
import { AdsSession, type Dialect } from '../protocol/ads-session.ts'
import { ResponseEncoder } from '../protocol/encode-response.ts'
import type { Snapshot } from '../protocol/resource.ts'
import { rememberingChanges } from '../protocol/snapshot-changes.ts'
import type { Changes } from '../protocol/type-stream.ts'
import { OpenConnection, type ConnectionPorts } from './ads-connection.ts'
import { adsService } from './ads-service.ts'
import { proxySyncStatus, type ProxySyncStatus } from './sync-status.ts'
import type { Log } from '../../primitives/log.ts'

export interface AdsServerOptions {
  readonly log: Log
}

/** The ADS server with its sockets and its debug data. */
export interface RunningAdsServer extends AdsServer {
  /** Listens for plaintext gRPC, e.g. on `10.244.0.1:15010`; port 0 takes a free one. Gives the port. */
  readonly listen: (address: string) => Promise<number>
  /** Serves plaintext gRPC on a connection that was accepted elsewhere. */
  readonly accept: (socket: Duplex) => void
  /** What `proxy-status` shows, one entry per open stream. */
  readonly syncStatus: () => readonly ProxySyncStatus[]
  /** What one proxy is to hold, by its connection's id; undefined for a connection that is gone. */
  readonly snapshotOf: (connectionId: string) => Snapshot | undefined
  /** Ends every stream and closes every socket; proxies keep what they have and come back elsewhere. */
  readonly close: () => void
}

type Stream = ServerDuplexStream<Buffer, Buffer>

const unlimited = -1
const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': unlimited,
  'grpc.max_send_message_length': unlimited,
  // A proxy that vanished without a word is noticed.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
}

const versionsOf = (changes: Changes): ReadonlyMap<string, string> =>
  new Map([...changes].map(([name, resource]) => [name, resource?.version ?? '']))

class GrpcAdsServer implements RunningAdsServer {
  readonly #log: AdsServerOptions['log']
  readonly #open = new Map<string, OpenConnection>()
  readonly #described = new Map<string, AdsConnection>()
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #encoder = new ResponseEncoder()
  readonly #compare = rememberingChanges()
  readonly #server = new Server(serverOptions)
  #injector: ConnectionInjector | undefined
  #observer: AdsObserver | undefined
  #lastId = 0

  constructor(options: AdsServerOptions) {
    this.#log = options.log
    this.#server.addService(adsService, {
      streamAggregatedResources: (stream: Stream) => this.#serve('sotw', stream),
      deltaAggregatedResources: (stream: Stream) => this.#serve('delta', stream),
    })
  }

  get connections(): ReadonlyMap<string, AdsConnection> {
    return this.#described
  }

  listen = (address: string): Promise<number> =>
    new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port)
        else
          reject(
            new CodedError('AdsListenFailed', `cannot serve xDS on ${address}: ${error.message}`, {
              cause: error,
            }),
          )
      })
    })

  accept = (socket: Duplex): void => {
    this.#injector ??= this.#server.createConnectionInjector(ServerCredentials.createInsecure())
    this.#injector.injectConnection(socket)
  }

  observe = (observer: AdsObserver): void => {
    this.#observer = observer
    for (const connection of [...this.#described.values()]) observer.onConnect(connection)
  }

  setSnapshot = (connectionId: string, snapshot: Snapshot): void => {
    const connection = this.#open.get(connectionId)
    if (connection === undefined) return
    this.#snapshots.set(connectionId, snapshot)
    connection.setSnapshot(snapshot)
  }

  acknowledged = (connectionId: string, typeUrl: string): ReadonlyMap<string, string> => {
    const stream = this.#open.get(connectionId)?.session.types.find((type) => type.typeUrl === typeUrl)
    return new Map([...(stream?.held.entries() ?? [])].map(([name, held]) => [name, held.version]))
  }

  isDelivered = (connectionId: string, typeUrl: string): boolean =>
    this.#open.get(connectionId)?.session.types.find((type) => type.typeUrl === typeUrl)?.delivered ?? true

  syncStatus = (): readonly ProxySyncStatus[] =>
    [...this.#open.values()].flatMap((connection) => proxySyncStatus(connection) ?? [])

  snapshotOf = (connectionId: string): Snapshot | undefined => this.#snapshots.get(connectionId)

  close = (): void => {
    this.#injector?.destroy()
    this.#server.forceShutdown()
  }

  #serve(dialect: Dialect, stream: Stream): void {
    this.#lastId += 1
    const connection = new OpenConnection(
      String(this.#lastId),
      new AdsSession(dialect, this.#compare),
      this.#portsOf(stream),
    )
    this.#open.set(connection.id, connection)
    stream.on('data', (message: Buffer) => {
      const taken = connection.receive(message)
      if (taken.ok) return
      this.#log('xDS stream refused', { peer: stream.getPeer(), reason: taken.error })
      stream.emit('error', { code: status.INVALID_ARGUMENT, details: taken.error })
      this.#forget(connection)
    })
    stream.on('end', () => stream.end())
    stream.on('error', () => this.#forget(connection))
    stream.on('cancelled', () => this.#forget(connection))
    stream.on('close', () => this.#forget(connection))
  }

  #portsOf(stream: Stream): ConnectionPorts {
    return {
      encoder: this.#encoder,
      // Back-pressure is the protocol's: at most one response of a type is on its way.
      write: (message) => stream.write(message),
      onIdentified: (connection) => {
        const described = connection.described
        if (described === undefined) return
        this.#described.set(connection.id, described)
        this.#log('proxy connected', {
          proxy: described.proxy.id,
          connection: connection.id,
          peer: stream.getPeer(),
        })
        this.#observer?.onConnect(described)
      },
      onAcknowledged: (connection, typeUrl, changes) => {
        const described = connection.described
        if (described !== undefined) this.#observer?.onAcknowledged(described, typeUrl, versionsOf(changes))
      },
      onRefused: (connection, { typeUrl, changes, message }) => {
        const described = connection.described
        if (described === undefined) return
        const resources = versionsOf(changes)
        this.#log('proxy refused configuration', {
          proxy: described.proxy.id,
          typeUrl,
          resources: [...resources.keys()],
          message,
        })
        this.#observer?.onRejected(described, { typeUrl, message, resources })
      },
      onWithoutVirtualHosts: (connection) => {
        const described = connection.described
        if (described === undefined) return
        this.#log('proxy does not ask for virtual hosts', {
          proxy: described.proxy.id,
          connection: connection.id,
        })
        this.#observer?.onWithoutVirtualHosts(described)
      },
    }
  }

  #forget(connection: OpenConnection): void {
    if (!this.#open.delete(connection.id)) return
    connection.close()
    this.#snapshots.delete(connection.id)
    const described = this.#described.get(connection.id)
    if (described === undefined) return
    this.#described.delete(connection.id)
    this.#log('proxy disconnected', { proxy: described.proxy.id, connection: connection.id })
    this.#observer?.onDisconnect(described)
  }
}

/** Makes the server; it does nothing until `listen` or `accept` is called. */
export const createAdsServer = (options: AdsServerOptions): RunningAdsServer => new GrpcAdsServer(options)
