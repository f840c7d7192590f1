/** Kubernetes Services to services of the model. */
import type { Resolution, Service, ServicePort } from '../model/service.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import {
  booleanAt,
  numberAt,
  objectAt,
  objectsAt,
  optional,
  specOf,
  textAt,
  textMapAt,
  textsAt,
} from './json-reader.ts'
import { DEFAULT_DOMAIN, originOf, serviceHost } from './object-names.ts'
import { protocolOfPort } from './port-protocol.ts'

/** Namespaces, comma-separated, as on Istio's annotation. */
const EXPORT_TO = 'networking.istio.io/exportTo'

/** One Service (core/v1). `domain` is the DNS domain of the cluster. */
export const translateService = (object: KubeObject, domain: string = DEFAULT_DOMAIN): Service => {
  const spec = specOf(object)
  const namespace = object.metadata.namespace ?? ''
  const externalName = textAt(spec, 'externalName')
  const resolution = resolutionOf(spec)
  const selector = objectAt(spec, 'selector') === undefined ? undefined : textMapAt(spec, 'selector')
  return {
    host: serviceHost(object.metadata.name, namespace, domain),
    name: object.metadata.name,
    namespace,
    addresses: addressesOf(spec),
    ports: objectsAt(spec, 'ports').flatMap(translatePort),
    resolution,
    ...(resolution === 'alias' && externalName !== undefined ? { aliasOf: externalName.toLowerCase() } : {}),
    ...optional(
      'selector',
      selector !== undefined && Object.keys(selector).length > 0 ? selector : undefined,
    ),
    labels: object.metadata.labels ?? {},
    exportTo: exportedTo(object.metadata.annotations?.[EXPORT_TO]),
    publishNotReady: booleanAt(spec, 'publishNotReadyAddresses') ?? false,
    createdAt: object.metadata.creationTimestamp ?? '',
    origin: originOf(object),
  }
}

const resolutionOf = (spec: JsonObject): Resolution => {
  if (textAt(spec, 'type') === 'ExternalName') return 'alias'
  return textAt(spec, 'clusterIP') === 'None' ? 'original-destination' : 'endpoints'
}

const addressesOf = (spec: JsonObject): readonly string[] => {
  const all = textsAt(spec, 'clusterIPs')
  const single = textAt(spec, 'clusterIP')
  return (all.length > 0 ? all : single === undefined ? [] : [single]).filter(
    (address) => address !== '' && address !== 'None',
  )
}

const exportedTo = (annotation: string | undefined): readonly string[] =>
  annotation === undefined ? ['*'] : annotation.split(',').map((entry) => entry.trim())

const translatePort = (port: JsonObject): readonly ServicePort[] => {
  const number = numberAt(port, 'port')
  if (number === undefined) return []
  const name = textAt(port, 'name') ?? ''
  const protocol = protocolOfPort({
    number,
    name,
    transport: textAt(port, 'protocol') ?? 'TCP',
    ...optional('appProtocol', textAt(port, 'appProtocol')),
  })
  return [
    { name, number, protocol, target: numberAt(port, 'targetPort') ?? textAt(port, 'targetPort') ?? number },
  ]
}
