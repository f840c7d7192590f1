/** New TCP connections, one after the other, to see whether an address is listened on all the time. */
import { connect } from 'node:net'
import { pause } from './traffic.ts'

export interface Connections {
  /** Ends it; every error that was no connection, with the number of connections made. */
  readonly stop: () => Promise<{ readonly made: number; readonly errors: readonly string[] }>
}

const connectOnce = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error) => resolve(error.message))
  })

/** `url` names the host and, if it is not 443, the port. */
export const startConnections = (url: string): Connections => {
  const { hostname, port } = new URL(url)
  const errors: string[] = []
  let running = true
  let made = 0
  const work = (async (): Promise<void> => {
    while (running) {
      const error = await connectOnce(hostname, Number(port === '' ? 443 : port))
      if (error === undefined) made += 1
      else errors.push(error)
      await pause(5)
    }
  })()
  return {
    stop: async () => {
      running = false
      await work
      return { made, errors }
    },
  }
}
