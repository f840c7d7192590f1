/** Istio ServiceEntries to services of the model: one per host. */
import type { EntryEndpoint, Protocol, Resolution, Service, ServicePort } from '../model/service.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { numberAt, objectAt, objectsAt, optional, specOf, textAt, textMapAt, textsAt } from './json-reader.ts'
import { exportToOf, originOf } from './object-names.ts'

const RESOLUTIONS: Readonly<Record<string, Resolution>> = {
  NONE: 'original-destination',
  STATIC: 'endpoints',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns-round-robin',
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  HTTP: 'http',
  HTTP2: 'http2',
  GRPC: 'grpc',
  'GRPC-WEB': 'grpc-web',
  HTTPS: 'https',
  TLS: 'tls',
  TCP: 'tcp',
  MONGO: 'mongo',
  MYSQL: 'mysql',
  REDIS: 'redis',
  UDP: 'udp',
}

/** One ServiceEntry (networking.istio.io). */
export const translateServiceEntry = (object: KubeObject): readonly Service[] => {
  const spec = specOf(object)
  const selector = objectAt(spec, 'workloadSelector')
  const shared = {
    namespace: object.metadata.namespace ?? '',
    addresses: textsAt(spec, 'addresses').map(withoutHostMask),
    ports: objectsAt(spec, 'ports').flatMap(translatePort),
    resolution: RESOLUTIONS[textAt(spec, 'resolution') ?? ''] ?? 'original-destination',
    ...optional('selector', selector === undefined ? undefined : textMapAt(selector, 'labels')),
    labels: object.metadata.labels ?? {},
    exportTo: exportToOf(textsAt(spec, 'exportTo')),
    publishNotReady: false,
    createdAt: object.metadata.creationTimestamp ?? '',
    origin: originOf(object),
    entry: { endpoints: objectsAt(spec, 'endpoints').map(translateEntryEndpoint) },
  }
  return textsAt(spec, 'hosts').map((host) => ({
    ...shared,
    host: host.toLowerCase(),
    name: host.toLowerCase(),
  }))
}

/** `1.2.3.4/32` is the address itself. */
const withoutHostMask = (address: string): string =>
  address.includes(':') ? address.replace(/\/128$/, '') : address.replace(/\/32$/, '')

const translatePort = (port: JsonObject): readonly ServicePort[] => {
  const number = numberAt(port, 'number')
  if (number === undefined) return []
  return [
    {
      name: textAt(port, 'name') ?? '',
      number,
      protocol: PROTOCOLS[(textAt(port, 'protocol') ?? '').toUpperCase()] ?? 'auto',
      target: numberAt(port, 'targetPort') ?? number,
    },
  ]
}

/** An endpoint of a ServiceEntry, or the spec of a WorkloadEntry. */
export const translateEntryEndpoint = (endpoint: JsonObject): EntryEndpoint => ({
  address: textAt(endpoint, 'address') ?? '',
  ports: numbersAt(endpoint, 'ports'),
  labels: textMapAt(endpoint, 'labels'),
  serviceAccount: textAt(endpoint, 'serviceAccount') ?? '',
  ...optional('weight', numberAt(endpoint, 'weight')),
  ...optional('locality', textAt(endpoint, 'locality')),
})

const numbersAt = (source: JsonObject, field: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(objectAt(source, field) ?? {}).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  )

/**
 * Several services of one host act as one: the cluster's own first, then the older; later ones add the ports that it
 * lacks, as Istio's users split a host over ServiceEntries.
 */
export const mergeServices = (services: readonly Service[]): Service | undefined => {
  const [first, ...others] = services
  if (first === undefined || others.length === 0) return first
  const numbers = new Set(first.ports.map(({ number }) => number))
  const ports = [...first.ports]
  for (const { entry, resolution, ports: more } of others) {
    if (entry === undefined || resolution !== first.resolution) continue
    for (const port of more) {
      if (numbers.has(port.number)) continue
      numbers.add(port.number)
      ports.push(port)
    }
  }
  return ports.length === first.ports.length ? first : { ...first, ports }
}
