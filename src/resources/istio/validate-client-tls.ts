/** TLS settings of a DestinationRule: how clients originate TLS. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child } from '../field-path.ts'
import type { ClientTlsSettings } from './traffic-policy.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const CONFIG_MAP = 'configmap://'

const isSet = (text: string | undefined): boolean => text !== undefined && text !== ''

const configMapProblem = (name: string, namespace: string): string | undefined => {
  const [first = '', second = ''] = name.slice(CONFIG_MAP.length).split('/')
  if (first === '' || second === '') return 'must be configmap://<namespace>/<name>'
  return first === namespace ? undefined : `must name a ConfigMap of the same namespace, ${namespace}`
}

const validateSkipVerify = (path: string, tls: ClientTlsSettings): Findings => {
  if (tls.insecureSkipVerify !== true) return []
  // In mode MUTUAL credentialName may hold the client's certificate alone.
  const verifies =
    isSet(tls.caCertificates) ||
    (tls.subjectAltNames ?? []).length > 0 ||
    (tls.mode === 'SIMPLE' && isSet(tls.credentialName))
  return when(
    (tls.mode === 'SIMPLE' || tls.mode === 'MUTUAL') && verifies,
    forbidden(
      child(path, 'insecureSkipVerify'),
      'cannot be true together with caCertificates, subjectAltNames or (in SIMPLE) credentialName',
    ),
  )
}

export const validateClientTls = (path: string, tls: ClientTlsSettings, namespace: string): Findings => {
  const credential = tls.credentialName ?? ''
  const configMap = credential.startsWith(CONFIG_MAP) ? configMapProblem(credential, namespace) : undefined
  const findings = [
    ...when(configMap !== undefined, invalid(child(path, 'credentialName'), credential, configMap ?? '')),
    ...validateSkipVerify(path, tls),
  ]
  const files = (['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'] as const).filter((field) =>
    isSet(tls[field]),
  )
  if ((tls.mode === 'SIMPLE' || tls.mode === 'MUTUAL') && credential !== '') {
    return [
      ...findings,
      ...files.map((field) =>
        forbidden(child(path, field), 'cannot be set together with credentialName; remove one of the two'),
      ),
    ]
  }
  if (tls.mode !== 'MUTUAL') return findings
  return [
    ...findings,
    ...(['clientCertificate', 'privateKey'] as const).flatMap((field) =>
      when(!isSet(tls[field]), required(child(path, field), 'mutual TLS needs it, or a credentialName')),
    ),
  ]
}
