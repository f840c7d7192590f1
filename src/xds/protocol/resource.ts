/** The xDS protocol as state machines: subscriptions, order, deltas, nonces. No sockets. */
import type { Origin } from '../../mesh/model/origin.ts'

/** One Envoy resource, encoded once per content and shared by every proxy and every response. */
export interface EncodedResource {
  readonly typeUrl: string
  readonly name: string
  /** Hash of `body`: equal versions have equal bytes. */
  readonly version: string
  /** The serialized message, without its Any envelope. */
  readonly body: Uint8Array
  /** The users' objects that the resource was generated from. */
  readonly origins: readonly Origin[]
}

/** Everything that one proxy is to hold, by type URL and resource name. Immutable; compare by identity, then version. */
export interface Snapshot {
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, EncodedResource>>
}
