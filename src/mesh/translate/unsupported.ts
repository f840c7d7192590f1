/** Fields that users may write and the mesh does not carry out yet: told to the user, never passed over in silence. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Finding } from '../model/finding.ts'
import { atField } from '../model/origin.ts'
import { listAt, objectAt, objectsAt, specOf, textAt } from './json-reader.ts'
import { originOf } from './object-names.ts'

const SERVED = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'])

/** One finding per field, in the order of the object. */
export const unsupportedFields = (object: KubeObject): readonly Finding[] => {
  const spec = specOf(object)
  return fieldsOf(object.kind, spec).map(({ field, remedy }) => ({
    reason: 'UnsupportedValue',
    origin: atField(originOf(object), field),
    message: 'this field is not carried out yet',
    remedy,
  }))
}

interface Field {
  readonly field: string
  readonly remedy: string
}

const LEAVE_OUT = 'leave it out; the rest of the object is in effect'

const fieldsOf = (kind: string, spec: JsonObject): readonly Field[] => {
  switch (kind) {
    case 'VirtualService':
      return [
        ...objectsAt(spec, 'http').flatMap((route, index) =>
          objectAt(route, 'delegate') === undefined ? [] : [leaveOut(`spec.http[${index}]`)('delegate')],
        ),
      ]
    case 'Gateway':
      return objectsAt(spec, 'servers').flatMap((server, index) =>
        SERVED.has((textAt(objectAt(server, 'port'), 'protocol') ?? '').toUpperCase())
          ? []
          : [
              {
                field: `spec.servers[${index}].port.protocol`,
                remedy: 'write HTTP, HTTP2 or GRPC; other servers are in effect',
              },
            ],
      )
    case 'DestinationRule':
      return [
        ...policyFields(objectAt(spec, 'trafficPolicy'), 'spec.trafficPolicy'),
        ...objectsAt(spec, 'subsets').flatMap((subset, index) =>
          policyFields(objectAt(subset, 'trafficPolicy'), `spec.subsets[${index}].trafficPolicy`),
        ),
      ]
    case 'Sidecar':
      return [
        ...['ingress'].filter((field) => listAt(spec, field).length > 0).map(leaveOut('spec')),
        ...['inboundConnectionPool']
          .filter((field) => objectAt(spec, field) !== undefined)
          .map(leaveOut('spec')),
        ...(objectAt(objectAt(spec, 'outboundTrafficPolicy'), 'egressProxy') === undefined
          ? []
          : [leaveOut('spec.outboundTrafficPolicy')('egressProxy')]),
        ...objectsAt(spec, 'egress').flatMap((listener, index) =>
          ['port', 'bind', 'captureMode']
            .filter((field) => listener[field] !== undefined)
            .map(leaveOut(`spec.egress[${index}]`)),
        ),
      ]
    case 'Telemetry':
      return ['tracing', 'metrics', 'targetRefs']
        .filter((field) => listAt(spec, field).length > 0)
        .map(leaveOut('spec'))
    default:
      return []
  }
}

const leaveOut =
  (parent: string) =>
  (field: string): Field => ({ field: `${parent}.${field}`, remedy: LEAVE_OUT })

const policyFields = (policy: JsonObject | undefined, path: string): readonly Field[] => [
  ...['tls', 'tunnel', 'proxyProtocol', 'retryBudget']
    .filter((field) => objectAt(policy, field) !== undefined)
    // Plain text is what is sent anyway.
    .filter((field) => field !== 'tls' || textAt(objectAt(policy, field), 'mode') !== 'DISABLE')
    .map(leaveOut(path)),
  ...['localityLbSetting', 'warmup']
    .filter((field) => objectAt(objectAt(policy, 'loadBalancer'), field) !== undefined)
    .map(leaveOut(`${path}.loadBalancer`)),
]
