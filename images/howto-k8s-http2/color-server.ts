import { createCleartextServer, type CleartextServer } from '../http/cleartext-server.ts'

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

/** The color server of AWS App Mesh's howto-k8s-http2: cleartext HTTP/2 and HTTP/1.1 on one port. */
export const createColorServer = (options: ColorServerOptions): CleartextServer => {
  const flakiness: Flakiness = { rate: 0, code: 200 }
  return createCleartextServer((request, response) => {
    const url = request.url ?? '/'
    if (!url.startsWith('/ping'))
      options.log(`Received request: ${request.method} ${url} HTTP/${request.httpVersion}`)
    const { code, body } = decide(url, options, flakiness)
    request.resume()
    response.statusCode = code
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(body)
  })
}
