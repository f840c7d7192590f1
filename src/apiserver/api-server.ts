/** The Kubernetes HTTP API over the store: authentication, routing, and one Status for every failure. */
import { setMaxListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError } from '../machinery/api-error.ts'
import { definitionKind } from '../resources/apiextensions/definition-kind.ts'
import type { Kind } from '../resources/kind.ts'
import { reviewKinds } from '../resources/virtual/review-kinds.ts'
import { virtualKinds } from '../resources/virtual/virtual-kinds.ts'
import { CodedError, messageOf } from '../primitives/coded-error.ts'
import { createAuthorizer } from './access/authorizer.ts'
import { effectiveUser } from './access/impersonation.ts'
import { accessDenied, accessOf } from './access/request-access.ts'
import type { Identity } from './admission.ts'
import type { ApiContext, ApiServerOptions, ObjectTarget } from './api-context.ts'
import { failureAnswer, refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { badRequest, internalError, pathNotFound, unauthorized } from '../machinery/status-errors.ts'
import { handleGeneral, type OpenApi } from './general-handler.ts'
import { createBuiltInDefinitions } from './built-in-definitions.ts'
import { definitionStatus, settleConflicts } from './definition-admission.ts'
import { apiRequest, sendAnswer, singleHeaders, splitUrl } from './node-http.ts'
import { createOpenApiDocuments } from './openapi-documents.ts'
import { podStreamPath } from './pod-streams.ts'
import { relayUpgrade } from './relay-http.ts'
import { parseRequestPath, type RequestPath } from './request-path.ts'
import { handleResource, targetOf } from './resource-handler.ts'
import { createServedKinds, type ServedDefinition } from './served-kinds.ts'
import { createWatchHub } from './watch-hub.ts'

export interface ApiServer {
  /** For `request` events of any node:http(s) server. `identity` undefined: nobody was authenticated. Never throws. */
  readonly handleRequest: (
    message: IncomingMessage,
    response: ServerResponse,
    identity: Identity | undefined,
  ) => void
  /** For `upgrade` events: exec, attach and port-forward over WebSocket or SPDY. Never throws. */
  readonly handleUpgrade: (
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    identity: Identity | undefined,
  ) => void
  /** One request as a value, without any socket. */
  readonly answer: (request: ApiRequest) => Promise<ApiAnswer>
  /** The CustomResourceDefinitions, as they are now, and how to hear of every change. */
  readonly customKinds: {
    readonly current: () => readonly ServedDefinition[]
    readonly subscribe: (listener: () => void) => () => void
  }
  /** Ends all watches and streams; resolves when they are over. */
  readonly close: () => Promise<void>
}

const failureOf = (
  context: ApiContext,
  error: unknown,
  request: { readonly method: string; readonly path: string },
): ApiAnswer => {
  if (error instanceof ApiError) return failureAnswer(error.status)
  const code = error instanceof CodedError ? error.code : undefined
  context.log('a request failed', {
    method: request.method,
    path: request.path,
    code,
    error: messageOf(error),
  })
  return failureAnswer(internalError(messageOf(error)).status)
}

/** Who makes the request; throws 401 for nobody, 403 for somebody who may not. */
const authorized = (
  context: ApiContext,
  request: Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'identity'>,
  path: RequestPath,
): Identity => {
  if (request.identity === undefined) return refuse(unauthorized())
  const user = effectiveUser(context.authorizer, request.identity, request.headers)
  if (path.kind === 'malformed') return user
  const wanted = accessOf(request, path)
  return context.authorizer.decide(user, wanted).allowed ? user : refuse(accessDenied(user, wanted))
}

const route = async (context: ApiContext, openApi: OpenApi, request: ApiRequest): Promise<ApiAnswer> => {
  const path = parseRequestPath(request.path)
  const identity = authorized(context, request, path)
  switch (path.kind) {
    case 'malformed':
      return refuse(badRequest(path.message))
    case 'other':
      return handleGeneral(context, openApi, path.segments, request)
    case 'resource':
      if (path.resource.group === definitionKind.group) await context.writeBuiltInDefinitions()
      return handleResource(context, path.resource, request, identity)
  }
}

const upgradePath = (
  context: ApiContext,
  message: IncomingMessage,
  identity: Identity | undefined,
): string => {
  const { path, query } = splitUrl(message.url ?? '/')
  const parsed = parseRequestPath(path)
  const request = { method: message.method ?? 'GET', path, query, headers: singleHeaders(message), identity }
  const user = authorized(context, request, parsed)
  if (parsed.kind !== 'resource') return refuse(pathNotFound())
  const target = targetOf(context, parsed.resource, user)
  const { name } = target
  if (name === undefined || target.subresource === undefined) return refuse(pathNotFound())
  const object: ObjectTarget = { ...target, name }
  return podStreamPath(context, object, query)
}

const refusalText = (answer: ApiAnswer): string => {
  if (answer.kind !== 'body') return ''
  const body = answer.body.toString()
  return `HTTP/1.1 ${answer.code} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}

const upgrade = async (
  context: ApiContext,
  message: IncomingMessage,
  socket: Duplex,
  rest: { readonly head: Buffer; readonly identity: Identity | undefined },
): Promise<void> => {
  // The client may break off at any time, before there is a backend too.
  socket.on('error', () => socket.destroy())
  try {
    const path = upgradePath(context, message, rest.identity)
    const backend = await context.connectNode()
    relayUpgrade(socket, backend, { incoming: message, head: rest.head, path })
  } catch (error) {
    const request = { method: message.method ?? 'GET', path: message.url ?? '/' }
    socket.end(refusalText(failureOf(context, error, request)))
  }
}

/** Aborts when the server closes or the response ends, whichever is first. */
const requestSignal = (response: ServerResponse, stop: AbortSignal): AbortSignal => {
  const own = new AbortController()
  const abort = (): void => own.abort()
  stop.addEventListener('abort', abort, { once: true })
  response.once('close', () => {
    stop.removeEventListener('abort', abort)
    abort()
  })
  return own.signal
}

/** Kinds without a store are documented when they are reviews: clients send those. */
const isDocumented = (kind: Kind): boolean =>
  !virtualKinds.includes(kind) || reviewKinds.includes(kind) || kind.storedAs !== undefined

/** Builds the server; it watches the store from now on and listens on nothing: the caller binds it to its sockets. */
export const createApiServer = (options: ApiServerOptions): ApiServer => {
  const hub = createWatchHub(options.store, options.clock, options.log)
  const served = createServedKinds(options.store, [...options.kinds, ...virtualKinds], options.log)
  const { store, index } = served
  const definitions = { served, clock: options.clock, log: options.log }
  const context: ApiContext = {
    ...options,
    store,
    mutators: [...options.mutators, definitionStatus(definitions)],
    writeBuiltInDefinitions: createBuiltInDefinitions({ ...options, served }),
    index,
    hub,
    authorizer: createAuthorizer(store, index),
  }
  const stop = new AbortController()
  // Every request under way listens to it; their number is not a leak.
  setMaxListeners(0, stop.signal)
  const underWay = new Set<Promise<void>>()
  const openApi: OpenApi = createOpenApiDocuments(() => index.kinds, isDocumented)

  const answer = async (request: ApiRequest): Promise<ApiAnswer> => {
    try {
      return await route(context, openApi, request)
    } catch (error) {
      return failureOf(context, error, request)
    }
  }
  const own = (work: Promise<void>, socket: { readonly destroy: () => unknown }): void => {
    const owned = work
      .catch((error: unknown) => {
        if (!stop.signal.aborted) context.log('an answer broke off', { error: messageOf(error) })
        socket.destroy()
      })
      .finally(() => underWay.delete(owned))
    underWay.add(owned)
  }
  served.subscribe(() => {
    const settling = settleConflicts(definitions).finally(() => underWay.delete(settling))
    underWay.add(settling)
  })
  return {
    answer,
    customKinds: { current: served.definitions, subscribe: served.subscribe },
    handleRequest: (message, response, identity) => {
      const signal = requestSignal(response, stop.signal)
      const serve = async (): Promise<void> =>
        sendAnswer(response, await answer(apiRequest(message, identity, signal)), signal)
      own(serve(), response)
    },
    handleUpgrade: (message, socket, head, identity) => {
      own(upgrade(context, message, socket, { head, identity }), socket)
    },
    close: async () => {
      stop.abort()
      await hub.close()
      await Promise.all(underWay)
    },
  }
}
