import { ApiError } from '../machinery/api-error.ts'
import type { WatchEvent } from '../machinery/ports.ts'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { type ClusterEndpoint, endpointName } from './endpoint.ts'
import { apiErrorOf, failureStatusOf } from './failure-status.ts'
import { readBody } from './http-transport.ts'
import { jsonLines } from './json-lines.ts'
import type { RawAccess } from './raw-access.ts'

interface WatchLine<T> {
  readonly type?: string
  readonly object?: T
}

/** One line of a watch as an event; an ERROR line throws its Status as ApiError; unknown types are undefined. */
export const watchEventOf = <T extends KubeObject>(line: WatchLine<T>): WatchEvent<T> | undefined => {
  const { type, object } = line
  if (type === 'ERROR') {
    throw new ApiError(
      failureStatusOf(object, 500) ?? { code: 500, reason: 'InternalError', message: 'the watch failed' },
    )
  }
  if (object === undefined) return undefined
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion ?? '' }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object }
  return undefined
}

/** The events of a watch until the server ends it (normal: it does so after minutes) or `signal` is aborted. */
export async function* watchEvents<T extends KubeObject>(
  raw: RawAccess,
  target: { readonly endpoint: ClusterEndpoint; readonly path: string },
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  try {
    const headers = { accept: 'application/json' }
    const response = await raw.send({ method: 'GET', path: target.path, headers, streaming: true }, signal)
    if (response.status >= 400) {
      throw apiErrorOf(response.status, await readBody(response, target.endpoint))
    }
    for await (const line of jsonLines(response.body)) {
      // The server's word: its lines have this shape.
      const event = watchEventOf(line as WatchLine<T>)
      if (event !== undefined) yield event
    }
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof ApiError || error instanceof CodedError) throw error
    throw new CodedError(
      'cluster-unreachable',
      `the watch of ${target.path} at ${endpointName(target.endpoint)} broke: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
