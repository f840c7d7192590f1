/** Between node:http and the handlers: requests become values, answers become bytes. */
import { maxHeaderSize, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { once } from 'node:events'
import { fail, ok, type Result } from '../primitives/result.ts'
import { statusObject, type ApiError, type FailureStatus } from '../machinery/api-error.ts'
import { errorCodeOf, messageOf } from '../primitives/coded-error.ts'
import type { Identity } from './admission.ts'
import { jsonType, type ApiAnswer, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { badRequest, entityTooLarge } from '../machinery/status-errors.ts'
import { bodyLimitBytes } from './request-body.ts'

/** Headers by name; those that came several times joined. */
export const singleHeaders = (message: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  )

const readBody = async (message: IncomingMessage): Promise<Result<Buffer, ApiError>> => {
  if (Number(message.headers['content-length'] ?? 0) > bodyLimitBytes)
    return fail(entityTooLarge(bodyLimitBytes))
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of message) {
      const bytes: Buffer = chunk
      size += bytes.length
      if (size > bodyLimitBytes) return fail(entityTooLarge(bodyLimitBytes))
      chunks.push(bytes)
    }
  } catch {
    return fail(badRequest('the request body ended before it was complete'))
  }
  return ok(Buffer.concat(chunks))
}

/** The URL's path and query; the base only completes it. */
export const splitUrl = (url: string): { readonly path: string; readonly query: URLSearchParams } => {
  const mark = url.indexOf('?')
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

/** A request as a value; its body is read when a handler wants it, once. */
export const apiRequest = (
  message: IncomingMessage,
  identity: Identity | undefined,
  signal: AbortSignal,
): ApiRequest => {
  const { path, query } = splitUrl(message.url ?? '/')
  let body: Promise<Result<Buffer, ApiError>> | undefined
  return {
    method: message.method ?? 'GET',
    path,
    query,
    headers: singleHeaders(message),
    identity,
    readBody: () => (body ??= readBody(message)),
    signal,
  }
}

// RFC 9110 quoted-string; a warning is at most this long, and no control character may end the header.
const warningHeader = (text: string): string =>
  `299 - "${text
    .replaceAll(/[^ -~]/g, '?')
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .slice(0, 2048)}"`

/** The failure behind an error of Node's HTTP parser; undefined when the connection alone broke. */
const parserFailure = (error: unknown): FailureStatus | undefined => {
  const code = errorCodeOf(error) ?? ''
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `the request's headers are too large: the limit is ${maxHeaderSize} bytes`
    return { code: 431, reason: 'RequestEntityTooLarge', message }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 408, reason: 'Timeout', message: 'the request did not come in time' }
  }
  return code.startsWith('HPE_')
    ? { code: 400, reason: 'BadRequest', message: `the request is not HTTP/1.1: ${messageOf(error)}` }
    : undefined
}

/** For `clientError` events: what is no HTTP gets its Status too, and the connection ends. Never throws. */
export const handleClientError = (error: unknown, socket: Duplex): void => {
  const status = parserFailure(error)
  if (status === undefined || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(statusObject(status))
  socket.end(
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? ''}\r\nContent-Type: ${jsonType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const sendBody = (response: ServerResponse, answer: BodyAnswer): void => {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.statusCode = answer.code
  response.setHeader('content-type', answer.contentType)
  response.setHeader('cache-control', 'no-cache, private')
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  const warnings = (answer.warnings ?? []).map(warningHeader)
  if (warnings.length > 0) response.setHeader('warning', warnings)
  // A body that nobody read (413) must not be taken for the next request of this connection.
  if (answer.code === 413) response.setHeader('connection', 'close')
  if (answer.code !== 304) response.setHeader('content-length', body.length)
  response.end(body)
}

const sendChunks = async (
  response: ServerResponse,
  chunks: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> => {
  for await (const chunk of chunks) {
    if (signal.aborted) break
    if (!response.write(chunk)) await once(response, 'drain', { signal }).catch(() => {})
  }
  response.end()
}

/** Sends an answer; resolves when it is sent, or the client is gone. */
export const sendAnswer = async (
  response: ServerResponse,
  answer: ApiAnswer,
  signal: AbortSignal,
): Promise<void> => {
  switch (answer.kind) {
    case 'body':
      return sendBody(response, answer)
    case 'stream':
      response.writeHead(200, { 'content-type': answer.contentType, 'cache-control': 'no-cache, private' })
      response.flushHeaders()
      return sendChunks(response, answer.chunks, signal)
    case 'relay':
      response.statusCode = answer.code
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
      response.flushHeaders()
      return sendChunks(response, answer.chunks, signal)
  }
}
