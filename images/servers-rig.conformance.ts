import { once } from 'node:events'
import type { Server } from 'node:net'
import { afterEach } from 'vitest'

export interface Servers {
  /** Gives `127.0.0.1:PORT`. */
  readonly listen: (server: Server, port?: number) => Promise<string>
  /** Status and body of one request on a connection of its own. */
  readonly text: (url: string, init?: RequestInit) => Promise<[number, string]>
}

/** Servers on loopback for one test each. */
export const useServers = (): Servers => {
  const running: Server[] = []
  afterEach(() => {
    for (const server of running.splice(0)) server.close()
  })
  return {
    listen: async (server, port = 0) => {
      running.push(server)
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('no address')
      return `127.0.0.1:${address.port}`
    },
    text: async (url, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('connection', 'close')
      const response = await fetch(url, { ...init, headers })
      return [response.status, await response.text()]
    },
  }
}
