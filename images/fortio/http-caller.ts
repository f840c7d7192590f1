/** One of fortio's connections: requests one after the other on a socket that is kept. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createHistogram, type Histogram } from './histogram.ts'

export interface CallOptions {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly payload: Buffer
  /** Seconds. */
  readonly timeout: number
  readonly keepAlive: boolean
  readonly insecure: boolean
  /** Width of the smallest bucket of the connections' times, in seconds. */
  readonly resolution: number
}

/** -1: there was no answer. */
export interface CallResult {
  readonly code: number
  readonly headerSize: number
  readonly size: number
  readonly error?: string
}

export interface Caller {
  readonly call: () => Promise<CallResult>
  /** Addresses by how many sockets were opened to them. */
  readonly addresses: ReadonlyMap<string, number>
  readonly connectTimes: Histogram
  readonly close: () => void
}

/** To the nanosecond, as Go's clock; `started` in milliseconds of performance.now(). */
export const secondsSince = (started: number): number => Math.round((performance.now() - started) * 1e6) / 1e9

const headerBytes = (response: IncomingMessage): number =>
  `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n\r\n`.length +
  response.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)

export const createCaller = (options: CallOptions): Caller => {
  const { url, method, headers, payload, timeout } = options
  const secure = url.protocol === 'https:'
  const agentOptions = { keepAlive: options.keepAlive, maxSockets: 1, rejectUnauthorized: !options.insecure }
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions)
  const addresses = new Map<string, number>()
  const connectTimes = createHistogram(0, options.resolution)
  const call = (): Promise<CallResult> =>
    new Promise((resolve) => {
      const started = performance.now()
      const signal = AbortSignal.timeout(timeout * 1000)
      const failed = (error: Error): void =>
        resolve({ code: -1, headerSize: 0, size: 0, error: signal.aborted ? 'timeout' : error.message })
      const start = secure ? httpsRequest : httpRequest
      const request = start(url, { agent, method, headers, signal }, (response) => {
        let body = 0
        const headerSize = headerBytes(response)
        response.on('data', (chunk: Buffer) => (body += chunk.length))
        response.on('error', failed)
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, headerSize, size: headerSize + body }),
        )
      })
      request.on('error', failed)
      request.on('socket', (socket) => {
        if (!socket.connecting) return
        socket.once('connect', () => {
          const { remoteAddress: ip = '', remotePort } = socket
          const address = `${ip.includes(':') ? `[${ip}]` : ip}:${remotePort}`
          addresses.set(address, (addresses.get(address) ?? 0) + 1)
          connectTimes.record(secondsSince(started))
        })
      })
      request.end(payload)
    })
  return { call, addresses, connectTimes, close: () => agent.destroy() }
}
