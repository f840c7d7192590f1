/** Authentication by client certificate: the options of the HTTPS server, and whom a certificate names. */
import type { ServerOptions } from 'node:https'
import { TLSSocket } from 'node:tls'
import type { Identity } from './admission.ts'

export interface ServingCertificate {
  /** PEM. */
  readonly certificate: string
  readonly privateKey: string
  /** The authority that signs client certificates, PEM. */
  readonly clientAuthority: string
}

/**
 * Options for node:https: clients may show a certificate of the authority. One that shows none connects, and every
 * request of its is answered 401, as Kubernetes does it.
 */
export const clientCertificateServerOptions = (certificate: ServingCertificate): ServerOptions => ({
  cert: certificate.certificate,
  key: certificate.privateKey,
  ca: certificate.clientAuthority,
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  ALPNProtocols: ['http/1.1'],
})

const namesIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

const readIdentity = (socket: TLSSocket): Identity | undefined => {
  if (!socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  const [name] = namesIn(subject?.CN)
  return name === undefined ? undefined : { name, groups: [...namesIn(subject.O), 'system:authenticated'] }
}

/**
 * Tells the user (CN) and groups (O) of a connection's verified certificate; undefined without one. Reads a
 * connection's certificate once: it does not change, and reading it costs as much as a small request.
 */
export const createIdentification = (): ((socket: unknown) => Identity | undefined) => {
  const known = new WeakMap<TLSSocket, { readonly identity: Identity | undefined }>()
  return (socket) => {
    if (!(socket instanceof TLSSocket)) return undefined
    const entry = known.get(socket) ?? { identity: readIdentity(socket) }
    known.set(socket, entry)
    return entry.identity
  }
}

/** Who speaks over the cluster's own Unix socket. */
export const systemIdentity: Identity = {
  name: 'system:admin',
  groups: ['system:masters', 'system:authenticated'],
}
