/** Where a Kubernetes API answers, and how to prove who asks. */

/** A Unix socket that speaks plain HTTP: only the embedded cluster's own components reach it. */
export interface SocketEndpoint {
  readonly socketPath: string
}

/** An HTTPS server. Certificates and keys are PEM texts; `token` goes as a bearer token. */
export interface ServerEndpoint {
  /** e.g. `https://127.0.0.1:6443`; a path such as `/k8s/clusters/one` becomes the prefix of every request. */
  readonly server: string
  readonly certificateAuthority?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly token?: string
  /** The name to expect in the server's certificate, when it is not the host of `server`. */
  readonly tlsServerName?: string
  /** Skips the check of the server's certificate: as dangerous as kubectl's flag of that name. */
  readonly insecureSkipTlsVerify?: boolean
}

export type ClusterEndpoint = SocketEndpoint | ServerEndpoint

/** The endpoint as an operator would recognise it in an error message. */
export const endpointName = (endpoint: ClusterEndpoint): string =>
  'socketPath' in endpoint ? endpoint.socketPath : endpoint.server
