/** What the Gateway API's CustomResourceDefinitions say beyond the schemas of the npm package: defaults, keys of lists. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Schema } from '../schema.ts'

type Fields = Readonly<Record<string, Schema>>

const mapBy = (key: string): Schema => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
})

const SET: Schema = { 'x-kubernetes-list-type': 'set' }
const CONDITIONS = mapBy('type')
const otherwise = (value: Schema['default']): Schema => (value === undefined ? {} : { default: value })

const GATEWAY_GROUP = otherwise('gateway.networking.k8s.io')
const PARENT: Fields = { group: GATEWAY_GROUP, kind: otherwise('Gateway') }
const BACKEND: Fields = { group: otherwise(''), kind: otherwise('Service') }
const WEIGHTED: Fields = { ...BACKEND, weight: otherwise(1) }
const EXACT: Fields = { type: otherwise('Exact') }
const FROM_SAME: JsonObject = { namespaces: { from: 'Same' } }
const ANY_PATH: JsonObject = { type: 'PathPrefix', value: '/' }
const ANY_REQUEST: Schema = otherwise([{ path: ANY_PATH }])

const LISTENER: Fields = { allowedRoutes: otherwise(FROM_SAME) }
const HEADER_VALUE: Fields = { value: { pattern: '^[!-~]+([\\t ]?[!-~]+)*$' } }

const waiting = (type: string): JsonObject => ({
  type,
  status: 'Unknown',
  reason: 'Pending',
  message: 'Waiting for controller',
  lastTransitionTime: '1970-01-01T00:00:00Z',
})

const waitingStatus = (...types: readonly string[]): Schema =>
  otherwise({ conditions: types.map((type) => waiting(type)) })

const tables: Readonly<Record<string, Fields>> = {
  AllowedListeners: { namespaces: otherwise({ from: 'None' }) },
  AllowedRoutes: { namespaces: otherwise({ from: 'Same' }) },
  BackendObjectReference: BACKEND,
  BackendRef: WEIGHTED,
  CookieConfig: { lifetimeType: otherwise('Session') },
  Fraction: { denominator: otherwise(100) },
  FrontendTLSConfig: { perPort: mapBy('port') },
  FrontendTLSValidation: { mode: otherwise('AllowValidOnly'), caCertificateRefs: { maxItems: 16 } },
  GRPCAuthConfig: { allowedHeaders: SET },
  GRPCBackendRef: WEIGHTED,
  GRPCHeaderMatch: EXACT,
  GRPCMethodMatch: EXACT,
  GRPCRouteMatch: { headers: mapBy('name') },
  Gateway: { status: waitingStatus('Accepted', 'Programmed') },
  GatewayClass: { status: waitingStatus('Accepted') },
  GatewayClassStatus: { conditions: CONDITIONS, supportedFeatures: mapBy('name') },
  GatewayInfrastructure: { annotations: { maxProperties: 16 }, labels: { maxProperties: 8 } },
  GatewaySpec: { listeners: mapBy('name') },
  GatewaySpecAddress: { type: otherwise('IPAddress') },
  GatewayStatus: { conditions: CONDITIONS, listeners: mapBy('name') },
  GatewayStatusAddress: { type: otherwise('IPAddress') },
  HTTPAuthConfig: { allowedHeaders: SET, allowedResponseHeaders: SET },
  HTTPBackendRef: WEIGHTED,
  HTTPCORSFilter: {
    allowHeaders: SET,
    allowMethods: SET,
    allowOrigins: SET,
    exposeHeaders: SET,
    maxAge: otherwise(5),
  },
  HTTPHeader: HEADER_VALUE,
  HTTPHeaderFilter: { add: mapBy('name'), set: mapBy('name'), remove: SET },
  HTTPHeaderMatch: EXACT,
  HTTPPathMatch: { type: otherwise('PathPrefix'), value: otherwise('/') },
  HTTPQueryParamMatch: EXACT,
  HTTPRequestRedirectFilter: { statusCode: otherwise(302) },
  HTTPRouteFilter: {
    type: {
      enum: [
        'RequestHeaderModifier',
        'ResponseHeaderModifier',
        'RequestMirror',
        'RequestRedirect',
        'URLRewrite',
        'ExtensionRef',
        'CORS',
        'ExternalAuth',
      ],
    },
  },
  HTTPRouteMatch: { path: otherwise(ANY_PATH), headers: mapBy('name'), queryParams: mapBy('name') },
  HTTPRouteRetry: { codes: SET, attempts: { minimum: 1 } },
  HTTPRouteRule: { matches: ANY_REQUEST },
  HTTPRouteSpec: { rules: otherwise([{ matches: [{ path: ANY_PATH }] }]) },
  Listener: LISTENER,
  ListenerEntry: LISTENER,
  ListenerEntryStatus: { conditions: CONDITIONS },
  ListenerNamespaces: { from: otherwise('None') },
  ListenerSet: { status: waitingStatus('Accepted', 'Programmed') },
  ListenerSetSpec: { listeners: mapBy('name') },
  ListenerSetStatus: { conditions: CONDITIONS, listeners: mapBy('name') },
  ListenerStatus: { conditions: CONDITIONS },
  ListenerTLSConfig: { mode: otherwise('Terminate') },
  ParentGatewayReference: PARENT,
  ParentReference: PARENT,
  PolicyAncestorStatus: { conditions: CONDITIONS },
  RouteGroupKind: { group: GATEWAY_GROUP },
  RouteNamespaces: { from: otherwise('Same') },
  RouteParentStatus: { conditions: CONDITIONS },
  SecretObjectReference: { group: otherwise(''), kind: otherwise('Secret') },
  SessionPersistence: { type: otherwise('Cookie') },
  TLSRouteSpec: { hostnames: { maxItems: 1024 } },
}

/** A token of RFC 9110: names of cookies and headers. */
const TOKEN_NAME: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$",
}

/** Release 1.6 names the cookie and the header apart; sessionName and cookieConfig said so before. */
const SESSION: Fields = {
  cookie: {
    type: 'object',
    description: 'The cookie that carries the session.',
    properties: {
      lifetimeType: {
        type: 'string',
        description: 'Whether the cookie ends with the session of the browser, or after absoluteTimeout.',
        enum: ['Permanent', 'Session'],
        default: 'Session',
      },
      name: { ...TOKEN_NAME, description: 'The name of the cookie; by default one is made.' },
      path: {
        type: 'string',
        description: 'The paths for which the cookie is sent.',
        maxLength: 1024,
        default: '/',
      },
    },
  },
  header: {
    type: 'object',
    description: 'The header that carries the session.',
    required: ['name'],
    properties: { name: { ...TOKEN_NAME, description: 'The name of the header.' } },
  },
}

/** Fields that later releases have added. */
const additions: Readonly<Record<string, Fields>> = {
  SessionPersistence: SESSION,
  GatewayClassSpec: {
    description: {
      type: 'string',
      description: 'Helps describe a GatewayClass with more details.',
      maxLength: 64,
    },
  },
}

/** The schema `name` (`io.k8s.networking.gateway.v1.HTTPRoute`), completed. */
export const gatewayApiSchema = (name: string, schema: Schema): Schema => {
  const type = name.slice(name.lastIndexOf('.') + 1)
  const marked = Object.entries(tables[type] ?? {}).flatMap(([field, more]): [string, Schema][] => {
    const property = schema.properties?.[field]
    return property === undefined ? [] : [[field, { ...property, ...more }]]
  })
  const added = Object.entries(additions[type] ?? {})
  if (marked.length === 0 && added.length === 0) return schema
  return {
    ...schema,
    properties: { ...Object.fromEntries(added), ...schema.properties, ...Object.fromEntries(marked) },
  }
}
