/** Istio Telemetries to what they say of access logs. */
import type { LogPolicy, LogRule, LogSide, LogSink } from '../model/access-log.ts'
import type { Finding } from '../model/finding.ts'
import { atField } from '../model/origin.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { booleanAt, objectAt, objectsAt, optional, specOf, textAt, textMapAt } from './json-reader.ts'
import { originOf } from './object-names.ts'

/** One Telemetry (telemetry.istio.io). */
export const translateTelemetry = (object: KubeObject): LogPolicy => {
  const spec = specOf(object)
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    selector: textMapAt(objectAt(spec, 'selector'), 'matchLabels'),
    rules: objectsAt(spec, 'accessLogging').map(translateRule),
    createdAt: object.metadata.creationTimestamp ?? '',
    origin: originOf(object),
  }
}

/** Providers of access logs that the mesh's configuration does not define. */
export const unknownProviders = (object: KubeObject, providers: readonly LogSink[]): readonly Finding[] => {
  if (object.kind !== 'Telemetry') return []
  const known = providers.map(({ provider }) => provider)
  return objectsAt(specOf(object), 'accessLogging').flatMap((rule, index) =>
    objectsAt(rule, 'providers').flatMap((entry, place): readonly Finding[] => {
      const name = textAt(entry, 'name') ?? ''
      if (known.some((provider) => provider.toLowerCase() === name.toLowerCase())) return []
      return [
        {
          reason: 'ProviderNotFound',
          origin: atField(originOf(object), `spec.accessLogging[${index}].providers[${place}].name`),
          message: `no provider of access logs is called ${JSON.stringify(name)}`,
          remedy: `write one of ${known.join(', ')}, or add it to extensionProviders in the ConfigMap istio`,
        },
      ]
    }),
  )
}

const SIDES: Readonly<Record<string, LogSide>> = { CLIENT: 'client', SERVER: 'server' }

const translateRule = (rule: JsonObject): LogRule => ({
  ...optional('side', SIDES[textAt(objectAt(rule, 'match'), 'mode') ?? '']),
  providers: objectsAt(rule, 'providers').map((provider) => textAt(provider, 'name') ?? ''),
  disabled: booleanAt(rule, 'disabled') ?? false,
  ...optional('filter', textAt(objectAt(rule, 'filter'), 'expression')),
})
