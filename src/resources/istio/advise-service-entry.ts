/** What Istio warns of in a ServiceEntry or WorkloadEntry that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise, adviseWorkloadSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import { isHttpProtocol, isKnownProtocol } from './protocol.ts'
import type { ServiceEntry, ServiceEntrySpec } from './service-entry.ts'
import type { WorkloadEntry, WorkloadEntrySpec } from './workload-entry.ts'

const adviseAddress = (path: string, { address = '', network = '' }: WorkloadEntrySpec): Advices =>
  advise(
    address === '' && network !== '',
    child(path, 'address'),
    `address is unset with network ${JSON.stringify(network)}`,
  )

export const adviseWorkloadEntry = ({ spec }: WorkloadEntry): Advices => adviseAddress('spec', spec)

/** Istio gives hosts an address of their own, but not without resolution, or where a label says no. */
const hasVirtualAddress = ({ metadata, spec }: ServiceEntry): boolean =>
  (spec.addresses ?? []).length > 0 ||
  ((spec.resolution ?? 'NONE') !== 'NONE' &&
    metadata.labels?.['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() !== 'false')

const adviseHosts = ({ hosts, resolution = 'NONE' }: ServiceEntrySpec): Advices =>
  itemsAt('spec.hosts', hosts).flatMap(({ path, value }) =>
    advise(
      resolution !== 'DYNAMIC_DNS' && /^\*[^.]/.test(value),
      path,
      `partial wildcard ${JSON.stringify(value)} not allowed`,
    ),
  )

const advisePorts = (entry: ServiceEntry): Advices =>
  itemsAt('spec.ports', entry.spec.ports).flatMap(({ path, value }) =>
    advise(
      ['', 'TCP'].includes(value.protocol ?? '') && !hasVirtualAddress(entry),
      child(path, 'protocol'),
      'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled',
    ),
  )

/** HTTPS and TLS are TCP to Istio; UDP is not. */
const isTcp = (protocol: string | undefined): boolean =>
  isKnownProtocol(protocol) && !isHttpProtocol(protocol) && protocol?.toLowerCase() !== 'udp'

const adviseResolution = (spec: ServiceEntrySpec): Advices => {
  switch (spec.resolution ?? 'NONE') {
    case 'NONE':
      return advise(
        (spec.workloadSelector ?? undefined) !== undefined,
        'spec.workloadSelector',
        'workloadSelector should not be set when resolution mode is NONE',
      )
    case 'STATIC':
      return itemsAt('spec.endpoints', spec.endpoints).flatMap(({ path, value }) =>
        adviseAddress(path, value),
      )
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      return advise(
        (spec.addresses ?? []).length > 0 &&
          (spec.hosts ?? []).length > 1 &&
          (spec.ports ?? []).some(({ protocol }) => isTcp(protocol)),
        'spec.hosts',
        'service entry can not have more than one host specified simultaneously with address and tcp port',
      )
    case 'DYNAMIC_DNS':
      return []
  }
}

export const adviseServiceEntry = (entry: ServiceEntry): Advices => [
  ...adviseWorkloadSelector(entry.spec.workloadSelector, 'service entry'),
  ...adviseHosts(entry.spec),
  ...advisePorts(entry),
  ...adviseResolution(entry.spec),
]
