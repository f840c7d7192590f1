/** A whole API server on a store in memory, for tests: called without sockets, or bound to a loopback port. */
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../app/system-clock.ts'
import { ok } from '../primitives/result.ts'
import { allKinds } from '../resources/all-kinds.ts'
import { schemaLibrary } from '../resources/schema-library.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { generateTokenKey, openServiceAccountTokens } from '../identity/service-account-token.ts'
import { createBearerIdentification } from './bearer-tokens.ts'
import type { ApiServerOptions } from './api-context.ts'
import type { Identity } from './admission.ts'
import type { ApiAnswer, ApiRequest } from './api-request.ts'
import { createApiServer, type ApiServer } from './api-server.ts'
import {
  clientCertificateServerOptions,
  createIdentification,
  systemIdentity,
} from './client-certificates.ts'
import { defaultServiceAccount } from './service-account-admission.ts'
import { createServiceAddresses } from './service-addresses.ts'

export interface Rig {
  readonly server: ApiServer
  readonly store: Store
  readonly logged: string[]
  /** One JSON request as a system component; the answer's body parsed. */
  readonly call: (
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>
  readonly close: () => Promise<void>
}

export interface Answered {
  readonly code: number
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

const collected = async (answer: ApiAnswer): Promise<Answered> => {
  if (answer.kind !== 'body') throw new Error(`the answer is a ${answer.kind}, not a body`)
  const text = answer.body.toString()
  return {
    code: answer.code,
    body: answer.contentType.startsWith('application/json') && text !== '' ? JSON.parse(text) : text,
    text,
    headers: { ...answer.headers, 'content-type': answer.contentType },
    warnings: answer.warnings ?? [],
  }
}

/** A request as a value. */
export const requestOf = (
  method: string,
  url: string,
  options: {
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal
    readonly anonymous?: boolean
    /** Absent: a system component. */
    readonly identity?: Identity
  } = {},
): ApiRequest => {
  const [path = '', query = ''] = url.split('?')
  const { body } = options
  const bytes =
    body === undefined ? Buffer.alloc(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: options.headers ?? {},
    identity: options.anonymous === true ? undefined : (options.identity ?? systemIdentity),
    readBody: () => Promise.resolve(ok(bytes)),
    signal: options.signal ?? new AbortController().signal,
  }
}

export const createRig = async (overrides: Partial<ApiServerOptions> = {}): Promise<Rig> => {
  const store = overrides.store ?? createMemoryStore()
  const logged: string[] = []
  const clock = overrides.clock ?? systemClock
  let suffix = 0
  const serviceAddresses = createServiceAddresses({
    store,
    clock,
    serviceRange: '10.96.0.0/16',
    reserved: [],
  })
  const tokens = openServiceAccountTokens(generateTokenKey(), 'https://kubernetes.default.svc')
  const bearer = createBearerIdentification({
    store,
    kinds: allKinds,
    audience: tokens.issuer,
    read: (token) => {
      const claims = tokens.verify(token, clock.now())
      return claims.ok ? claims.value : undefined
    },
  })
  const server = createApiServer({
    store,
    kinds: allKinds,
    schemaLibrary,
    mutators: [defaultServiceAccount, serviceAddresses.mutator],
    validators: [serviceAddresses.validator],
    connectNode: () => Promise.reject(new Error('no node in this test')),
    connectPod: () => Promise.reject(new Error('no pods in this test')),
    tokens: { ...tokens, identify: (token) => bearer(`Bearer ${token}`) },
    clock,
    identifiers: { uid: () => randomUUID(), nameSuffix: () => (suffix += 1).toString(36).padStart(5, 'x') },
    version: { major: '1', minor: '32', gitVersion: 'v1.32.0' },
    log: (message, fields) => logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
    ...overrides,
  })
  const call: Rig['call'] = async (method, url, body, headers) =>
    collected(
      await server.answer(
        requestOf(method, url, {
          ...(body === undefined ? {} : { body }),
          ...(headers === undefined ? {} : { headers }),
        }),
      ),
    )
  for (const name of ['default', 'kube-system']) {
    await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  return {
    server,
    store,
    logged,
    call,
    close: async () => {
      await server.close()
      await store.close()
    },
  }
}

/** Binds the server to a loopback port with client certificates; gives the address. */
export const listenHttps = async (
  rig: Rig,
  certificate: Parameters<typeof clientCertificateServerOptions>[0],
): Promise<{ readonly url: string; readonly server: Server }> => {
  const identityOf = createIdentification()
  const server = createServer(clientCertificateServerOptions(certificate), (message, response) =>
    rig.server.handleRequest(message, response, identityOf(message.socket)),
  )
  server.on('upgrade', (message, socket, head) =>
    rig.server.handleUpgrade(message, socket, head, identityOf(socket)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return { url: `https://127.0.0.1:${address.port}`, server }
}
