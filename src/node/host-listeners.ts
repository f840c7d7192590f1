/** The port through which the node, inside the cluster's network, listens on the host. */
import type { Server } from 'node:net'

/** Opens listening sockets in the host's network namespace (the supervisor does it and hands the socket over). */
export interface HostListeners {
  /**
   * A listening server on the host's `address:port`; connections arrive through its 'connection' event.
   * Throws CodedError `host-port-in-use` or `host-port-forbidden`.
   */
  readonly open: (address: string, port: number) => Promise<Server>
  readonly close: (address: string, port: number) => Promise<void>
}
