import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { ApiServer } from '../apiserver/api-server.ts'
import {
  clientCertificateServerOptions,
  createIdentification,
  systemIdentity,
} from '../apiserver/client-certificates.ts'
import { clusterAddresses, type InstanceAddresses } from './instance-addresses.ts'
import { instanceSockets } from './instance-home.ts'
import type { InstancePki } from './pki.ts'
import type { HostSockets } from './socket-broker.ts'

/** Go's clients reuse idle connections: a server that closes them after Node's 5 s races with their next request. */
const keepIdle = <T extends Server>(server: T): T => {
  server.keepAliveTimeout = 120_000
  return server
}

const listening = (start: (done: () => void) => Server): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = start(() => resolve(server))
    server.once('error', reject)
  })

/** Plain HTTP for the instance's own components, which alone see the socket. */
const openUnixSocket = async (api: ApiServer): Promise<Server> => {
  const server = keepIdle(
    createServer((request, response) => api.handleRequest(request, response, systemIdentity)),
  )
  server.on('upgrade', (request, socket, head) => api.handleUpgrade(request, socket, head, systemIdentity))
  // A server that was killed leaves its socket's file behind.
  await rm(instanceSockets.api, { force: true })
  return listening((done) => server.listen(instanceSockets.api, done))
}

const secureServer = (api: ApiServer, pki: InstancePki): Server => {
  const options = clientCertificateServerOptions({
    certificate: pki.server.certificate,
    privateKey: pki.server.privateKey,
    clientAuthority: pki.authority,
  })
  const identityOf = createIdentification()
  const server = keepIdle(
    createSecureServer(options, (request, response) =>
      api.handleRequest(request, response, identityOf(request.socket)),
    ),
  )
  server.on('upgrade', (request, socket, head) =>
    api.handleUpgrade(request, socket, head, identityOf(socket)),
  )
  return server
}

/** Every place where the API answers: for components, for the host, and for pods inside the cluster. */
export const openApiSockets = async (
  api: ApiServer,
  pki: InstancePki,
  addresses: InstanceAddresses,
  sockets: HostSockets,
): Promise<readonly Server[]> => {
  const components = await openUnixSocket(api)
  const host = secureServer(api, pki)
  await sockets.listen(host, addresses.api, addresses.apiPort)
  const pods = secureServer(api, pki)
  await listening((done) => pods.listen(clusterAddresses.apiPort, clusterAddresses.bridge, done))
  return [components, host, pods]
}
