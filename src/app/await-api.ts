import { connect } from 'node:net'
import type { Clock } from '../primitives/clock.ts'

const answers = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath)
    const settle = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })

/** How often the socket is tried, and after how long the node starts without an API, milliseconds. */
const interval = 10
const patience = 10_000

/**
 * Resolves as soon as the API server accepts connections: `server` and `node` start together, and informers that find
 * nobody would come back only after their back-off. A server that stays away is not waited for for ever.
 */
export const awaitApi = async (socketPath: string, clock: Clock, signal: AbortSignal): Promise<void> => {
  const deadline = clock.now() + patience
  while (!signal.aborted && clock.now() < deadline && !(await answers(socketPath))) {
    await clock.sleep(interval, signal).catch(() => undefined)
  }
}
