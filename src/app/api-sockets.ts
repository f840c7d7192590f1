import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Identity } from '../apiserver/admission.ts'
import type { ApiServer } from '../apiserver/api-server.ts'
import type { BearerIdentification } from '../apiserver/bearer-tokens.ts'
import {
  clientCertificateServerOptions,
  createIdentification,
  systemIdentity,
} from '../apiserver/client-certificates.ts'
import { handleClientError } from '../apiserver/node-http.ts'
import { clusterAddresses, type InstanceAddresses } from './instance-addresses.ts'
import { instanceSockets } from './instance-home.ts'
import type { InstancePki } from './pki.ts'
import type { HostSockets } from './socket-broker.ts'

/** Go's clients reuse idle connections: a server that closes them after Node's 5 s races with their next request. */
const prepared = <T extends Server>(server: T): T => {
  server.keepAliveTimeout = 120_000
  server.on('clientError', handleClientError)
  return server
}

const listening = (start: (done: () => void) => Server): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = start(() => resolve(server))
    server.once('error', reject)
  })

/** Plain HTTP for the instance's own components, which alone see the socket. */
const openUnixSocket = async (api: ApiServer): Promise<Server> => {
  const server = prepared(
    createServer((request, response) => api.handleRequest(request, response, systemIdentity)),
  )
  server.on('upgrade', (request, socket, head) => api.handleUpgrade(request, socket, head, systemIdentity))
  // A server that was killed leaves its socket's file behind.
  await rm(instanceSockets.api, { force: true })
  return listening((done) => server.listen(instanceSockets.api, done))
}

/** Who a request comes from: its connection's certificate, or the token that it carries. */
type Authenticate = (request: IncomingMessage) => Identity | undefined

const secureServer = (api: ApiServer, pki: InstancePki, bearer: BearerIdentification): Server => {
  const options = clientCertificateServerOptions({
    certificate: pki.server.certificate,
    privateKey: pki.server.privateKey,
    clientAuthority: pki.authority,
  })
  const certified = createIdentification()
  const identityOf: Authenticate = ({ socket, headers }) =>
    certified(socket) ?? (headers.authorization === undefined ? undefined : bearer(headers.authorization))
  const server = prepared(
    createSecureServer(options, (request, response) =>
      api.handleRequest(request, response, identityOf(request)),
    ),
  )
  server.on('upgrade', (request, socket, head) =>
    api.handleUpgrade(request, socket, head, identityOf(request)),
  )
  return server
}

export interface ApiSocketOptions {
  readonly pki: InstancePki
  /** Tells whom the Authorization header of a request names. */
  readonly bearer: BearerIdentification
  readonly addresses: InstanceAddresses
  readonly sockets: HostSockets
}

/** Every place where the API answers: for components, for the host, and for pods inside the cluster. */
export const openApiSockets = async (
  api: ApiServer,
  { pki, bearer, addresses, sockets }: ApiSocketOptions,
): Promise<readonly Server[]> => {
  const components = await openUnixSocket(api)
  const host = secureServer(api, pki, bearer)
  await sockets.listen(host, addresses.api, addresses.apiPort)
  const pods = secureServer(api, pki, bearer)
  await listening((done) => pods.listen(clusterAddresses.apiPort, clusterAddresses.bridge, done))
  return [components, host, pods]
}
