/** One request and its answer as values: handlers know no sockets, so tests call them without any. */
import { ApiError, statusObject, type FailureStatus } from '../machinery/api-error.ts'
import type { Result } from '../primitives/result.ts'
import type { Identity } from './admission.ts'

export interface ApiRequest {
  readonly method: string
  /** The path part of the URL, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Undefined: nobody showed a certificate. */
  readonly identity: Identity | undefined
  /** Reads the body once; fails with 413 above the limit. */
  readonly readBody: () => Promise<Result<Buffer, ApiError>>
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal
}

export interface BodyAnswer {
  readonly kind: 'body'
  readonly code: number
  readonly contentType: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Each becomes a `Warning: 299 - "..."` header. */
  readonly warnings?: readonly string[]
}

/** A watch: lines, or frames of protobuf, as they come, until the iterable ends. */
export interface StreamAnswer {
  readonly kind: 'stream'
  readonly contentType: string
  readonly chunks: AsyncIterable<string | Uint8Array>
}

/** Bytes from the node, as its own answer had them. */
export interface RelayAnswer {
  readonly kind: 'relay'
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly chunks: AsyncIterable<Uint8Array>
}

export type ApiAnswer = BodyAnswer | StreamAnswer | RelayAnswer

export const jsonType = 'application/json'

export const jsonAnswer = (code: number, value: unknown): BodyAnswer => ({
  kind: 'body',
  code,
  contentType: jsonType,
  body: JSON.stringify(value),
})

export const failureAnswer = (status: FailureStatus): BodyAnswer => ({
  ...jsonAnswer(status.code, statusObject(status)),
  ...(status.details?.retryAfterSeconds === undefined
    ? {}
    : { headers: { 'retry-after': String(status.details.retryAfterSeconds) } }),
})

/** Status `Success`, e.g. of a delete. */
export const successAnswer = (code: number, details?: object): BodyAnswer =>
  jsonAnswer(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    ...(code === 200 ? {} : { code }),
  })

/** Unwraps a result inside a handler; the server turns the thrown ApiError into its Status. */
export const orThrow = <T>(result: Result<T, FailureStatus | ApiError>): T =>
  result.ok ? result.value : refuse(result.error)

/** Ends the handling with this failure. */
export const refuse = (failure: FailureStatus | ApiError): never => {
  throw failure instanceof ApiError ? failure : new ApiError(failure)
}

/** `?watch=true`, `?watch=1`, `?watch`: true as Go's conversion of query parameters reads it. */
export const queryFlag = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name)
  return value !== null && value.toLowerCase() !== 'false' && value !== '0'
}
