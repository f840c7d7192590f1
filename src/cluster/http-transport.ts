import { setMaxListeners } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { type ClusterEndpoint, endpointName } from './endpoint.ts'

export interface TransportRequest {
  readonly method: string
  /** Path and query, from `/`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** A long answer (watch, followed log): it gets a connection of its own. */
  readonly streaming?: boolean
}

/** A response whose body is still to be read; `body` fails with the signal's reason when aborted. */
export interface TransportResponse {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: http.IncomingMessage
}

/** HTTP to one endpoint over kept-alive connections. */
export interface Transport {
  readonly send: (request: TransportRequest, signal?: AbortSignal) => Promise<TransportResponse>
  readonly close: () => void
}

const keepAliveMs = 30_000

/** Address and TLS settings for `http.request` and `https.request`. */
export const connectionOptions = (endpoint: ClusterEndpoint): https.RequestOptions => {
  if ('socketPath' in endpoint) return { socketPath: endpoint.socketPath, host: 'localhost' }
  const url = new URL(endpoint.server)
  return {
    protocol: url.protocol,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    ...(endpoint.certificateAuthority === undefined ? {} : { ca: endpoint.certificateAuthority }),
    ...(endpoint.clientCertificate === undefined ? {} : { cert: endpoint.clientCertificate }),
    ...(endpoint.clientKey === undefined ? {} : { key: endpoint.clientKey }),
    ...(endpoint.tlsServerName === undefined ? {} : { servername: endpoint.tlsServerName }),
    ...(endpoint.insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
  }
}

const unreachable = (endpoint: ClusterEndpoint, cause: unknown): CodedError =>
  new CodedError(
    'cluster-unreachable',
    `cannot reach the Kubernetes API at ${endpointName(endpoint)}: ${messageOf(cause)}`,
    { cause },
  )

interface Attempt {
  readonly run: typeof http.request
  readonly options: https.RequestOptions
  readonly body: string | Uint8Array | undefined
}

/** One try; `reused` tells that it failed on a kept-alive connection that the server had closed meanwhile. */
const attempt = (
  { run, options, body }: Attempt,
  onStaleConnection: () => void,
): Promise<TransportResponse> =>
  new Promise((resolve, reject) => {
    const request = run(options, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response })
    })
    request.on('error', (error) => {
      if (request.reusedSocket) onStaleConnection()
      reject(error)
    })
    request.setNoDelay(true)
    // A peer that vanished without a word is noticed within minutes, not never.
    request.setSocketKeepAlive(true, keepAliveMs)
    request.end(body)
  })

/** What stands before every path. */
export const prefixOf = (endpoint: ClusterEndpoint): string =>
  'socketPath' in endpoint ? '' : new URL(endpoint.server).pathname.replace(/\/$/, '')

/** The header that proves who asks, when it is no certificate. */
export const authorizationOf = (endpoint: ClusterEndpoint): Readonly<Record<string, string>> =>
  'token' in endpoint && endpoint.token !== undefined ? { authorization: `Bearer ${endpoint.token}` } : {}

/** Opens no connection yet: the first request does. */
export const createTransport = (endpoint: ClusterEndpoint): Transport => {
  const secure = !('socketPath' in endpoint) && new URL(endpoint.server).protocol === 'https:'
  const library = secure ? https : http
  const settings = connectionOptions(endpoint)
  const agents = {
    short: new library.Agent({ keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets: 32 }),
    long: new library.Agent({ keepAlive: false }),
  }
  const prefix = prefixOf(endpoint)
  const authorization = authorizationOf(endpoint)

  const send = async (request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> => {
    // One signal ends many requests at once: more than ten listeners are no leak.
    if (signal !== undefined) setMaxListeners(0, signal)
    const options = {
      ...settings,
      method: request.method,
      path: prefix + request.path,
      agent: request.streaming === true ? agents.long : agents.short,
      headers: {
        ...authorization,
        ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
        ...request.headers,
      },
      ...(signal === undefined ? {} : { signal }),
    }
    // A GET on a connection that the server closed while idle is safe to repeat; a write may have been done.
    for (let retries = request.method === 'GET' ? 2 : 0; ; retries -= 1) {
      let stale = false
      try {
        return await attempt({ run: library.request, options, body: request.body }, () => (stale = true))
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason
        if (!stale || retries === 0) throw unreachable(endpoint, error)
      }
    }
  }
  return {
    send,
    close: () => {
      agents.short.destroy()
      agents.long.destroy()
    },
  }
}

/** The whole body as text. A connection that breaks inside it is `cluster-unreachable`. */
export const readBody = async (response: TransportResponse, endpoint: ClusterEndpoint): Promise<string> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response.body) chunks.push(chunk)
  } catch (error) {
    throw unreachable(endpoint, error)
  }
  return Buffer.concat(chunks).toString('utf8')
}
