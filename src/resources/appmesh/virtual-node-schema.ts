/** The schema of VirtualNode: pods, how they are found, what they listen to and whom they call. */
import type { Schema } from '../schema.ts'
import { described, integer, list, object, oneOf, text } from './schema-builder.ts'
import {
  awsName,
  clientPolicy,
  connectionPool,
  duration,
  healthCheck,
  kindSchema,
  labelSelector,
  listenerTls,
  logging,
  meshRef,
  portMapping,
  PROTOCOLS,
  reference,
} from './schema-parts.ts'

const protocols = [...PROTOCOLS, 'tcp'] as const
const requestTimeout = object({ idle: duration, perRequest: duration })

const listener: Schema = object({
  connectionPool: connectionPool(true),
  healthCheck: healthCheck(protocols, true),
  outlierDetection: object({
    'baseEjectionDuration!': duration,
    'interval!': duration,
    'maxEjectionPercent!': integer(0, 100),
    'maxServerErrors!': integer(1),
  }),
  'portMapping!': portMapping(...protocols),
  timeout: object({
    grpc: requestTimeout,
    http: requestTimeout,
    http2: requestTimeout,
    tcp: object({ idle: duration }),
  }),
  tls: listenerTls(false),
})

const serviceDiscovery: Schema = described(
  'How the pods are found: by DNS or by AWS Cloud Map.',
  object({
    awsCloudMap: object({
      attributes: list(object({ 'key!': text(1, 255), 'value!': text(1, 1024) })),
      'namespaceName!': text(1, 1024),
      'serviceName!': text(1, 1024),
    }),
    dns: object({ 'hostname!': text(), responseType: oneOf('ENDPOINTS', 'LOADBALANCER') }),
  }),
)

export const virtualNodeSchema: Schema = kindSchema(
  'VirtualNode stands for the pods of one version of an application.',
  object({
    awsName,
    backendDefaults: object({ clientPolicy }),
    backendGroups: list(reference),
    backends: described(
      'The services that the pods may call.',
      list(
        object({
          'virtualService!': object({
            clientPolicy,
            virtualServiceARN: text(),
            virtualServiceRef: reference,
          }),
        }),
      ),
    ),
    listeners: list(listener, { minItems: 0 }),
    logging,
    meshRef,
    podSelector: described('The pods; absent for what runs outside of the cluster.', labelSelector),
    serviceDiscovery,
  }),
  { virtualNodeARN: text() },
)
