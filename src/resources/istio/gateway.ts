/** Gateway (networking.istio.io): what a proxy at the edge of the mesh listens to. */
import type { KubeObject } from '../kube-object.ts'
import type { IstioStatus } from './istio-status.ts'

export interface GatewayPort {
  readonly number: number
  readonly protocol: string
  readonly name: string
  readonly targetPort?: number
}

export type ServerTlsMode =
  | 'PASSTHROUGH'
  | 'SIMPLE'
  | 'MUTUAL'
  | 'AUTO_PASSTHROUGH'
  | 'ISTIO_MUTUAL'
  | 'OPTIONAL_MUTUAL'

export type TlsProtocol = 'TLS_AUTO' | 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3'

export interface ServerTlsSettings {
  readonly httpsRedirect?: boolean
  readonly mode?: ServerTlsMode
  readonly serverCertificate?: string
  readonly privateKey?: string
  readonly caCertificates?: string
  readonly caCrl?: string
  readonly credentialName?: string
  readonly credentialNames?: readonly string[]
  readonly caCertCredentialName?: string
  readonly tlsCertificates?: readonly {
    readonly serverCertificate?: string
    readonly privateKey?: string
    readonly caCertificates?: string
  }[]
  readonly subjectAltNames?: readonly string[]
  readonly verifyCertificateSpki?: readonly string[]
  readonly verifyCertificateHash?: readonly string[]
  readonly minProtocolVersion?: TlsProtocol
  readonly maxProtocolVersion?: TlsProtocol
  readonly cipherSuites?: readonly string[]
}

export interface GatewayServer {
  readonly port: GatewayPort
  readonly bind?: string
  readonly hosts: readonly string[]
  readonly tls?: ServerTlsSettings
  readonly defaultEndpoint?: string
  readonly name?: string
}

export interface GatewaySpec {
  readonly servers?: readonly GatewayServer[]
  readonly selector?: Readonly<Record<string, string>>
}

export interface Gateway extends KubeObject {
  readonly spec: GatewaySpec
  readonly status?: IstioStatus
}
