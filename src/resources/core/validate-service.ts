/** What Kubernetes refuses in a Service beyond its schema. */
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import {
  dns1035LabelProblem,
  dnsLabelProblem,
  dnsSubdomainProblem,
  portNameProblem,
  portNumberProblem,
} from '../meta/name-syntax.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Service, ServicePort, ServiceSpec } from './service.ts'

type Errors = readonly FieldError[]

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

const targetPortProblem = (port: number | string): string | undefined =>
  typeof port === 'number' ? portNumberProblem(port) : portNameProblem(port)

const validatePort = (path: string, port: ServicePort, needsName: boolean): Errors => {
  const name = port.name ?? ''
  const nameProblem = name === '' ? undefined : dnsLabelProblem(name)
  const number = portNumberProblem(port.port)
  const target = port.targetPort === undefined ? undefined : targetPortProblem(port.targetPort)
  return [
    ...(needsName && name === ''
      ? [required(child(path, 'name'), 'a service with several ports needs a name for each')]
      : []),
    ...(nameProblem === undefined ? [] : [invalid(child(path, 'name'), name, nameProblem)]),
    ...(number === undefined ? [] : [invalid(child(path, 'port'), port.port, number)]),
    ...(target === undefined ? [] : [invalid(child(path, 'targetPort'), port.targetPort ?? 0, target)]),
    ...(port.protocol === undefined || PROTOCOLS.includes(port.protocol)
      ? []
      : [notSupported(child(path, 'protocol'), port.protocol, PROTOCOLS)]),
  ]
}

const validatePorts = (spec: ServiceSpec): Errors => {
  const ports = itemsAt('spec.ports', spec.ports)
  const names = ports.map(({ value }) => value.name)
  const keys = ports.map(({ value }) => `${value.protocol ?? 'TCP'} ${value.port}`)
  return ports.flatMap(({ path, value, index }) => [
    ...validatePort(path, value, ports.length > 1),
    ...((value.name ?? '') !== '' && names.indexOf(value.name) < index
      ? [duplicate(child(path, 'name'), value.name ?? '')]
      : []),
    ...(keys.indexOf(keys[index] ?? '') < index
      ? [duplicate(path, { port: value.port, protocol: value.protocol ?? 'TCP' })]
      : []),
  ])
}

const validateType = (spec: ServiceSpec): Errors => {
  const type = spec.type ?? 'ClusterIP'
  const externalName = spec.externalName ?? ''
  if (!TYPES.includes(type)) return [notSupported('spec.type', type, TYPES)]
  if (type === 'ExternalName') {
    const problem = externalName === '' ? undefined : dnsSubdomainProblem(externalName.replace(/\.$/, ''))
    return [
      ...(externalName === '' ? [required('spec.externalName', 'the name that the service stands for')] : []),
      ...(problem === undefined ? [] : [invalid('spec.externalName', externalName, problem)]),
      ...((spec.clusterIP ?? '') === '' || spec.clusterIP === 'None'
        ? []
        : [forbidden('spec.clusterIP', 'may not be set for ExternalName services')]),
    ]
  }
  const isHeadless = spec.clusterIP === 'None'
  return [
    ...((spec.ports ?? []).length === 0 && !isHeadless ? [required('spec.ports')] : []),
    ...(isHeadless && type === 'LoadBalancer'
      ? [invalid('spec.clusterIP', 'None', 'may not be set to `None` for LoadBalancer services')]
      : []),
  ]
}

const validateAddresses = (spec: ServiceSpec): Errors => {
  const address = spec.clusterIP ?? ''
  return [
    ...(address === '' || address === 'None' || isIpAddress(address)
      ? []
      : [
          invalid('spec.clusterIP', address, "must be empty, 'None', or a valid IP address, (e.g. 10.9.8.7)"),
        ]),
    ...itemsAt('spec.externalIPs', spec.externalIPs).flatMap(({ path, value }) =>
      isIpAddress(value) ? [] : [invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7)')],
    ),
  ]
}

const validateUpdate = (spec: ServiceSpec, old: ServiceSpec): Errors => {
  const before = old.clusterIP ?? ''
  const keepsAddress = (type: string | undefined): boolean => type !== 'ExternalName'
  return before !== '' &&
    keepsAddress(old.type) &&
    keepsAddress(spec.type) &&
    (spec.clusterIP ?? '') !== before
    ? [invalid('spec.clusterIP', spec.clusterIP ?? '', 'field is immutable; delete the service to change it')]
    : []
}

export const validateService = (service: Service, old?: Service): Errors => [
  ...validateMetadata(service, dns1035LabelProblem),
  ...validateType(service.spec),
  ...validatePorts(service.spec),
  ...validateAddresses(service.spec),
  ...validateLabels('spec.selector', service.spec.selector),
  ...(old === undefined ? [] : validateUpdate(service.spec, old.spec)),
]
