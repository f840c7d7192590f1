/** TCP ports of ServiceEntries without addresses. */
import { listAt, objectAt, objectsAt, sectionOf, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'

/** Whether proxies give hosts without an address one of their own (DNS capture with allocation). */
const allocatesAddresses = (set: ObjectSet): boolean => {
  const metadata = objectAt(objectAt(set.meshConfig, 'defaultConfig'), 'proxyMetadata')
  const isOn = (name: string): boolean => textAt(metadata, name) === 'true'
  return (
    isOn('ISTIO_META_DNS_CAPTURE') &&
    (isOn('ISTIO_META_DNS_AUTO_ALLOCATE') || isOn('PILOT_ENABLE_IP_AUTOALLOCATE'))
  )
}

const hasAddresses = ({ spec, object }: AnalysisObject): boolean =>
  spec['addresses'] !== undefined || listAt(sectionOf(object, 'status'), 'addresses').length > 0

const analyzeEntry = (subject: AnalysisObject): readonly Finding[] => {
  if (hasAddresses(subject)) return []
  return objectsAt(subject.spec, 'ports').flatMap((port, index) => {
    const protocol = (textAt(port, 'protocol') ?? '').toUpperCase()
    return protocol === '' || protocol === 'TCP'
      ? [finding('IST0134', subject, [], { field: `spec.ports[${index}].name` })]
      : []
  })
}

export const serviceEntryAddresses: Analyzer = {
  name: 'serviceentry.Analyzer',
  description: 'Checks that TCP ports of ServiceEntries have addresses',
  codes: ['IST0134'],
  analyze: (set) => (allocatesAddresses(set) ? [] : set.of(kinds.serviceEntry).flatMap(analyzeEntry)),
}
