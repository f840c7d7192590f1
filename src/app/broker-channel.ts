import { setMaxListeners } from 'node:events'
import type { BrokerChannel } from './socket-broker.ts'

/**
 * The IPC channel to the supervisor. Without one (the supervisor died) the part ends, and the next supervisor starts
 * it anew: two servers on one store, or two nodes on the same pods, must never be.
 */
export const supervisorChannel = (): BrokerChannel => {
  process.on('disconnect', () => process.exit(0))
  return {
    send: (message) => {
      process.send?.(message)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
  }
}

/** Aborts at SIGTERM or SIGINT. */
export const untilSignalled = (): AbortSignal => {
  const stop = new AbortController()
  // Every watch and loop of the process listens to it; their number is not a leak.
  setMaxListeners(0, stop.signal)
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort())
  return stop.signal
}
