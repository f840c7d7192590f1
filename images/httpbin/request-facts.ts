import type { IncomingMessage } from 'node:http'
import { urlOf } from '../http/answers.ts'

/** Whose words a JSON answer has: the Python original's (texts) or go-httpbin's (lists of texts). */
export type Dialect = 'python' | 'go'

const titled = (name: string): string =>
  name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase())

/** The headers as they came, under their canonical names. */
export const headersOf = (request: IncomingMessage, dialect: Dialect): Readonly<Record<string, unknown>> => {
  const values = new Map<string, string[]>()
  const { rawHeaders: raw } = request
  for (let index = 0; index < raw.length; index += 2) {
    const name = titled(raw[index] ?? '')
    values.set(name, [...(values.get(name) ?? []), raw[index + 1] ?? ''])
  }
  const sorted = [...values].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, list]) => [name, dialect === 'go' ? list : list.join(',')]))
}

/** Who asks, as a proxy before this server says. */
export const originOf = ({ headers, socket }: IncomingMessage): string => {
  const forwarded = headers['x-forwarded-for']
  return forwarded === undefined ? (socket.remoteAddress ?? '').replace(/^::ffff:/, '') : String(forwarded)
}

/** One value as text, several as a list; for go-httpbin always a list. */
const valuesOf = (pairs: URLSearchParams, dialect: Dialect): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const all = pairs.getAll(name)
      return [name, dialect === 'go' || all.length > 1 ? all : all[0]]
    }),
  )

const parsedOf = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return null
  }
}

/** What httpbin tells of a request; with the body where there may be one. */
export const describeRequest = (
  request: IncomingMessage,
  dialect: Dialect,
  body: Buffer = Buffer.alloc(0),
): Readonly<Record<string, unknown>> => {
  const url = urlOf(request)
  const scheme = String(request.headers['x-forwarded-proto'] ?? 'http')
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const text = body.toString('utf8')
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const shown = hasBody || url.pathname.startsWith('/anything')
  return {
    args: valuesOf(url.searchParams, dialect),
    ...(shown
      ? {
          data: isForm ? '' : text,
          files: {},
          form: isForm ? valuesOf(new URLSearchParams(text), dialect) : {},
        }
      : {}),
    headers: headersOf(request, dialect),
    ...(shown ? { json: isForm ? null : parsedOf(text) } : {}),
    ...(dialect === 'go' || url.pathname.startsWith('/anything') ? { method: request.method } : {}),
    origin: originOf(request),
    url: `${scheme}://${request.headers.host ?? ''}${request.url ?? ''}`,
  }
}
