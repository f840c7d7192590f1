/** HTTP GET for probes and hooks, as a kubelet makes it (kubernetes/kubernetes pkg/probe/http). */
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { HttpGetAction } from '../../resources/core/container.ts'

export interface HttpCheck {
  readonly action: HttpGetAction
  readonly host: string
  readonly port: number
  /** `probe` or `lifecycle`: whose word the User-Agent gives. */
  readonly purpose: 'probe' | 'lifecycle'
}

export interface HttpAnswer {
  readonly code: number
  readonly body: string
  /** Where the answer sends the client, when that is another host. */
  readonly leadsAway: boolean
}

const mostRedirects = 10
const longestBody = 10 * 1024

const headersOf = ({ action, purpose }: HttpCheck): Record<string, string | string[]> => {
  const headers: Record<string, string[]> = {}
  for (const { name, value } of action.httpHeaders ?? []) {
    const key = name.toLowerCase()
    headers[key] = [...(headers[key] ?? []), value]
  }
  headers['user-agent'] ??= [`kube-${purpose}/1.32`]
  headers['accept'] ??= ['*/*']
  if (headers['accept']?.[0] === '') delete headers['accept']
  const host = headers['host']?.[0]
  return { ...headers, ...(host === undefined ? {} : { host }) }
}

const dialWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
}

const problemOf = (error: Error, url: URL, signal: AbortSignal): string => {
  if (signal.aborted) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  const code = 'code' in error ? String(error.code) : ''
  const dial = dialWords[code]
  if (dial !== undefined) return `dial tcp ${url.hostname}:${url.port}: ${dial}`
  return code === 'ECONNRESET' ? 'EOF' : messageOf(error)
}

/** The URL as messages show it, with the port also where it is the scheme's own. */
const urlText = (url: URL, port: string): string =>
  JSON.stringify(`${url.protocol}//${url.hostname}:${port}${url.pathname}${url.search}`)

const readBody = async (response: IncomingMessage): Promise<string> => {
  let body = ''
  response.setEncoding('utf8')
  for await (const text of response) body = (body + String(text)).slice(0, longestBody)
  return body
}

const get = (url: URL, check: HttpCheck, signal: AbortSignal): Promise<Result<IncomingMessage, string>> =>
  new Promise((resolve) => {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
    const options: RequestOptions = {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port,
      path: `${url.pathname}${url.search}`,
      headers: headersOf(check),
      agent: false,
      signal,
    }
    // Probes do not check certificates (https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/).
    const request =
      url.protocol === 'https:'
        ? requestHttps({ ...options, rejectUnauthorized: false })
        : requestHttp(options)
    request.on('response', (response) => resolve(ok(response)))
    request.on('error', (error) =>
      resolve(fail(`Get ${urlText(url, port)}: ${problemOf(error, url, signal)}`)),
    )
    request.end()
  })

const firstUrl = ({ action, host, port }: HttpCheck): Result<URL, string> => {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const origin = `${scheme}://${authority}:${port}`
  const path = action.path ?? '/'
  const text = `${origin}${path.startsWith('/') ? '' : '/'}${path}`
  return URL.canParse(text) ? ok(new URL(text)) : fail(`parse ${JSON.stringify(origin)}: invalid host`)
}

/** Where a redirect leads (net/http follows these codes); undefined for other answers. */
const redirectOf = (
  url: URL,
  { statusCode = 0, headers }: IncomingMessage,
): Result<URL, string> | undefined => {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  const { location } = headers
  if (location !== undefined && URL.canParse(location, url.href)) return ok(new URL(location, url))
  return statusCode > 303 && location === undefined
    ? undefined
    : fail(`Get ${JSON.stringify(url.href)}: ${statusCode} response missing Location header`)
}

/** Follows redirects on the same host. The error is the client's, in Go's words. */
export const checkHttp = async (
  check: HttpCheck,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, string>> => {
  const first = firstUrl(check)
  if (!first.ok) return first
  let url = first.value
  for (let redirects = 0; redirects < mostRedirects; redirects += 1) {
    const response = await get(url, check, signal)
    if (!response.ok) return response
    const body = await readBody(response.value).catch(() => undefined)
    if (body === undefined)
      return fail('context deadline exceeded (Client.Timeout or context cancellation while reading body)')
    const next = redirectOf(url, response.value)
    if (next?.ok === false) return next
    if (next?.value.hostname !== first.value.hostname)
      return ok({ code: response.value.statusCode ?? 0, body, leadsAway: next !== undefined })
    url = next.value
  }
  return fail(`Get ${JSON.stringify(url.href)}: stopped after ${mostRedirects} redirects`)
}
