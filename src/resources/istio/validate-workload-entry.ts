/** What Istio refuses in a WorkloadEntry, and in the endpoints of a ServiceEntry. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, item } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { fqdnProblem, portNameProblem } from './host-syntax.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { isNetAddress } from './net-address.ts'
import { UNIX, workloadSocketProblem } from './unix-address.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'
import type { WorkloadEntry, WorkloadEntrySpec } from './workload-entry.ts'

/** The longest name of a port that Istio's CustomResourceDefinitions let a workload have. */
const LONGEST_PORT_NAME = 62

const workloadPortProblem = (name: string): string | undefined =>
  name.length > LONGEST_PORT_NAME
    ? `port name must be valid: at most ${LONGEST_PORT_NAME} characters`
    : portNameProblem(name)

/** What the CustomResourceDefinitions ask of every workload, of the template of a WorkloadGroup too. */
export const validateWorkload = (path: string, { address = '', ports }: WorkloadEntrySpec): Findings => {
  const isUnix = address.startsWith(UNIX)
  return [
    ...(isUnix ? checked(child(path, 'address'), address, workloadSocketProblem) : []),
    ...when(
      isUnix && (ports ?? undefined) !== undefined,
      forbidden(child(path, 'ports'), 'a unix domain socket must not include ports; remove them'),
    ),
    ...Object.entries(ports ?? {}).flatMap(([name, port]) => [
      ...checked(child(path, 'ports'), name, workloadPortProblem),
      ...checked(item(child(path, 'ports'), name), port, portNumberProblem),
    ]),
  ]
}

/** Ports of an endpoint are those of the service. */
export const validateEndpointPorts = (
  path: string,
  ports: Readonly<Record<string, number>> | undefined,
  servicePorts: ReadonlySet<string>,
): Findings =>
  Object.entries(ports ?? {}).flatMap(([name, port]) =>
    when(
      !servicePorts.has(name),
      invalid(
        item(path, name),
        port,
        `the port is not defined by the service entry; write one of ${[...servicePorts].join(', ')}`,
      ),
    ),
  )

const validateAddress = (
  path: string,
  { address = '', network = '' }: WorkloadEntrySpec,
  hostProblem: (host: string) => string | undefined,
): Findings => {
  if (address === '') return when(network === '', required(path, 'address is required'))
  return address.startsWith(UNIX) || isNetAddress(address) ? [] : checked(path, address, hostProblem)
}

/** An endpoint of a ServiceEntry with resolution STATIC. */
export const validateStaticEndpoint = (
  path: string,
  endpoint: WorkloadEntrySpec,
  servicePorts: ReadonlySet<string>,
): Findings => [
  ...validateAddress(
    child(path, 'address'),
    endpoint,
    () => 'is not a valid IP address; host names need resolution: DNS',
  ),
  ...validateWorkload(path, endpoint),
  ...validateEndpointPorts(child(path, 'ports'), endpoint.ports, servicePorts),
  ...validateWorkloadLabels(child(path, 'labels'), endpoint.labels),
  ...when(
    (endpoint.address ?? '').startsWith(UNIX) && servicePorts.size !== 1,
    forbidden(child(path, 'address'), 'exactly 1 service port required for unix endpoints'),
  ),
]

const hostNameProblem = (host: string): string | undefined =>
  fqdnProblem(host) === undefined ? undefined : 'is not a valid FQDN or an IP address'

export const validateWorkloadEntry = (entry: WorkloadEntry): Findings => [
  ...validateIstioMetadata(entry),
  ...validateAddress('spec.address', entry.spec, hostNameProblem),
  ...validateWorkload('spec', entry.spec),
  ...validateWorkloadLabels('spec.labels', entry.spec.labels),
]
