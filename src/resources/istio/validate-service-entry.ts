/** What Istio refuses in a ServiceEntry beyond its schema. */
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { portNameProblem, wildcardDomainProblem } from './host-syntax.ts'
import { isNetAddressOrBlock } from './net-address.ts'
import { validateSelectorLabels } from './policy-target.ts'
import { isHttpProtocol, isKnownProtocol, isTlsProtocol } from './protocol.ts'
import type { ServiceEntry, ServiceEntryPort, ServiceEntrySpec } from './service-entry.ts'
import { validateExportTo } from './validate-export-to.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateResolution } from './validate-service-resolution.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'

const hostProblem = (host: string): string | undefined =>
  host === '*' ? 'hostname cannot be wildcard; write at least *.example.com' : wildcardDomainProblem(host)

const PROTOCOLS = ['HTTP', 'HTTPS', 'GRPC', 'GRPC-WEB', 'HTTP2', 'MONGO', 'REDIS', 'MYSQL', 'TCP', 'TLS']

const validatePort = (
  path: string,
  { name = '', number = 0, protocol = '', targetPort }: ServiceEntryPort,
): Findings => [
  ...checked(child(path, 'name'), name, portNameProblem),
  ...checked(child(path, 'number'), number, portNumberProblem),
  ...checked(child(path, 'targetPort'), targetPort, portNumberProblem),
  ...when(
    protocol !== '' && !isKnownProtocol(protocol),
    notSupported(child(path, 'protocol'), protocol, PROTOCOLS),
  ),
]

const validatePorts = (ports: readonly ServiceEntryPort[] | undefined): Findings => {
  const entries = itemsAt('spec.ports', ports ?? [])
  const names = entries.map(({ value }) => value.name ?? '')
  const numbers = entries.map(({ value }) => value.number ?? 0)
  return entries.flatMap(({ path, value, index }) => [
    ...when(
      names.indexOf(value.name ?? '') < index,
      duplicate(child(path, 'name'), value.name ?? '', 'service entry port name already defined'),
    ),
    ...when(
      numbers.indexOf(value.number ?? 0) < index,
      duplicate(child(path, 'number'), value.number ?? 0, 'service entry port already defined'),
    ),
    ...validatePort(path, value),
  ])
}

/** Plain TCP has nothing to tell hosts apart by. */
const validateManyHosts = ({ hosts, ports, resolution = 'NONE' }: ServiceEntrySpec): Findings =>
  when(
    resolution !== 'NONE' &&
      (hosts ?? []).length > 1 &&
      (ports ?? []).some(({ protocol }) => !isHttpProtocol(protocol) && !isTlsProtocol(protocol)),
    forbidden('spec.hosts', 'multiple hosts provided with non-HTTP, non-TLS ports; write one host per entry'),
  )

const validateAddresses = ({ addresses, resolution = 'NONE' }: ServiceEntrySpec): Findings => [
  ...itemsAt('spec.addresses', addresses ?? []).flatMap(({ path, value }) =>
    when(!isNetAddressOrBlock(value), invalid(path, value, 'is not a valid IP address or CIDR block')),
  ),
  ...when(
    (addresses ?? []).some((address) => address.includes('/')) &&
      resolution !== 'NONE' &&
      resolution !== 'STATIC',
    forbidden('spec.addresses', 'CIDR addresses are allowed only for NONE/STATIC resolution types'),
  ),
]

export const validateServiceEntry = (entry: ServiceEntry): Findings => {
  const { spec } = entry
  const exportTo = spec.exportTo ?? []
  return [
    ...validateIstioMetadata(entry),
    ...validateSelectorLabels('spec.workloadSelector.labels', spec.workloadSelector?.labels),
    ...when(
      (spec.workloadSelector ?? undefined) !== undefined && (spec.endpoints ?? undefined) !== undefined,
      forbidden('spec', 'only one of workloadSelector or endpoints is allowed in a service entry; keep one'),
    ),
    ...when(
      (spec.hosts ?? []).length === 0,
      required('spec.hosts', 'service entry must have at least one host'),
    ),
    ...itemsAt('spec.hosts', spec.hosts ?? []).flatMap(({ path, value }) =>
      checked(path, value, hostProblem),
    ),
    ...validateAddresses(spec),
    ...validatePorts(spec.ports),
    ...validateResolution(entry),
    ...validateManyHosts(spec),
    // `~` exports to nobody: the service is seen by its own workloads alone.
    ...(exportTo.length === 1 && exportTo[0] === '~'
      ? []
      : validateExportTo(exportTo, entry.metadata.namespace ?? '', false)),
  ]
}
