/** The kinds of the Gateway API, standard and experimental channel alike (gateway-api.sigs.k8s.io). */
import type { Kind } from '../kind.ts'
import type { Condition, KubeObject } from '../kube-object.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { schemaLibrary } from '../schema-library.ts'
import type { Schema } from '../schema.ts'
import { defineGatewayApiKind } from './define-gateway-api-kind.ts'
import type { GrpcRoute, HttpRoute } from './http-route.ts'
import type { ConnectionRoute } from './route-parts.ts'
import { validateBackendTlsPolicy } from './validate-backend-tls-policy.ts'
import type { BackendTlsPolicy } from './validate-backend-tls-policy.ts'
import { validateConnectionRoute } from './validate-connection-route.ts'
import { validateGatewayClass, validateKubernetesGateway } from './validate-gateway.ts'
import type { GatewayClass, KubernetesGateway } from './validate-gateway.ts'
import { validateGrpcRoute } from './validate-grpc-route.ts'
import { validateHttpRoute } from './validate-http-route.ts'
import { validateListeners } from './validate-listeners.ts'
import type { Listener } from './validate-listeners.ts'

interface ListenerSet extends KubeObject {
  readonly spec: { readonly listeners: readonly Listener[] }
}

interface WithStatus extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly addresses?: readonly { readonly value: string }[]
  }
}

const conditionColumn = (type: string): Kind['columns'][number] =>
  column<WithStatus>(
    type,
    `The status of the condition ${type}`,
    ({ status }) => status?.conditions?.find((one) => one.type === type)?.status ?? '',
  )

const hostnames = column<HttpRoute>(
  'Hostnames',
  'The hostnames of the requests that the route takes',
  ({ spec }) => (spec.hostnames === undefined ? '' : JSON.stringify(spec.hostnames)),
)

const gatewayClass = defineGatewayApiKind<GatewayClass>({
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  shortNames: ['gc'],
  namespaced: false,
  versions: ['v1', 'v1beta1'],
  columns: [
    nameColumn,
    column<GatewayClass>(
      'Controller',
      'The controller that manages Gateways of this class',
      ({ spec }) => spec.controllerName,
    ),
    conditionColumn('Accepted'),
    ageColumn,
    {
      ...column<GatewayClass>('Description', 'What the class is for', ({ spec }) => spec.description ?? ''),
      priority: 1,
    },
  ],
  validate: validateGatewayClass,
})

const gateway = defineGatewayApiKind<KubernetesGateway>({
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gtw'],
  namespaced: true,
  versions: ['v1', 'v1beta1'],
  columns: [
    nameColumn,
    column<KubernetesGateway & { readonly spec: { readonly gatewayClassName: string } }>(
      'Class',
      'The GatewayClass',
      ({ spec }) => spec.gatewayClassName,
    ),
    column<WithStatus>(
      'Address',
      'The first address that the Gateway answers on',
      ({ status }) => status?.addresses?.[0]?.value ?? '',
    ),
    conditionColumn('Programmed'),
    ageColumn,
  ],
  validate: validateKubernetesGateway,
})

const listenerSet = defineGatewayApiKind<ListenerSet>({
  kind: 'ListenerSet',
  plural: 'listenersets',
  shortNames: ['lset'],
  namespaced: true,
  versions: ['v1'],
  columns: [nameColumn, conditionColumn('Accepted'), conditionColumn('Programmed'), ageColumn],
  validate: (set) => [...validateMetadata(set), ...validateListeners(set.spec.listeners)],
})

const tls = defineGatewayApiKind<ConnectionRoute>({
  kind: 'TLSRoute',
  plural: 'tlsroutes',
  namespaced: true,
  versions: ['v1', 'v1alpha3', 'v1alpha2'],
  validate: validateConnectionRoute,
})

/** v1alpha2 lets hostnames be absent, and has up to 16 rules. */
const firstTlsRoute = (schema: Schema): Schema => {
  const { required: _required, ...spec } = schemaLibrary('io.k8s.networking.gateway.v1.TLSRouteSpec')
  const { hostnames = {}, rules = {} } = spec.properties ?? {}
  const { minItems: _minItems, ...optional } = hostnames
  const properties = { ...spec.properties, hostnames: optional, rules: { ...rules, maxItems: 16 } }
  return {
    ...schema,
    properties: { ...schema.properties, spec: { ...spec, required: ['rules'], properties } },
  }
}

const tlsRoute: Kind = {
  ...tls,
  schema: (version) => (version === 'v1alpha2' ? firstTlsRoute(tls.schema(version)) : tls.schema(version)),
}

export const gatewayApiKinds: readonly Kind[] = [
  gatewayClass,
  gateway,
  listenerSet,
  defineGatewayApiKind<HttpRoute>({
    kind: 'HTTPRoute',
    plural: 'httproutes',
    namespaced: true,
    versions: ['v1', 'v1beta1'],
    columns: [nameColumn, hostnames, ageColumn],
    validate: validateHttpRoute,
  }),
  defineGatewayApiKind<GrpcRoute>({
    kind: 'GRPCRoute',
    plural: 'grpcroutes',
    namespaced: true,
    versions: ['v1', 'v1alpha2'],
    columns: [nameColumn, hostnames, ageColumn],
    validate: validateGrpcRoute,
  }),
  tlsRoute,
  ...(
    [
      ['TCPRoute', 'tcproutes'],
      ['UDPRoute', 'udproutes'],
    ] as const
  ).map(([kind, plural]) =>
    defineGatewayApiKind<ConnectionRoute>({
      kind,
      plural,
      namespaced: true,
      versions: ['v1', 'v1alpha2'],
      validate: validateConnectionRoute,
    }),
  ),
  defineGatewayApiKind({
    kind: 'ReferenceGrant',
    plural: 'referencegrants',
    shortNames: ['refgrant'],
    namespaced: true,
    versions: ['v1', 'v1beta1', 'v1alpha2'],
    subresources: { status: false },
    requiresSpec: true,
    validate: (grant) => validateMetadata(grant),
  }),
  defineGatewayApiKind<BackendTlsPolicy>({
    kind: 'BackendTLSPolicy',
    plural: 'backendtlspolicies',
    shortNames: ['btlspolicy'],
    namespaced: true,
    versions: ['v1', 'v1alpha3'],
    validate: validateBackendTlsPolicy,
  }),
]
