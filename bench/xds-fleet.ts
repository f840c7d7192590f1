/** The other side of xds-clients-main.ts: opens clients in a process of their own and asks what they saw. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Dialect } from './xds-client.ts'

export type FleetOrder =
  | {
      readonly type: 'open'
      readonly address: string
      readonly dialect: Dialect
      readonly count: number
      /** Complete is who has the clusters, endpoints and routes of so many. */
      readonly services: number
    }
  /** Counts anew, and looks for a resource of this type whose name contains `name`. */
  | { readonly type: 'watch'; readonly typeUrl: string; readonly name: string }
  | { readonly type: 'count' }
  | { readonly type: 'close' }

/** Times are milliseconds since the epoch, the same clock in both processes. */
export type FleetReport =
  | { readonly type: 'ready' | 'watching' }
  | { readonly type: 'complete'; readonly at: number }
  | { readonly type: 'seen'; readonly times: readonly number[] }
  | {
      readonly type: 'counted'
      readonly bytes: readonly number[]
      readonly messages: readonly number[]
      /** Of the first client, since it was opened. */
      readonly bytesByType: Readonly<Record<string, number>>
    }
  | { readonly type: 'ended'; readonly reason: string }

export interface Fleet {
  readonly order: (order: FleetOrder) => void
  /** Resolves with the next report of this type; rejects when a client's stream ended. */
  readonly next: <Type extends FleetReport['type']>(
    type: Type,
  ) => Promise<Extract<FleetReport, { readonly type: Type }>>
  readonly pid: number
  readonly close: () => Promise<void>
}

/** Call `next` before the order that causes the report. */
export const startFleet = async (): Promise<Fleet> => {
  const child = fork(fileURLToPath(new URL('xds-clients-main.ts', import.meta.url)))
  const next: Fleet['next'] = (type) =>
    new Promise((resolve, reject) => {
      const listener = (report: FleetReport): void => {
        if (report.type !== type && report.type !== 'ended') return
        child.off('message', listener)
        if (report.type === 'ended') reject(new Error(`a client's stream ended: ${report.reason}`))
        else resolve(report as Extract<FleetReport, { readonly type: typeof type }>)
      }
      child.on('message', listener)
    })
  await next('ready')
  return {
    order: (order) => void child.send(order),
    next,
    pid: child.pid ?? 0,
    close: async () => {
      const ended = once(child, 'exit')
      child.send({ type: 'close' } satisfies FleetOrder)
      await ended
    },
  }
}
