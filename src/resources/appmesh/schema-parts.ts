/** The parts that App Mesh's kinds share (appmesh.k8s.aws/v1beta2). */
import type { Schema } from '../schema.ts'
import { described, flag, integer, list, object, oneOf, text } from './schema-builder.ts'

export const awsName = described(
  'The name in App Mesh; by default made of the name and the namespace.',
  text(),
)

export const meshRef = described(
  'The mesh that the object belongs to; filled in by the controller.',
  object({ 'name!': text(), 'uid!': text() }),
)

/** A reference to an object of App Mesh, by default in the namespace of the one that refers. */
export const reference: Schema = object({ 'name!': text(), namespace: text() })

export const labelSelector: Schema = { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector' }

export const duration: Schema = described(
  'A length of time as value and unit.',
  object({ 'unit!': oneOf('s', 'ms'), 'value!': integer(0) }),
)

export const PROTOCOLS = ['grpc', 'http', 'http2'] as const

/** A port where traffic arrives. */
export const portMapping = (...protocols: readonly string[]): Schema =>
  object({ 'port!': integer(1, 65_535), 'protocol!': oneOf(...protocols) })

const fileTrust = object({ 'certificateChain!': text(1, 255) })
const secret = object({ 'secretName!': text() })
const ownFile = object({ 'certificateChain!': text(1, 255), 'privateKey!': text(1, 255) })
const authorities = object({ 'certificateAuthorityARNs!': list(text(), { minItems: 1, maxItems: 3 }) })
const alternativeNames = object({ 'match!': object({ 'exact!': list(text()) }) })

/** Whom a proxy trusts; of a listener of a VirtualNode without ACM. */
const validation = (hasAcm: boolean): Schema =>
  object({
    subjectAlternativeNames: alternativeNames,
    'trust!': object({ ...(hasAcm ? { acm: authorities } : {}), file: fileTrust, sds: secret }),
  })

export const clientPolicy: Schema = described(
  'How a proxy calls a backend.',
  object({
    tls: object({
      certificate: object({ file: ownFile, sds: secret }),
      enforce: described('Whether calls must use TLS; by default they must.', flag),
      ports: list(integer(1, 65_535)),
      'validation!': validation(true),
    }),
  }),
)

export const listenerTls = (hasAcm: boolean): Schema =>
  object({
    'certificate!': object({
      acm: object({ 'certificateARN!': text() }),
      file: ownFile,
      sds: secret,
    }),
    'mode!': oneOf('DISABLED', 'PERMISSIVE', 'STRICT'),
    validation: validation(hasAcm),
  })

/** `required`: the fields that this kind of listener asks for beyond the others. */
export const healthCheck = (protocols: readonly string[], isThresholdRequired: boolean): Schema =>
  object({
    [isThresholdRequired ? 'healthyThreshold!' : 'healthyThreshold']: integer(2, 10),
    'intervalMillis!': integer(5000, 300_000),
    path: text(),
    port: integer(1, 65_535),
    'protocol!': oneOf(...protocols),
    'timeoutMillis!': integer(2000, 60_000),
    'unhealthyThreshold!': integer(2, 10),
  })

const connections = object({ 'maxConnections!': integer(1), maxPendingRequests: integer(1) })
const requests = object({ 'maxRequests!': integer(1) })

export const connectionPool = (hasTcp: boolean): Schema =>
  object({
    grpc: requests,
    http: connections,
    http2: requests,
    ...(hasTcp ? { tcp: object({ 'maxConnections!': integer(1) }) } : {}),
  })

export const logging: Schema = object({
  accessLog: object({
    file: object({
      format: object({ json: list(object({ 'key!': text(1), 'value!': text(1) })), text: text() }),
      'path!': described('Where the log goes; /dev/stdout for the container log.', text(1, 255)),
    }),
  }),
})

/** How a header or an item of gRPC metadata is matched; nothing set: it must be there. */
const valueMatch: Schema = object({
  exact: text(1, 255),
  prefix: text(1, 255),
  range: object({ 'end!': integer(), 'start!': integer() }),
  regex: text(1, 255),
  suffix: text(1, 255),
})

export const namedMatches: Schema = list(object({ invert: flag, match: valueMatch, 'name!': text(1, 50) }), {
  minItems: 1,
  maxItems: 10,
})

export const queryMatches: Schema = list(object({ match: object({ exact: text() }), 'name!': text() }), {
  minItems: 1,
  maxItems: 10,
})

export const method: Schema = oneOf(
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
)

export const pathMatch: Schema = object({ exact: text(1, 255), regex: text(1, 255) })

/** The whole schema of a kind, from its spec and what its status has beside conditions. */
export const kindSchema = (
  description: string,
  spec: Schema,
  status: Readonly<Record<string, Schema>>,
): Schema => ({
  description,
  ...object({
    apiVersion: text(),
    kind: text(),
    metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    spec,
    status: object({
      ...status,
      conditions: list(
        object({
          lastTransitionTime: { type: 'string', format: 'date-time' },
          message: text(),
          reason: text(),
          'status!': text(),
          'type!': text(),
        }),
      ),
      observedGeneration: integer(),
    }),
  }),
})
