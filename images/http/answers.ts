import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Sends a whole answer of a known length. */
export const send = (
  response: ServerResponse,
  code: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void => {
  response.writeHead(code, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

export const sendText = (response: ServerResponse, code: number, body: string): void =>
  send(response, code, { 'content-type': 'text/plain; charset=utf-8' }, body)

export const sendHtml = (response: ServerResponse, code: number, body: string): void =>
  send(response, code, { 'content-type': 'text/html; charset=utf-8' }, body)

export const sendJson = (response: ServerResponse, code: number, value: unknown): void =>
  send(response, code, { 'content-type': 'application/json' }, JSON.stringify(value))

/** The path of a request without its query; `/` when it is none. */
export const pathOf = (request: IncomingMessage): string => urlOf(request).pathname

/** The request's target as a URL; a target that is none is read as `/`. */
export const urlOf = (request: IncomingMessage): URL => {
  const base = 'http://host'
  const target = request.url ?? '/'
  return URL.canParse(target, base) ? new URL(target, base) : new URL('/', base)
}

/** All of a request's body. */
export const bodyOf = (request: IncomingMessage): Promise<Buffer> => buffer(request)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text to stand in HTML, also inside of a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
