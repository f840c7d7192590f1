/** TLS settings of a Gateway's server. */
import { forbidden, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { ServerTlsSettings } from './gateway.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const isSet = (text: string | undefined): boolean => text !== undefined && text !== ''

/** No mode is PASSTHROUGH. */
export const isPassthrough = ({ mode }: ServerTlsSettings): boolean =>
  mode === undefined || mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH'

export const hasServerCredentials = (tls: ServerTlsSettings): boolean =>
  isSet(tls.caCertificates) || isSet(tls.privateKey) || isSet(tls.serverCertificate)

const validateIstioMutual = (path: string, tls: ServerTlsSettings): Findings =>
  (['serverCertificate', 'privateKey', 'caCertificates', 'credentialName'] as const).flatMap((field) =>
    when(
      isSet(tls[field]),
      forbidden(child(path, field), 'ISTIO_MUTUAL uses the certificates of the mesh; remove it'),
    ),
  )

interface CertificateFiles {
  readonly serverCertificate?: string
  readonly privateKey?: string
  readonly caCertificates?: string
}

const validateFiles = (path: string, files: CertificateFiles, mode: string): Findings => {
  const needed = [
    'serverCertificate',
    'privateKey',
    ...(mode === 'SIMPLE' ? [] : ['caCertificates']),
  ] as const
  const values: Readonly<Record<string, string | undefined>> = { ...files }
  return needed.flatMap((field) =>
    when(
      !isSet(values[field]),
      required(child(path, field), `${mode} TLS needs it; or name a Secret in credentialName`),
    ),
  )
}

/** How many ways of naming the certificates are used. */
const sourcesOf = (tls: ServerTlsSettings): readonly string[] => [
  ...(isSet(tls.credentialName) ? ['credentialName'] : []),
  ...((tls.credentialNames ?? []).length > 0 ? ['credentialNames'] : []),
  ...(isSet(tls.serverCertificate) || isSet(tls.privateKey) ? ['serverCertificate and privateKey'] : []),
  ...((tls.tlsCertificates ?? []).length > 0 ? ['tlsCertificates'] : []),
]

const validateCertificates = (path: string, tls: ServerTlsSettings, mode: string): Findings => {
  const sources = sourcesOf(tls)
  if (sources.length > 1) {
    return [forbidden(path, `only one of ${sources.join(', ')} may be set; keep one`)]
  }
  const [source] = sources
  if (source === 'credentialName' || source === 'credentialNames') return []
  if (source !== 'tlsCertificates') return validateFiles(path, tls, mode)
  return itemsAt(child(path, 'tlsCertificates'), tls.tlsCertificates).flatMap((certificate) =>
    validateFiles(
      certificate.path,
      {
        ...(tls.caCertificates === undefined ? {} : { caCertificates: tls.caCertificates }),
        ...certificate.value,
      },
      mode,
    ),
  )
}

export const validateServerTls = (path: string, tls: ServerTlsSettings): Findings => {
  const mode = tls.mode ?? 'PASSTHROUGH'
  switch (mode) {
    case 'ISTIO_MUTUAL':
      return validateIstioMutual(path, tls)
    case 'PASSTHROUGH':
    case 'AUTO_PASSTHROUGH':
      return []
    case 'SIMPLE':
    case 'MUTUAL':
    case 'OPTIONAL_MUTUAL':
      return [
        ...validateCertificates(path, tls, mode),
        ...when(
          isSet(tls.caCrl) && !isSet(tls.credentialName) && mode === 'SIMPLE',
          forbidden(child(path, 'caCrl'), 'SIMPLE TLS does not verify clients; use MUTUAL or remove it'),
        ),
      ]
  }
}
