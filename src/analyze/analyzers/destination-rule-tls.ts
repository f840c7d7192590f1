/** DestinationRules that originate TLS without checking the server's certificate. */
import { numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

/** A credential counts only for rules of selected workloads: others cannot read Secrets. */
const unverifiedMode = (tls: JsonObject | undefined, hasSelector: boolean): string | undefined => {
  const mode = textAt(tls, 'mode')
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return undefined
  const verifies =
    (textAt(tls, 'caCertificates') ?? '') !== '' ||
    (hasSelector && (textAt(tls, 'credentialName') ?? '') !== '')
  return verifies ? undefined : mode
}

const analyzeRule = (subject: AnalysisObject): readonly Finding[] => {
  const { spec, fullName } = subject
  const namespace = fullName.includes('/') ? subject.namespace : ''
  const policy = objectAt(spec, 'trafficPolicy')
  const hasSelector = objectAt(spec, 'workloadSelector') !== undefined
  const host = textAt(spec, 'host') ?? ''
  const mode = unverifiedMode(objectAt(policy, 'tls'), hasSelector)
  const field = 'spec.trafficPolicy.tls.caCertificates'
  return [
    ...(mode === undefined
      ? []
      : [finding('IST0128', subject, [fullName, namespace, mode, host], { field })]),
    ...objectsAt(policy, 'portLevelSettings').flatMap((settings, index) => {
      const portMode = unverifiedMode(objectAt(settings, 'tls'), hasSelector)
      if (portMode === undefined) return []
      const port = `number:${numberAt(objectAt(settings, 'port'), 'number') ?? 0}`
      return [
        finding('IST0129', subject, [fullName, namespace, portMode, host, port], {
          field: `spec.trafficPolicy.portLevelSettings[${index}].tls.caCertificates`,
        }),
      ]
    }),
  ]
}

export const destinationRuleTls: Analyzer = {
  name: 'destinationrule.CaCertificateAnalyzer',
  description: 'Checks that TLS to a host verifies its certificate',
  codes: ['IST0128', 'IST0129'],
  analyze: (set) => set.of(kinds.destinationRule).flatMap(analyzeRule),
}
