/** TLS settings of a Gateway's server. */
import { forbidden, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { ServerTlsSettings } from './gateway.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const isSet = (value: string | readonly unknown[] | undefined): boolean => (value ?? '').length > 0

/** No mode is PASSTHROUGH. */
export const isPassthrough = ({ mode }: ServerTlsSettings): boolean =>
  mode === undefined || mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH'

export const hasServerCredentials = (tls: ServerTlsSettings): boolean =>
  isSet(tls.caCertificates) || isSet(tls.privateKey) || isSet(tls.serverCertificate)

/** Fields that bring certificates, or name them. */
export const CERTIFICATE_FIELDS = [
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
] as const

const validateIstioMutual = (path: string, tls: ServerTlsSettings): Findings =>
  CERTIFICATE_FIELDS.flatMap((field) =>
    when(
      isSet(tls[field]),
      forbidden(child(path, field), 'ISTIO_MUTUAL uses the certificates of the mesh; remove it'),
    ),
  )

/** Fields of which Istio's CustomResourceDefinitions want one at most, be they empty. */
const EXCLUSIVE = [
  ['credentialNames', 'tlsCertificates'],
  ['credentialName', 'credentialNames'],
] as const

const validateExclusive = (path: string, tls: ServerTlsSettings): Findings =>
  EXCLUSIVE.flatMap(([one, other]) =>
    when(
      tls[one] !== undefined && tls[other] !== undefined,
      forbidden(child(path, other), `only one of ${one} or ${other} can be set; keep one`),
    ),
  )

/** The ways of naming the certificates that are used. */
const sourcesOf = (tls: ServerTlsSettings): readonly string[] => [
  ...(isSet(tls.serverCertificate) && isSet(tls.privateKey) ? ['serverCertificate and privateKey'] : []),
  ...(['credentialName', 'credentialNames', 'tlsCertificates'] as const).filter((field) => isSet(tls[field])),
]

const validateSources = (path: string, tls: ServerTlsSettings): Findings => {
  const sources = sourcesOf(tls)
  return when(
    sources.length > 1,
    forbidden(path, `only one of ${sources.join(', ')} should be specified; keep one`),
  )
}

/** What a mode that ends TLS needs, when no Secret is named. */
const validateFiles = (path: string, tls: ServerTlsSettings): Findings => {
  const mode = tls.mode ?? ''
  const needs = `${mode} TLS needs it; or name a Secret in credentialName`
  const certificates = isSet(tls.tlsCertificates)
    ? itemsAt(child(path, 'tlsCertificates'), tls.tlsCertificates)
    : [{ path, value: tls }]
  return [
    ...when(mode !== 'SIMPLE' && !isSet(tls.caCertificates), required(child(path, 'caCertificates'), needs)),
    ...certificates.flatMap((certificate) =>
      (['serverCertificate', 'privateKey'] as const).flatMap((field) =>
        when(!isSet(certificate.value[field]), required(child(certificate.path, field), needs)),
      ),
    ),
  ]
}

export const validateServerTls = (path: string, tls: ServerTlsSettings): Findings => {
  if (tls.mode === 'ISTIO_MUTUAL') {
    return [...validateExclusive(path, tls), ...validateIstioMutual(path, tls)]
  }
  const shared = [...validateExclusive(path, tls), ...validateSources(path, tls)]
  const crl = child(path, 'caCrl')
  if (isPassthrough(tls)) {
    const hasBoth = isSet(tls.caCrl) && isSet(tls.credentialName)
    return [...shared, ...when(hasBoth, forbidden(crl, 'put the list into the Secret of credentialName'))]
  }
  if (shared.length > 0 || isSet(tls.credentialName) || isSet(tls.credentialNames)) return shared
  return [
    ...validateFiles(path, tls),
    ...when(
      isSet(tls.caCrl) && tls.mode === 'SIMPLE',
      forbidden(crl, 'SIMPLE TLS does not verify clients; use MUTUAL or remove it'),
    ),
  ]
}
