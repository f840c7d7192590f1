import type { Server } from 'node:net'

/** Ends the program at SIGTERM or SIGINT as the originals do: no new connections, then out. */
export const endOnSignal = (server: Server): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0))
      setTimeout(() => process.exit(0), 1000).unref()
    })
  }
}
