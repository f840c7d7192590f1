/** What Kubernetes refuses in an EndpointSlice beyond its schema. */
import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { isIpv4, isIpv6 } from '../meta/ip-address.ts'
import { dnsSubdomainProblem, portNumberProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { EndpointSlice } from './endpoint-slice.ts'

type Errors = readonly FieldError[]

const TYPES = ['FQDN', 'IPv4', 'IPv6']
const MOST_ENDPOINTS = 1000

const addressProblem = (type: string, address: string): string | undefined => {
  if (type === 'IPv4') return isIpv4(address) ? undefined : 'must be a valid IPv4 address'
  if (type === 'IPv6') return isIpv6(address) ? undefined : 'must be a valid IPv6 address'
  return dnsSubdomainProblem(address)
}

const validateEndpoints = (slice: EndpointSlice): Errors =>
  itemsAt('endpoints', slice.endpoints).flatMap(({ path, value }) => [
    ...(value.addresses.length === 0
      ? [required(child(path, 'addresses'), 'must contain at least 1 address')]
      : []),
    ...value.addresses.flatMap((address, index) => {
      const problem = addressProblem(slice.addressType, address)
      return problem === undefined ? [] : [invalid(item(child(path, 'addresses'), index), address, problem)]
    }),
  ])

const validatePorts = (slice: EndpointSlice): Errors => {
  const names = (slice.ports ?? []).map(({ name }) => name ?? '')
  return itemsAt('ports', slice.ports).flatMap(({ path, value, index }) => {
    const problem = value.port === undefined ? undefined : portNumberProblem(value.port)
    return [
      ...(names.indexOf(value.name ?? '') < index ? [duplicate(child(path, 'name'), value.name ?? '')] : []),
      ...(problem === undefined ? [] : [invalid(child(path, 'port'), value.port ?? 0, problem)]),
    ]
  })
}

export const validateEndpointSlice = (slice: EndpointSlice, old?: EndpointSlice): Errors => [
  ...validateMetadata(slice),
  ...(TYPES.includes(slice.addressType) ? [] : [notSupported('addressType', slice.addressType ?? '', TYPES)]),
  ...(old !== undefined && old.addressType !== slice.addressType
    ? [invalid('addressType', slice.addressType, 'field is immutable')]
    : []),
  ...((slice.endpoints ?? []).length > MOST_ENDPOINTS
    ? [invalid('endpoints', slice.endpoints.length, `must have at most ${MOST_ENDPOINTS} items`)]
    : []),
  ...validateEndpoints(slice),
  ...validatePorts(slice),
]
