/** What App Mesh's controller refuses in a GatewayRoute. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { GatewayGrpcRoute, GatewayHttpRoute, GatewayRoute } from './app-mesh-objects.ts'
import { validateHostname, validateHttpMatch, validateNamedMatches } from './validate-matches.ts'

const TYPES = ['grpcRoute', 'httpRoute', 'http2Route'] as const

type Rewrite = NonNullable<GatewayHttpRoute['action']['rewrite']>

const validatePrefix = (path: string, { defaultPrefix, value }: NonNullable<Rewrite['prefix']>): Findings => [
  ...when(
    defaultPrefix !== undefined && value !== undefined,
    forbidden(path, 'Cannot specify both defaultPrefix and prefix for rewrite, only 1 allowed'),
  ),
  ...when(
    value !== undefined && !(value.startsWith('/') && value.endsWith('/')),
    invalid(child(path, 'value'), value ?? '', "New Rewrite Prefix must start and end with '/'"),
  ),
]

const validateRewrite = (path: string, { hostname, path: exact, prefix }: Rewrite): Findings => [
  ...when(
    hostname === undefined && exact === undefined && prefix === undefined,
    required(path, 'Either prefix, path or hostname for rewrite must be specified'),
  ),
  ...when(
    prefix !== undefined && exact !== undefined,
    forbidden(path, 'Both prefix and path for rewrites cannot be specified. Only 1 allowed'),
  ),
  ...present(prefix, (one) => validatePrefix(child(path, 'prefix'), one)),
]

const validateHttp = (path: string, { match, action }: GatewayHttpRoute): Findings => [
  ...validateHttpMatch(child(path, 'match'), match, match.hostname !== undefined),
  ...present(match.hostname, (hostname) => validateHostname(child(path, 'match.hostname'), hostname)),
  ...present(action.rewrite, (rewrite) => validateRewrite(child(path, 'action.rewrite'), rewrite)),
  ...when(
    action.rewrite?.prefix !== undefined && match.prefix !== undefined && !match.prefix.startsWith('/'),
    invalid(child(path, 'match.prefix'), match.prefix ?? '', "Prefix to be matched on must start with '/'"),
  ),
]

const validateGrpc = (path: string, { match }: GatewayGrpcRoute): Findings => [
  ...when(
    match.serviceName === undefined && match.hostname === undefined,
    required(child(path, 'match.serviceName'), 'Either servicename or hostname must be specified'),
  ),
  ...present(match.serviceName === undefined ? match.hostname : undefined, (hostname) =>
    validateHostname(child(path, 'match.hostname'), hostname),
  ),
  ...validateNamedMatches(child(path, 'match.metadata'), match.metadata, 'metadata'),
]

export const validateGatewayRoute = ({ spec = {} }: GatewayRoute): Findings => {
  const set = TYPES.filter((type) => spec[type] !== undefined)
  return [
    ...when(set.length === 0, required('spec', 'Missing GatewayRoute Type in GatewayRoute Spec')),
    ...when(
      set.length > 1,
      forbidden(
        'spec',
        `Found multiple types in GatewayRoute Spec. Only 1 (GRPC/HTTP/HTTP2) allowed; keep one of ${set.join(', ')}`,
      ),
    ),
    ...present(spec.grpcRoute, (route) => validateGrpc('spec.grpcRoute', route)),
    ...present(spec.httpRoute, (route) => validateHttp('spec.httpRoute', route)),
    ...present(spec.http2Route, (route) => validateHttp('spec.http2Route', route)),
  ]
}
