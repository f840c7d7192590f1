import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Question {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
  /** Milliseconds for the whole exchange; absent: no limit. */
  readonly timeout?: number
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One HTTP/1.1 request with exactly these headers; fails when there is no whole answer in time. */
export const ask = (url: string, question: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, timeout } = question
    const signal = timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = httpRequest(
      url,
      { method, headers: { ...headers, ...length }, ...signal },
      (response) => {
        text(response).then(
          (whole) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole }),
          reject,
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
