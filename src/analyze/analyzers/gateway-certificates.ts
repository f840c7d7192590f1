/** Gateways on the same workload that use one certificate: clients that reuse a connection get 404. */
import { objectAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'
import { selects } from '../selector.ts'

const tlsOf = (gateway: AnalysisObject): readonly JsonObject[] =>
  objectsAt(gateway.spec, 'servers').flatMap((server) => {
    const tls = objectAt(server, 'tls')
    return tls === undefined ? [] : [tls]
  })

const sameCertificate = (left: JsonObject, right: JsonObject): boolean => {
  const field = (name: string): readonly [string, string] => [
    textAt(left, name) ?? '',
    textAt(right, name) ?? '',
  ]
  const [leftCredential, rightCredential] = field('credentialName')
  if (leftCredential !== '' || rightCredential !== '') return leftCredential === rightCredential
  return ['serverCertificate', 'privateKey'].every((name) => {
    const [one, other] = field(name)
    return one !== '' && one === other
  })
}

const shareCertificate = (left: AnalysisObject, right: AnalysisObject): boolean =>
  tlsOf(left).some((one) => tlsOf(right).some((other) => sameCertificate(one, other)))

/** Every label that one selects by, the other selects by too. */
const sharesWorkload = (left: AnalysisObject, right: AnalysisObject): boolean =>
  selects(textMapAt(left.spec, 'selector'), textMapAt(right.spec, 'selector'))

export const gatewayCertificates: Analyzer = {
  name: 'gateway.CertificateAnalyzer',
  description: 'Checks that no two Gateways of a workload use the same certificate',
  codes: ['IST0138'],
  analyze: (set) => {
    const gateways = set.of(kinds.gateway)
    return gateways.flatMap((subject) =>
      gateways
        .filter((other) => other !== subject && sharesWorkload(subject, other))
        .filter((other) => shareCertificate(subject, other))
        .map((other) =>
          finding('IST0138', subject, [[subject.fullName, other.fullName]], { field: 'metadata.name' }),
        ),
    )
  },
}
