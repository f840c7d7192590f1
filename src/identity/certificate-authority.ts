/** Certificates: the authority of an instance and what it signs. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its private key, PEM (RFC 7468; the key as PKCS #8, RFC 5958). */
export interface KeyPairPem {
  readonly certificate: string
  readonly privateKey: string
}

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface CertificateRequest extends Validity {
  /** Kubernetes reads the user from CN and the groups from O. */
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
  readonly uris?: readonly string[]
  readonly usage: 'server' | 'client'
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const pemOfKey = async (key: CryptoKey): Promise<string> => {
  const body = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${body.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}

type CryptoKey = Awaited<ReturnType<typeof webcrypto.subtle.importKey>>

const keyOfPem = (pem: string): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign'])

const serialNumber = (): string =>
  Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .replace(/^[89a-f]/, '7')

const generateKeys = (): Promise<{ readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** A self-signed authority (RFC 5280, path length 0 is not set: it may sign intermediates). */
export const createCertificateAuthority = async (
  commonName: string,
  validity: Validity,
): Promise<KeyPairPem> => {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pemOfKey(keys.privateKey) }
}

const alternativeNames = (request: CertificateRequest): x509.JsonGeneralNames => [
  ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
  ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ...(request.uris ?? []).map((value) => ({ type: 'url' as const, value })),
]

/** A leaf certificate signed by the authority, with a fresh P-256 key. */
export const issueCertificate = async (
  authority: KeyPairPem,
  request: CertificateRequest,
): Promise<KeyPairPem> => {
  const keys = await generateKeys()
  const issuer = new x509.X509Certificate(authority.certificate)
  const names = alternativeNames(request)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [
      ...(request.organizations ?? []).map((organization) => ({ O: [organization] })),
      { CN: [request.commonName] },
    ],
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await keyOfPem(authority.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        request.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pemOfKey(keys.privateKey) }
}
