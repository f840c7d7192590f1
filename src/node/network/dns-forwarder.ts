/** Asks the host's resolvers for names outside of the cluster. */
import { createSocket } from 'node:dgram'
import { connect, isIP } from 'node:net'

/** Milliseconds for each resolver; libc gives up after five seconds. */
const patience = 1500

/** The response's bytes with the query's id, or undefined when no resolver can be reached. */
export type DnsForwarder = (query: Buffer, signal: AbortSignal) => Promise<Buffer | undefined>

const askByUdp = (query: Buffer, resolver: string, signal: AbortSignal): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket(resolver.includes(':') ? 'udp6' : 'udp4')
    const finish = (response?: Buffer): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.removeAllListeners().on('error', () => undefined)
      socket.close()
      resolve(response)
    }
    const abort = (): void => finish()
    const timer = setTimeout(abort, patience)
    signal.addEventListener('abort', abort, { once: true })
    socket.on('error', abort)
    socket.on('message', (response) => {
      if (response.subarray(0, 2).equals(query.subarray(0, 2))) finish(response)
    })
    // Called with an error where there is no route, which Node's types leave out.
    socket.connect(53, resolver, (unreachable?: Error) => {
      if (unreachable instanceof Error) return finish()
      socket.send(query, (error) => {
        if (error !== null) finish()
      })
    })
  })

const askByTcp = (query: Buffer, resolver: string, signal: AbortSignal): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: resolver, port: 53, signal, timeout: patience })
    let received = Buffer.alloc(0)
    const finish = (response?: Buffer): void => {
      socket.destroy()
      resolve(response)
    }
    socket.on('error', () => finish())
    socket.on('timeout', () => finish())
    socket.on('close', () => finish())
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      if (received.length < 2) return
      const length = received.readUInt16BE(0)
      if (received.length >= length + 2) finish(received.subarray(2, length + 2))
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
  })

const isTruncated = (response: Buffer): boolean => response.length > 2 && (response.readUInt8(2) & 2) !== 0

/** Asks one resolver after the other, as they are at that moment, by UDP and, for what UDP cuts, by TCP. */
export const createDnsForwarder =
  (resolvers: () => readonly string[]): DnsForwarder =>
  async (query, signal) => {
    for (const resolver of resolvers()) {
      if (signal.aborted) return undefined
      const response = await askByUdp(query, resolver, signal)
      if (response !== undefined && isTruncated(response)) {
        return (await askByTcp(query, resolver, signal)) ?? response
      }
      if (response !== undefined) return response
    }
    return undefined
  }

/** The addresses of the `nameserver` lines of a resolv.conf(5). */
export const resolversIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1]
    return address !== undefined && isIP(address) !== 0 ? [address] : []
  })
