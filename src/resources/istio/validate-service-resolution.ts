/** How the endpoints of a ServiceEntry are found, and what fits to it. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { fqdnProblem } from './host-syntax.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { isNetAddress } from './net-address.ts'
import type { ServiceEntry, ServiceEntrySpec } from './service-entry.ts'
import { validateEndpointPorts, validateStaticEndpoint, validateWorkload } from './validate-workload-entry.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const portNames = ({ ports }: ServiceEntrySpec): ReadonlySet<string> =>
  new Set((ports ?? []).map(({ name = '' }) => name))

const validateDns = (spec: ServiceEntrySpec): Findings => {
  const endpoints = itemsAt('spec.endpoints', spec.endpoints ?? [])
  const unresolvable = itemsAt('spec.hosts', spec.hosts ?? []).find(
    ({ value }) => fqdnProblem(value) !== undefined,
  )
  return [
    ...(endpoints.length > 0 || unresolvable === undefined
      ? []
      : [
          invalid(
            unresolvable.path,
            unresolvable.value,
            `hosts must be FQDN if no endpoints are provided for resolution mode ${spec.resolution ?? 'DNS'}`,
          ),
        ]),
    ...when(
      spec.resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1,
      forbidden('spec.endpoints', 'DNS_ROUND_ROBIN mode cannot have multiple endpoints'),
    ),
    ...endpoints.flatMap(({ path, value }) => [
      ...when(
        !isNetAddress(value.address ?? '') && fqdnProblem(value.address ?? '') !== undefined,
        invalid(child(path, 'address'), value.address ?? '', 'is not a valid FQDN or an IP address'),
      ),
      ...validateWorkload(path, value),
      ...validateWorkloadLabels(child(path, 'labels'), value.labels),
      ...validateEndpointPorts(child(path, 'ports'), value.ports, portNames(spec)),
    ]),
  ]
}

const DYNAMIC_PROTOCOLS: ReadonlySet<string> = new Set(['http', 'tls', 'grpc', 'http2'])

const usesWaypoint = ({ metadata }: ServiceEntry): boolean => {
  const waypoint = metadata.labels?.['istio.io/use-waypoint'] ?? ''
  return waypoint !== '' && waypoint.toLowerCase() !== 'none'
}

/** The host of each request is resolved when it comes. */
const validateDynamicDns = (entry: ServiceEntry): Findings => {
  const { spec } = entry
  return [
    ...when(
      (spec.hosts ?? []).length === 0,
      required('spec.hosts', 'at least one wildcard host must be provided for resolution type DYNAMIC_DNS'),
    ),
    ...itemsAt('spec.hosts', spec.hosts ?? []).flatMap(({ path, value }) =>
      when(
        !value.startsWith('*'),
        invalid(path, value, 'host must be wildcarded for resolution mode DYNAMIC_DNS'),
      ),
    ),
    ...(['addresses', 'endpoints'] as const).flatMap((field) =>
      when(
        (spec[field] ?? []).length > 0,
        forbidden(`spec.${field}`, `${field} cannot be set for resolution type DYNAMIC_DNS`),
      ),
    ),
    ...itemsAt('spec.ports', spec.ports ?? []).flatMap(({ path, value }) =>
      when(
        !DYNAMIC_PROTOCOLS.has((value.protocol ?? '').toLowerCase()),
        invalid(
          child(path, 'protocol'),
          value.protocol ?? '',
          'only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type DYNAMIC_DNS',
        ),
      ),
    ),
    ...when(
      (spec.location ?? 'MESH_EXTERNAL') === 'MESH_INTERNAL' && usesWaypoint(entry),
      forbidden(
        'spec.location',
        'MESH_INTERNAL with resolution type DYNAMIC_DNS is not supported when using waypoints',
      ),
    ),
  ]
}

export const validateResolution = (entry: ServiceEntry): Findings => {
  const { spec } = entry
  const endpoints = itemsAt('spec.endpoints', spec.endpoints ?? [])
  switch (spec.resolution ?? 'NONE') {
    case 'NONE':
      return when(
        (spec.endpoints ?? undefined) !== undefined,
        forbidden('spec.endpoints', 'NONE mode cannot set endpoints; set resolution: STATIC or DNS'),
      )
    case 'STATIC':
      return endpoints.flatMap(({ path, value }) => validateStaticEndpoint(path, value, portNames(spec)))
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      return validateDns(spec)
    case 'DYNAMIC_DNS':
      return validateDynamicDns(entry)
  }
}
