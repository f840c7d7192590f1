import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer, type Server } from 'node:net'

export interface ColorServerOptions {
  readonly color: string
  readonly log: (line: string) => void
  /** From 0 to 1: decides which requests fail once a rate is set. */
  readonly random: () => number
}

interface Answer {
  readonly code: number
  readonly body: string
}

interface Flakiness {
  rate: number
  code: number
}

const bad = (body: string): Answer => ({ code: 400, body: `${body}\n` })

/** `/setFlake?rate=0.5&code=503` makes that share of the answers fail with that code. */
const setFlake = (query: URLSearchParams, flakiness: Flakiness): Answer => {
  const [rate, code] = [query.get('rate'), query.get('code')]
  if (rate === null) return bad('rate must be specified')
  const share = rate.trim() === '' ? Number.NaN : Number(rate)
  if (Number.isNaN(share)) return bad(`strconv.ParseFloat: parsing ${JSON.stringify(rate)}: invalid syntax`)
  if (share < 0 || share > 1) return bad('rate must be between 0.0 and 1.0')
  if (code === null) return bad('code must be specified')
  if (!/^[+-]?\d+$/.test(code))
    return bad(`strconv.ParseInt: parsing ${JSON.stringify(code)}: invalid syntax`)
  flakiness.rate = share
  flakiness.code = Number.parseInt(code, 10)
  return { code: 200, body: `rate: ${share}, code: ${flakiness.code}` }
}

const decide = (url: string, options: ColorServerOptions, flakiness: Flakiness): Answer => {
  const { pathname, searchParams } = new URL(url, 'http://color')
  if (pathname === '/ping') return { code: 200, body: '' }
  if (pathname === '/setFlake') return setFlake(searchParams, flakiness)
  if (options.random() < flakiness.rate) return { code: flakiness.code, body: 'flaky server\n' }
  return { code: 200, body: options.color }
}

/** HTTP/2's connection preface (RFC 9113, section 3.4): who begins so speaks h2c with prior knowledge. */
const preface = 'PRI * HTTP/2.0'

/** The color server of AWS App Mesh's howto-k8s-http2: cleartext HTTP/2 and HTTP/1.1 on one port. */
export const createColorServer = (options: ColorServerOptions): Server => {
  const flakiness: Flakiness = { rate: 0, code: 200 }
  const handle = (
    request: IncomingMessage | Http2ServerRequest,
    respond: (code: number, headers: Readonly<Record<string, string>>, body: string) => void,
  ): void => {
    const url = request.url ?? '/'
    if (!url.startsWith('/ping'))
      options.log(`Received request: ${request.method} ${url} HTTP/${request.httpVersion}`)
    const { code, body } = decide(url, options, flakiness)
    request.resume()
    respond(code, { 'content-type': 'text/plain; charset=utf-8' }, body)
  }
  const http1 = createHttp1Server((request, response: ServerResponse) =>
    handle(request, (code, headers, body) => void response.writeHead(code, headers).end(body)),
  )
  const http2 = createHttp2Server((request, response: Http2ServerResponse) =>
    handle(request, (code, headers, body) => void response.writeHead(code, headers).end(body)),
  )
  return createServer((socket) => {
    socket.on('error', () => socket.destroy())
    const choose = (): void => {
      const first: Buffer | null = socket.read()
      if (first === null) {
        if (!socket.readableEnded) socket.once('readable', choose)
        return
      }
      socket.unshift(first)
      const isHttp2 = first.subarray(0, preface.length).toString('latin1') === preface.slice(0, first.length)
      const target = isHttp2 ? http2 : http1
      target.emit('connection', socket)
    }
    socket.once('readable', choose)
  })
}
