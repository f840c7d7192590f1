/** How far each proxy is with what it is to hold: the data of `proxy-status`. */
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
} from '../protocol/ads-port.ts'
import type { TypeStream } from '../protocol/type-stream.ts'
import type { OpenConnection } from './ads-connection.ts'

export type SyncState = 'SYNCED' | 'NOT SENT' | 'STALE' | 'NACK'

export interface TypeSyncStatus {
  readonly state: SyncState
  /** Nonces of the last response sent and of the last one acknowledged; '' for none. */
  readonly sent: string
  readonly acknowledged: string
  /** How many resources the proxy holds, of how many in its configuration. */
  readonly held: number
  readonly wanted: number
  readonly refused: readonly { readonly name: string; readonly version: string; readonly message: string }[]
}

/** One open stream. `generation` counts the configurations computed for it, `heldGeneration` is the last it took in full. */
export interface ProxySyncStatus {
  readonly connection: string
  readonly proxy: string
  readonly name: string
  readonly namespace: string
  readonly type: 'sidecar' | 'router'
  readonly dialect: 'delta' | 'sotw'
  readonly version: string
  readonly generation: number
  readonly heldGeneration: number
  readonly types: Readonly<Record<'cds' | 'lds' | 'eds' | 'rds' | 'vhds', TypeSyncStatus>>
}

const stateOf = (stream: TypeStream): SyncState => {
  if (stream.refused.size > 0) return 'NACK'
  if (stream.settled) return stream.sentNonce === '' && stream.held.size === 0 ? 'NOT SENT' : 'SYNCED'
  return 'STALE'
}

const notSent: TypeSyncStatus = {
  state: 'NOT SENT',
  sent: '',
  acknowledged: '',
  held: 0,
  wanted: 0,
  refused: [],
}

const statusOf = (connection: OpenConnection, typeUrl: string): TypeSyncStatus => {
  const stream = connection.session.types.find((type) => type.typeUrl === typeUrl)
  if (stream === undefined) return notSent
  return {
    state: stateOf(stream),
    sent: stream.sentNonce,
    acknowledged: stream.acknowledgedNonce,
    held: stream.held.size,
    wanted: stream.target.size,
    refused: [...stream.refused].map(([name, refusal]) => ({ name, ...refusal })),
  }
}

/** undefined for a stream whose proxy has not named itself yet. */
export const proxySyncStatus = (connection: OpenConnection): ProxySyncStatus | undefined => {
  const described = connection.described
  if (described === undefined) return undefined
  const { proxy } = described
  const version = proxy.metadata['ISTIO_VERSION']
  return {
    connection: connection.id,
    proxy: proxy.id,
    name: proxy.name,
    namespace: proxy.namespace,
    type: proxy.type,
    dialect: connection.session.dialect,
    version: typeof version === 'string' ? version : '',
    generation: connection.generation,
    heldGeneration: connection.heldGeneration,
    types: {
      cds: statusOf(connection, CLUSTER_TYPE),
      lds: statusOf(connection, LISTENER_TYPE),
      eds: statusOf(connection, ENDPOINT_TYPE),
      rds: statusOf(connection, ROUTE_TYPE),
      vhds: statusOf(connection, VIRTUAL_HOST_TYPE),
    },
  }
}
