/** What Kubernetes refuses in an Ingress beyond its schema (pkg/apis/networking/validation). */
import { invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import { dns1035LabelProblem, dnsSubdomainProblem, portNumberProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Ingress, IngressBackend, IngressPath, IngressRule } from './ingress.ts'

type Errors = readonly FieldError[]

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']

const portErrors = (
  path: string,
  port: { readonly name?: string; readonly number?: number } = {},
): Errors => {
  const number = port.number ?? 0
  const hasName = (port.name ?? '') !== ''
  if (hasName && number !== 0) return [invalid(path, { ...port }, 'cannot set both port name & port number')]
  if (hasName) return []
  if (number === 0) return [required(path, 'port name or number is required')]
  const problem = portNumberProblem(number)
  return problem === undefined ? [] : [invalid(child(path, 'number'), number, problem)]
}

const backendErrors = (path: string, { service, resource }: IngressBackend): Errors => {
  if (service !== undefined && resource !== undefined) {
    return [invalid(path, '', 'cannot set both resource and service backends')]
  }
  if (service === undefined) return resource === undefined ? [required(path, 'backend is required')] : []
  const problem = dns1035LabelProblem(service.name)
  return [
    ...(problem === undefined ? [] : [invalid(child(path, 'service.name'), service.name, problem)]),
    ...portErrors(child(path, 'service.port'), service.port),
  ]
}

const pathErrors = (path: string, { path: url = '', pathType, backend }: IngressPath): Errors => [
  ...(PATH_TYPES.includes(pathType) ? [] : [notSupported(child(path, 'pathType'), pathType, PATH_TYPES)]),
  ...((url !== '' || pathType !== 'ImplementationSpecific') && !url.startsWith('/')
    ? [invalid(child(path, 'path'), url, 'must be an absolute path')]
    : []),
  ...backendErrors(child(path, 'backend'), backend),
]

const hostErrors = (path: string, host: string): Errors => {
  if (isIpAddress(host)) return [invalid(path, host, 'must be a DNS name, not an IP address')]
  const problem = dnsSubdomainProblem(host.startsWith('*.') ? host.slice(2) : host)
  return problem === undefined ? [] : [invalid(path, host, problem)]
}

const ruleErrors = (path: string, { host = '', http }: IngressRule): Errors => [
  ...(host === '' ? [] : hostErrors(child(path, 'host'), host)),
  ...(http !== undefined && http.paths.length === 0 ? [required(child(path, 'http.paths'))] : []),
  ...itemsAt(child(path, 'http.paths'), http?.paths).flatMap((item) => pathErrors(item.path, item.value)),
]

export const validateIngress = (ingress: Ingress): Errors => {
  const { defaultBackend, rules = [] } = ingress.spec ?? {}
  return [
    ...validateMetadata(ingress),
    ...(defaultBackend === undefined && rules.length === 0
      ? [invalid('spec', {}, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend === undefined ? [] : backendErrors('spec.defaultBackend', defaultBackend)),
    ...itemsAt('spec.rules', rules).flatMap(({ path, value }) => ruleErrors(path, value)),
  ]
}
