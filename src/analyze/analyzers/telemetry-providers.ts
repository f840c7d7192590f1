/** Telemetry that names no provider, or a deprecated one. */
import { booleanAt, listAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const nameParameters = ({ name, namespace, fullName }: AnalysisObject): readonly [string, string] => [
  name,
  fullName.includes('/') ? namespace : '',
]

export const telemetryProviders: Analyzer = {
  name: 'telemetry.ProviderAnalyzer',
  description: 'Checks that access logging of Telemetry objects has a provider',
  codes: ['IST0157'],
  analyze: (set) => {
    const defaults = listAt(objectAt(set.meshConfig, 'defaultProviders'), 'accessLogging')
    if (defaults.length > 0) return []
    return set.of(kinds.telemetry).flatMap((subject) =>
      objectsAt(subject.spec, 'accessLogging').flatMap((logging, index) => {
        if (booleanAt(logging, 'disabled') === true || listAt(logging, 'providers').length > 0) return []
        const field = `spec.accessLogging[${index}]`
        return [finding('IST0157', subject, nameParameters(subject), { field })]
      }),
    )
  },
}

export const lightstepProviders: Analyzer = {
  name: 'telemetry.LightstepAnalyzer',
  description: 'Checks that no Telemetry uses a Lightstep provider',
  codes: ['IST0002'],
  analyze: (set) => {
    const lightstep = new Set(
      objectsAt(set.meshConfig, 'extensionProviders')
        .filter((provider) => objectAt(provider, 'lightstep') !== undefined)
        .map((provider) => textAt(provider, 'name') ?? ''),
    )
    return set.of(kinds.telemetry).flatMap((subject) =>
      objectsAt(subject.spec, 'tracing').flatMap((tracing, index) =>
        objectsAt(tracing, 'providers').flatMap((provider, at) => {
          const name = textAt(provider, 'name') ?? ''
          if (!lightstep.has(name)) return []
          const text = `The Lightstep provider ${name} is deprecated, please migrate to OpenTelemetry provider.`
          return [
            finding('IST0002', subject, [text], { field: `spec.tracing[${index}].providers[${at}].name` }),
          ]
        }),
      ),
    )
  },
}
