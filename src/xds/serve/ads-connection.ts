/** One open ADS stream: bytes in, the state machine, bytes out, and word to whoever observes. */
import { ROUTE_TYPE, VIRTUAL_HOST_TYPE, type AdsConnection } from '../protocol/ads-port.ts'
import type { AdsSession, SessionOutput } from '../protocol/ads-session.ts'
import { decodeRequest, type NodeOfRequest } from '../protocol/decode-request.ts'
import type { ResponseEncoder } from '../protocol/encode-response.ts'
import { parseProxyIdentity } from '../protocol/proxy-identity.ts'
import type { Snapshot } from '../protocol/resource.ts'
import type { Changes } from '../protocol/type-stream.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'

/** Milliseconds after the acknowledgement of a route table in which a client that knows VHDS has asked for it. */
const virtualHostPatience = 2000
/** Milliseconds that routes wait for a proxy to ask for the endpoints of its new clusters. */
const warmingPatience = 2000

export interface ConnectionPorts {
  readonly encoder: ResponseEncoder
  readonly write: (message: Buffer) => void
  readonly onIdentified: (connection: OpenConnection) => void
  readonly onAcknowledged: (connection: OpenConnection, typeUrl: string, changes: Changes) => void
  readonly onRefused: (
    connection: OpenConnection,
    refused: { readonly typeUrl: string; readonly changes: Changes; readonly message: string },
  ) => void
  readonly onWithoutVirtualHosts: (connection: OpenConnection) => void
}

export class OpenConnection {
  readonly id: string
  readonly session: AdsSession
  /** Snapshots set so far. */
  generation = 0
  /** The generation that the proxy holds in full; 0: none yet. */
  heldGeneration = 0
  readonly #ports: ConnectionPorts
  #described: AdsConnection | undefined
  #waiting: NodeJS.Timeout | undefined
  /** Runs from the first acknowledged route table until virtual hosts are asked for; once in a stream's life. */
  #virtualHostTimer: NodeJS.Timeout | undefined
  #closed = false
  /** What is to be done; an observer's call while it is done only adds to it. */
  readonly #outputs: SessionOutput[] = []
  #draining = false

  constructor(id: string, session: AdsSession, ports: ConnectionPorts) {
    this.id = id
    this.session = session
    this.#ports = ports
  }

  /** undefined until the first request named the proxy. */
  get described(): AdsConnection | undefined {
    return this.#described
  }

  /** Takes one message off the stream. Fails with what is wrong with it; the stream is to be ended then. */
  receive(message: Uint8Array): Result<undefined, string> {
    let decoded
    try {
      decoded = decodeRequest(this.session.dialect, message)
    } catch (error) {
      return fail(`the request is not a discovery request: ${messageOf(error)}`)
    }
    if (decoded.request.typeUrl === '')
      return fail('the request has no type_url: ADS needs one in every request')
    if (this.#described === undefined) {
      const identified = this.#identify(decoded.node)
      if (!identified.ok) return identified
    }
    this.#perform(this.session.request(decoded.request))
    return ok(undefined)
  }

  #identify(node: NodeOfRequest | undefined): Result<undefined, string> {
    const delta = this.session.dialect === 'delta'
    const identity = parseProxyIdentity(node?.id ?? '', node?.metadata ?? {}, delta)
    if (!identity.ok) return identity
    this.#described = { id: this.id, proxy: identity.value }
    this.#ports.onIdentified(this)
    return ok(undefined)
  }

  setSnapshot(snapshot: Snapshot): void {
    this.generation += 1
    this.#perform(this.session.setSnapshot(snapshot))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#waiting)
    clearTimeout(this.#virtualHostTimer)
  }

  #expectVirtualHosts(acknowledgedType: string): void {
    if (acknowledgedType !== ROUTE_TYPE || this.session.dialect !== 'delta') return
    this.#virtualHostTimer ??= setTimeout(() => {
      const asked = this.session.types.some(({ typeUrl }) => typeUrl === VIRTUAL_HOST_TYPE)
      if (!asked && !this.#closed) this.#ports.onWithoutVirtualHosts(this)
    }, virtualHostPatience).unref()
  }

  #perform(outputs: readonly SessionOutput[]): void {
    this.#outputs.push(...outputs)
    if (this.#draining) return
    this.#draining = true
    for (let output = this.#outputs.shift(); output !== undefined; output = this.#outputs.shift()) {
      if (!this.#closed) this.#performOne(output)
    }
    this.#draining = false
    if (this.session.types.every((stream) => stream.settled)) this.heldGeneration = this.generation
    this.#watchWarming()
  }

  #performOne(output: SessionOutput): void {
    switch (output.kind) {
      case 'send':
        this.#ports.write(
          Buffer.concat([...this.#ports.encoder.encode(this.session.dialect, output.response)]),
        )
        return
      case 'acknowledged':
        this.#ports.onAcknowledged(this, output.typeUrl, output.changes)
        this.#expectVirtualHosts(output.typeUrl)
        return
      case 'refused':
        this.#ports.onRefused(this, output)
        return
    }
  }

  #watchWarming(): void {
    if (!this.session.waiting || this.#closed) {
      clearTimeout(this.#waiting)
      this.#waiting = undefined
      return
    }
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined
      this.#perform(this.session.stopWaiting())
    }, warmingPatience).unref()
  }
}
