/** The parts of httpbin that tasks and walkthroughs call. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { bodyOf, send, sendHtml, sendText, urlOf } from '../http/answers.ts'
import { weightedCode } from '../http/weighted-code.ts'
import { describeRequest, headersOf, originOf, type Dialect } from './request-facts.ts'

interface Exchange {
  readonly dialect: Dialect
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  /** What the path's pattern caught. */
  readonly words: readonly string[]
}

type Endpoint = (exchange: Exchange) => void | Promise<void>

const json = ({ response, dialect }: Exchange, value: unknown, code = 200): void => {
  const type = dialect === 'go' ? 'application/json; charset=utf-8' : 'application/json'
  send(response, code, { 'content-type': type }, `${JSON.stringify(value, undefined, 2)}\n`)
}

const bad = ({ response }: Exchange, message: string): void => sendText(response, 400, `${message}\n`)

const describe = async (exchange: Exchange): Promise<void> =>
  json(exchange, describeRequest(exchange.request, exchange.dialect, await bodyOf(exchange.request)))

const teapot = "I'm a teapot!\n"

const status = (exchange: Exchange): void => {
  const code = weightedCode(exchange.words[0] ?? '', Math.random)
  if (code === undefined) return bad(exchange, 'Invalid status code')
  const isRedirect = [301, 302, 303, 307].includes(code)
  const headers = isRedirect ? { location: '/redirect/1' } : {}
  return send(exchange.response, code, headers, code === 418 ? teapot : '')
}

/** As the original: 10 seconds at most. */
const delay = async (exchange: Exchange): Promise<void> => {
  const seconds = Number(exchange.words[0])
  if (!(seconds >= 0)) return bad(exchange, 'Invalid duration')
  await sleep(Math.min(seconds, 10) * 1000)
  return describe(exchange)
}

const redirect = ({ response, words }: Exchange): void => {
  const left = Number(words[0])
  const location = left > 1 ? `/redirect/${left - 1}` : '/get'
  send(response, 302, { location, 'content-type': 'text/html; charset=utf-8' }, '')
}

const bytes = ({ response, words }: Exchange): void =>
  send(
    response,
    200,
    { 'content-type': 'application/octet-stream' },
    randomBytes(Math.min(Number(words[0]), 102_400)),
  )

const responseHeaders = (exchange: Exchange): void => {
  const query = Object.fromEntries(exchange.url.searchParams)
  for (const [name, value] of Object.entries(query)) {
    if (/^[\w-]+$/.test(name)) exchange.response.setHeader(name, value.replaceAll(/[^\t -~]/g, ''))
  }
  json(exchange, query)
}

const cookies = (exchange: Exchange): void => {
  const pairs = (exchange.request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='))
  const found = Object.fromEntries(pairs.filter(([name]) => name !== ''))
  json(exchange, exchange.dialect === 'go' ? found : { cookies: found })
}

const setCookies = ({ response, url }: Exchange): void => {
  const set = [...url.searchParams].map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}; Path=/`,
  )
  send(response, 302, { location: '/cookies', 'set-cookie': set }, '')
}

const basicAuth = (exchange: Exchange): void => {
  const [user = '', password = ''] = exchange.words.map(decodeURIComponent)
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (exchange.request.headers.authorization === expected)
    return json(exchange, { authenticated: true, user })
  return send(exchange.response, 401, { 'www-authenticate': 'Basic realm="Fake Realm"' }, '')
}

const bearer = (exchange: Exchange): void => {
  const token = /^Bearer (.+)$/.exec(exchange.request.headers.authorization ?? '')?.[1]
  if (token !== undefined) return json(exchange, { authenticated: true, token })
  return send(exchange.response, 401, { 'www-authenticate': 'Bearer' }, '')
}

const gzip = ({ request, response, dialect }: Exchange): void => {
  const text = JSON.stringify(
    {
      gzipped: true,
      headers: headersOf(request, dialect),
      method: request.method,
      origin: originOf(request),
    },
    undefined,
    2,
  )
  send(
    response,
    200,
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    gzipSync(`${text}\n`),
  )
}

/** One JSON object per line. */
const stream = ({ request, response, dialect, words }: Exchange): void => {
  const count = Math.min(Number(words[0]), 100)
  response.writeHead(200, { 'content-type': 'application/json' })
  for (let id = 0; id < count; id += 1)
    response.write(`${JSON.stringify({ ...describeRequest(request, dialect), id })}\n`)
  response.end()
}

const index =
  '<!DOCTYPE html><html lang="en"><head><title>httpbin</title></head><body><h1>httpbin</h1><p>A simple HTTP request and response service: /get /post /put /patch /delete /anything /headers /ip /user-agent /status/CODE /delay/SECONDS /response-headers /redirect/N /cookies /basic-auth/USER/PASSWORD /bearer /bytes/N /stream/N /gzip /uuid</p></body></html>\n'

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD'])

interface Route {
  readonly path: RegExp
  /** Absent: any. */
  readonly methods?: ReadonlySet<string>
  readonly answer: Endpoint
}

const routes: readonly Route[] = [
  { path: /^\/$/, methods: reads, answer: ({ response }) => sendHtml(response, 200, index) },
  { path: /^\/get$/, methods: reads, answer: describe },
  { path: /^\/post$/, methods: new Set(['POST']), answer: describe },
  { path: /^\/put$/, methods: new Set(['PUT']), answer: describe },
  { path: /^\/patch$/, methods: new Set(['PATCH']), answer: describe },
  { path: /^\/delete$/, methods: new Set(['DELETE']), answer: describe },
  { path: /^\/anything(?:\/.*)?$/, answer: describe },
  {
    path: /^\/headers$/,
    methods: reads,
    answer: (at) => json(at, { headers: headersOf(at.request, at.dialect) }),
  },
  { path: /^\/ip$/, methods: reads, answer: (at) => json(at, { origin: originOf(at.request) }) },
  {
    path: /^\/user-agent$/,
    methods: reads,
    answer: (at) => json(at, { 'user-agent': at.request.headers['user-agent'] ?? '' }),
  },
  {
    path: /^\/hostname$/,
    methods: reads,
    answer: (at) => json(at, { hostname: process.env['HOSTNAME'] ?? '' }),
  },
  { path: /^\/uuid$/, methods: reads, answer: (at) => json(at, { uuid: randomUUID() }) },
  { path: /^\/status\/([^/]+)$/, answer: status },
  { path: /^\/delay\/([\d.]+)$/, answer: delay },
  { path: /^\/(?:absolute-|relative-)?redirect\/(\d+)$/, methods: reads, answer: redirect },
  { path: /^\/bytes\/(\d+)$/, methods: reads, answer: bytes },
  { path: /^\/stream\/(\d+)$/, methods: reads, answer: stream },
  { path: /^\/gzip$/, methods: reads, answer: gzip },
  { path: /^\/response-headers$/, answer: responseHeaders },
  { path: /^\/cookies$/, methods: reads, answer: cookies },
  { path: /^\/cookies\/set$/, methods: reads, answer: setCookies },
  { path: /^\/basic-auth\/([^/]+)\/([^/]+)$/, methods: reads, answer: basicAuth },
  { path: /^\/bearer$/, methods: reads, answer: bearer },
]

const respond = async (
  request: IncomingMessage,
  response: ServerResponse,
  dialect: Dialect,
): Promise<void> => {
  const url = urlOf(request)
  const route = routes.find(({ path }) => path.test(url.pathname))
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
  response.setHeader('access-control-allow-credentials', 'true')
  if (route === undefined)
    return sendHtml(response, 404, '<title>404 Not Found</title>\n<h1>Not Found</h1>\n')
  if (route.methods?.has(request.method ?? '') === false) {
    response.setHeader('allow', [...route.methods].join(', '))
    return sendHtml(response, 405, '<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n')
  }
  const words = route.path.exec(url.pathname)?.slice(1) ?? []
  return route.answer({ dialect, request, response, url, words })
}

/** `dialect`: headers as lists, as go-httpbin has them, or as texts, as the Python original. */
export const createHttpbin = (dialect: Dialect): Server =>
  createServer((request, response) => {
    respond(request, response, dialect).catch(() => response.destroy())
  })
