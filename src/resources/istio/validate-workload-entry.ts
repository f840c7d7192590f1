/** What Istio refuses in a WorkloadEntry, and in the endpoints of a ServiceEntry. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import { dnsLabelProblem, portNumberProblem } from '../meta/name-syntax.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { fqdnProblem } from './host-syntax.ts'
import { UNIX, unixPathProblem } from './unix-address.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'
import type { WorkloadEntry, WorkloadEntrySpec } from './workload-entry.ts'

export interface EndpointRules {
  /** The names of the service's ports; absent: any. */
  readonly servicePorts?: ReadonlySet<string>
  readonly allowsHostNames: boolean
}

const addressProblem = (address: string, allowsHostNames: boolean): string | undefined => {
  if (address.startsWith(UNIX)) return unixPathProblem(address)
  if (isIpAddress(address)) return undefined
  if (!allowsHostNames) return 'is not a valid IP address; host names need resolution: DNS'
  return fqdnProblem(address) === undefined ? undefined : 'is not a valid FQDN or an IP address'
}

export const validateEndpointPorts = (
  path: string,
  ports: Readonly<Record<string, number>> | undefined,
  servicePorts: ReadonlySet<string> | undefined,
): Findings =>
  Object.entries(ports ?? {}).flatMap(([name, port]) => [
    ...when(
      servicePorts?.has(name) === false,
      invalid(
        item(path, name),
        port,
        `the port is not defined by the service entry; write one of ${[...(servicePorts ?? [])].join(', ')}`,
      ),
    ),
    ...checked(path, name, dnsLabelProblem),
    ...checked(item(path, name), port, portNumberProblem),
  ])

export const validateEndpoint = (
  path: string,
  endpoint: WorkloadEntrySpec,
  rules: EndpointRules,
): Findings => {
  const { address = '', network = '', ports, labels } = endpoint
  const isUnix = address.startsWith(UNIX)
  const addressPath = child(path, 'address')
  return [
    ...when(address === '' && network === '', required(addressPath, 'address is required')),
    ...(address === ''
      ? []
      : checked(addressPath, address, (text) => addressProblem(text, rules.allowsHostNames))),
    ...when(
      isUnix && Object.keys(ports ?? {}).length > 0,
      forbidden(child(path, 'ports'), 'a unix domain socket must not include ports; remove them'),
    ),
    ...validateEndpointPorts(child(path, 'ports'), ports, rules.servicePorts),
    ...validateLabels(child(path, 'labels'), labels),
    ...when(
      isUnix && rules.servicePorts !== undefined && rules.servicePorts.size !== 1,
      forbidden(addressPath, 'exactly 1 service port required for unix endpoints'),
    ),
  ]
}

export const validateWorkloadEntry = (entry: WorkloadEntry): Findings => [
  ...validateIstioMetadata(entry),
  ...validateEndpoint('spec', entry.spec, { allowsHostNames: true }),
]
