import type { JsonValue } from '../primitives/json-value.ts'
import type { ClusterEndpoint } from './endpoint.ts'
import { apiErrorOf } from './failure-status.ts'
import { readBody, type Transport, type TransportRequest, type TransportResponse } from './http-transport.ts'

export const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' } as const

/** Any request to the API: table responses, logs, discovery. Paths start with `/`. */
export interface RawAccess {
  /** The response, whatever its code, with its body unread. Fails with CodedError `cluster-unreachable`. */
  readonly send: (request: TransportRequest, signal?: AbortSignal) => Promise<TransportResponse>
  /** The body as text; a code of 400 or above is an ApiError. */
  readonly text: (request: TransportRequest, signal?: AbortSignal) => Promise<string>
  /** The body as JSON; a code of 400 or above is an ApiError. */
  readonly json: <T = JsonValue>(request: TransportRequest, signal?: AbortSignal) => Promise<T>
}

export const createRawAccess = (transport: Transport, endpoint: ClusterEndpoint): RawAccess => {
  const text = async (request: TransportRequest, signal?: AbortSignal): Promise<string> => {
    const response = await transport.send(request, signal)
    const body = await readBody(response, endpoint)
    if (response.status >= 400) throw apiErrorOf(response.status, body)
    return body
  }
  return {
    send: transport.send,
    text,
    json: async (request, signal) =>
      JSON.parse(await text({ ...request, headers: { ...jsonHeaders, ...request.headers } }, signal)),
  }
}
