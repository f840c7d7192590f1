import type { ClusterClient } from '../cluster/cluster-client.ts'
import type { InstanceConfig } from './instance-config.ts'
import type { Log } from './log.ts'
import type { HostSockets } from './socket-broker.ts'

export interface MeshOptions {
  readonly cluster: ClusterClient
  readonly sockets: HostSockets
  readonly config: InstanceConfig
  readonly log: Log
}

/** The control plane: xDS inside the cluster, and on the host where the user asked for it. */
export const runMesh = async (_options: MeshOptions, signal: AbortSignal): Promise<void> => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
