/** Files of one directory over HTTP, as nginx and httpd serve theirs. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import sendFile from 'send'
import { pathOf, send } from '../http/answers.ts'
import { directoryListing } from './directory-listing.ts'

export interface FileServerOptions {
  readonly root: string
  readonly index: readonly string[]
  /** Value of the Server header. */
  readonly product: string
  /** Pages of the image, by path: they show where the root has no such file. */
  readonly defaults: ReadonlyMap<string, string>
  /** The HTML of an error. */
  readonly errorPage: (code: number, path: string) => string
  /** What a directory without an index file answers: its listing, or 403. */
  readonly listings: boolean
  readonly log: (line: string) => void
}

interface Exchange {
  readonly options: FileServerOptions
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
}

interface SendFailure {
  readonly status?: number
}

const html = { 'content-type': 'text/html' }

const answerError = ({ options, response, path }: Exchange, code: number): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  for (const name of ['etag', 'last-modified', 'accept-ranges']) response.removeHeader(name)
  send(response, code, html, options.errorPage(code, path))
}

/** A directory without index file; or its name without the slash, where the client is sent on. */
const answerDirectory = (exchange: Exchange): void => {
  const { options, request, response, path } = exchange
  if (!path.endsWith('/')) {
    const location = `http://${request.headers.host ?? 'localhost'}${path}/`
    send(response, 301, { ...html, location }, options.errorPage(301, path))
    return
  }
  const listing = directoryListing(options.root, path)
  if (listing === undefined) answerError(exchange, 404)
  else if (options.listings) send(response, 200, html, listing)
  else answerError(exchange, 403)
}

const answerMissing = (exchange: Exchange, code: number): void => {
  const { options, response, path } = exchange
  const page = code === 404 ? options.defaults.get(path) : undefined
  if (page !== undefined) send(response, 200, html, page)
  else if (code === 404 && path.endsWith('/')) answerDirectory(exchange)
  else answerError(exchange, code)
}

const answer = (exchange: Exchange): void => {
  const { options, request, response, path } = exchange
  response.setHeader('server', options.product)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    answerError(exchange, 405)
    return
  }
  const { root, index } = options
  sendFile(request, path, { root, index: [...index], dotfiles: 'allow', cacheControl: false })
    .on('error', ({ status }: SendFailure) => answerMissing(exchange, status ?? 500))
    .on('directory', () => answerDirectory(exchange))
    .pipe(response)
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** A line of the combined log format, in UTC. */
export const combinedLogLine = (
  request: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'> & { readonly address: string },
  answered: { readonly code: number; readonly bytes: number },
  now: Date,
): string => {
  const [date = '', time = ''] = now.toISOString().split(/[T.]/)
  const [year, month, day] = date.split('-')
  const stamp = `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`
  const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`
  const { referer = '-', 'user-agent': agent = '-' } = request.headers
  return `${request.address} - - [${stamp}] "${line}" ${answered.code} ${answered.bytes} "${referer}" "${agent}"`
}

/** Ranges, If-Modified-Since, If-None-Match and MIME types as the library `send` knows them (RFC 9110). */
export const createFileServer = (options: FileServerOptions): Server =>
  createServer((request, response) => {
    const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '-'
    response.once('finish', () => {
      const bytes = Number(response.getHeader('content-length') ?? 0)
      const { method, url, httpVersion, headers } = request
      const asked = { method, url, httpVersion, headers, address }
      options.log(combinedLogLine(asked, { code: response.statusCode, bytes }, new Date()))
    })
    answer({ options, request, response, path: pathOf(request) })
  })
