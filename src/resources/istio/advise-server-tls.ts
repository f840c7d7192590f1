/** What Istio warns of in the TLS settings of a server that it accepts. */
import { child } from '../field-path.ts'
import { advise } from './advise.ts'
import type { Advices } from './advise.ts'
import type { ServerTlsSettings } from './gateway.ts'
import { CERTIFICATE_FIELDS, isPassthrough } from './validate-server-tls.ts'

/** Those that Envoy's BoringSSL has, in OpenSSL's names. */
const CIPHER_SUITES: ReadonlySet<string> = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA',
  'AES256-SHA',
  'DES-CBC3-SHA',
])

/** Expressions such as `-ALL` and `[A|B]` are not looked into. */
const isCipherSuite = (name: string): boolean =>
  name === '' || name === 'ALL' || /^[^\p{L}\p{N}]/u.test(name) || CIPHER_SUITES.has(name)

const sorted = (names: Iterable<string>): string => [...new Set(names)].sort().join(' ')

const adviseCipherSuites = (path: string, suites: readonly string[]): Advices => {
  const field = child(path, 'cipherSuites')
  const known = suites.filter(isCipherSuite)
  const invalid = suites.filter((suite) => !isCipherSuite(suite))
  const repeated = known.filter((suite, index) => known.indexOf(suite) < index)
  return [
    ...advise(invalid.length > 0, field, `ignoring invalid cipher suites: [${sorted(invalid)}]`),
    ...advise(repeated.length > 0, field, `ignoring duplicate cipher suites: [${sorted(repeated)}]`),
  ]
}

const CERTIFICATES = ['caCrl', ...CERTIFICATE_FIELDS] as const

const MOST_CERTIFICATES = 2

export const adviseServerTls = (path: string, tls: ServerTlsSettings): Advices => {
  const {
    mode = 'PASSTHROUGH',
    minProtocolVersion = 'TLS_AUTO',
    cipherSuites = [],
    tlsCertificates = [],
  } = tls
  const named = CERTIFICATES.find((field) => (tls[field] ?? '').length > 0)
  const hasCredential = (tls.credentialName ?? '') !== '' || (tls.credentialNames ?? []).length > 0
  return [
    ...advise(
      ['TLSV1_0', 'TLSV1_1'].includes(minProtocolVersion) && cipherSuites.length === 0,
      child(path, 'minProtocolVersion'),
      'TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.',
    ),
    ...adviseCipherSuites(path, cipherSuites),
    ...(isPassthrough(tls)
      ? advise(
          named !== undefined,
          child(path, named ?? ''),
          `${mode} mode does not use certificates, they will be ignored`,
        )
      : advise(
          mode !== 'ISTIO_MUTUAL' && !hasCredential && tlsCertificates.length > MOST_CERTIFICATES,
          child(path, 'tlsCertificates'),
          `${mode === 'SIMPLE' ? 'SIMPLE' : 'MUTUAL'} TLS can support up to ${MOST_CERTIFICATES} server certificates`,
        )),
  ]
}
