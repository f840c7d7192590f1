/** The records of the cluster's domain (Kubernetes DNS-Based Service Discovery 1.1.0), as CoreDNS serves them; pure. */
import type { Endpoint } from '../../resources/discovery/endpoint-slice.ts'
import type { ServicePort } from '../../resources/core/service.ts'
import { parseClusterName, type ClusterName } from './dns-names.ts'
import { clusterIpOf, endpointsOfPort, isReady, type ServiceWithSlices } from './service-endpoints.ts'

export type DnsRecord =
  | { readonly type: 'A'; readonly name: string; readonly ttl: number; readonly address: string }
  | {
      readonly type: 'SRV'
      readonly name: string
      readonly ttl: number
      readonly port: number
      readonly target: string
    }
  | {
      readonly type: 'CNAME' | 'PTR' | 'NS'
      readonly name: string
      readonly ttl: number
      readonly target: string
    }
  | { readonly type: 'TXT'; readonly name: string; readonly ttl: number; readonly text: string }
  | { readonly type: 'SOA'; readonly name: string; readonly ttl: number }

/** `exists: false` is NXDOMAIN; an existing name without records of the type is an empty answer. */
export interface DnsAnswer {
  readonly exists: boolean
  readonly answers: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

/** What the answers are made from. */
export interface DnsData {
  readonly domain: string
  readonly dnsAddress: string
  readonly service: (namespace: string, name: string) => ServiceWithSlices | undefined
  readonly hasNamespace: (namespace: string) => boolean
  /** The names of an address, without a final dot. */
  readonly namesOf: (ip: string) => readonly string[]
}

const serviceTtl = 30
/** Endpoints of headless services come and go. */
const headlessTtl = 5

const noName: DnsAnswer = { exists: false, answers: [], additionals: [] }
const answerWith = (answers: readonly DnsRecord[], additionals: readonly DnsRecord[] = []): DnsAnswer => ({
  exists: true,
  answers,
  additionals,
})

/** Of the records of an existing name those that were asked for. */
const only = (type: string, records: readonly DnsRecord[]): DnsAnswer =>
  answerWith(records.filter((record) => record.type === type))

/** CoreDNS' endpoint name: the host name, else the address with dashes. */
export const endpointName = (endpoint: Endpoint): string =>
  endpoint.hostname ?? (endpoint.addresses[0] ?? '').replaceAll('.', '-')

/** `(endpoint, its ready address)` of a headless service. */
const headlessEndpoints = ({ service, slices }: ServiceWithSlices): { name: string; ip: string }[] => {
  const wanted = (endpoint: Endpoint): boolean =>
    isReady(endpoint) || service.spec.publishNotReadyAddresses === true
  const byName = new Map<string, { name: string; ip: string }>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    for (const endpoint of slice.endpoints.filter(wanted)) {
      const ip = endpoint.addresses[0]
      const name = endpointName(endpoint)
      if (ip !== undefined) byName.set(`${name} ${ip}`, { name, ip })
    }
  }
  return [...byName.values()]
}

const addressRecord = (name: string, ttl: number, address: string): DnsRecord => ({
  type: 'A',
  name,
  ttl,
  address,
})

const serviceHost = ({ service }: ServiceWithSlices, domain: string): string =>
  `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.${domain}`

const serviceRecords = (entry: ServiceWithSlices, name: string, type: string, domain: string): DnsAnswer => {
  const { spec } = entry.service
  if (spec.type === 'ExternalName') {
    const target = (spec.externalName ?? '').replace(/\.$/, '')
    return target === '' ? answerWith([]) : answerWith([{ type: 'CNAME', name, ttl: serviceTtl, target }])
  }
  if (type === 'SRV') return portRecords(entry, spec.ports ?? [], name, domain)
  if (type !== 'A' && type !== 'ANY') return answerWith([])
  const clusterIp = clusterIpOf(entry.service)
  if (clusterIp !== undefined) return answerWith([addressRecord(name, serviceTtl, clusterIp)])
  return answerWith(
    [...new Set(headlessEndpoints(entry).map(({ ip }) => ip))]
      .toSorted()
      .map((ip) => addressRecord(name, headlessTtl, ip)),
  )
}

/** SRV: one record per port of a ClusterIP service, one per endpoint and port of a headless one. */
const portRecords = (
  entry: ServiceWithSlices,
  ports: readonly ServicePort[],
  name: string,
  domain: string,
): DnsAnswer => {
  const host = serviceHost(entry, domain)
  const clusterIp = clusterIpOf(entry.service)
  if (clusterIp !== undefined) {
    return answerWith(
      ports.map(({ port }) => ({ type: 'SRV', name, ttl: serviceTtl, port, target: host })),
      ports.length === 0 ? [] : [addressRecord(host, serviceTtl, clusterIp)],
    )
  }
  const hosts = headlessEndpoints(entry)
  const records = ports.flatMap((servicePort) =>
    endpointsOfPort(entry.slices, servicePort).flatMap(({ ip, port }) =>
      hosts
        .filter((candidate) => candidate.ip === ip)
        .map(({ name: endpoint }): DnsRecord => ({
          type: 'SRV',
          name,
          ttl: headlessTtl,
          port,
          target: `${endpoint}.${host}`,
        })),
    ),
  )
  return answerWith(
    records,
    records.length === 0
      ? []
      : hosts.map(({ name: endpoint, ip }) => addressRecord(`${endpoint}.${host}`, headlessTtl, ip)),
  )
}

const endpointRecords = (
  entry: ServiceWithSlices,
  endpoint: string,
  name: string,
  type: string,
): DnsAnswer => {
  const found = headlessEndpoints(entry).filter((candidate) => candidate.name === endpoint)
  if (clusterIpOf(entry.service) !== undefined || found.length === 0) return noName
  return only(
    type,
    found.map(({ ip }) => addressRecord(name, headlessTtl, ip)),
  )
}

const namedPort = (entry: ServiceWithSlices, wanted: Extract<ClusterName, { kind: 'port' }>): ServicePort[] =>
  (entry.service.spec.ports ?? []).filter(
    (port) =>
      (port.name ?? '').toLowerCase() === wanted.port &&
      (port.protocol ?? 'TCP').toLowerCase() === wanted.protocol,
  )

/** Answers for names that belong to one service. */
const ofService = (
  asked: Extract<ClusterName, { kind: 'service' | 'endpoint' | 'port' }>,
  { name, type }: DnsQuestion,
  data: DnsData,
): DnsAnswer => {
  const entry = data.service(asked.namespace, asked.service)
  if (entry === undefined) return noName
  if (asked.kind === 'service') return serviceRecords(entry, name, type, data.domain)
  if (asked.kind === 'endpoint') return endpointRecords(entry, asked.endpoint, name, type)
  const ports = namedPort(entry, asked)
  if (ports.length === 0) return noName
  return type === 'SRV' ? portRecords(entry, ports, name, data.domain) : answerWith([])
}

export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

const reverseRecords = (name: string, type: string, names: readonly string[]): DnsAnswer | undefined =>
  names.length === 0
    ? undefined
    : only(
        type,
        names.map((target) => ({ type: 'PTR', name, ttl: headlessTtl, target })),
      )

/** The answer to a question, or undefined when the name is not under the cluster's domain. */
export const answerQuestion = (question: DnsQuestion, data: DnsData): DnsAnswer | undefined => {
  const { name, type } = question
  const asked = parseClusterName(name, data.domain)
  switch (asked?.kind) {
    case undefined:
      return undefined
    case 'unknown':
      return noName
    case 'empty':
      return answerWith([])
    case 'namespace':
      return data.hasNamespace(asked.namespace) ? answerWith([]) : noName
    case 'apex':
      return only(type, [
        { type: 'SOA', name, ttl: headlessTtl },
        { type: 'NS', name, ttl: serviceTtl, target: `ns.dns.${data.domain}` },
      ])
    case 'name-server':
      return only(type, [addressRecord(name, serviceTtl, data.dnsAddress)])
    case 'version':
      return only(type, [{ type: 'TXT', name, ttl: 28_800, text: '1.1.0' }])
    case 'pod':
      return only(type, [addressRecord(name, headlessTtl, asked.ip)])
    case 'reverse':
      return reverseRecords(name, type, data.namesOf(asked.ip))
    case 'service':
    case 'endpoint':
    case 'port':
      return ofService(asked, question, data)
  }
}
