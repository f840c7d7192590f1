/** Virtual hosts, encoded once and used in both forms: on their own (VHDS) and inside a route configuration. */
import { create, toBinary } from '@bufbuild/protobuf'
import type { Origin } from '../../mesh/model/origin.ts'
import {
  VirtualHost_TlsRequirementType as TlsRequirement,
  VirtualHostSchema,
} from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { VIRTUAL_HOST_TYPE } from '../protocol/ads-port.ts'
import type { EncodedResource } from '../protocol/resource.ts'
import { rawResource, type Plain } from './encoded-resource.ts'
import type { RouteInit } from './route.ts'
import { timeoutFields } from './route-forward.ts'
import { hostWithPort, PASSTHROUGH_CLUSTER } from './names.ts'

/** A virtual host without its name, which differs between the two forms. */
export interface EncodedVirtualHost {
  /** `myapp.default.svc.cluster.local:8080`. */
  readonly name: string
  /** The serialized message without field 1 (name). */
  readonly body: Uint8Array
  readonly origins: readonly Origin[]
}

export interface VirtualHostParts {
  readonly name: string
  readonly domains: readonly string[]
  readonly routes: readonly RouteInit[]
  readonly redirectToHttps?: boolean
  readonly origins: readonly Origin[]
}

export const encodeVirtualHost = (parts: VirtualHostParts): EncodedVirtualHost => {
  const message: Plain<typeof VirtualHostSchema> = {
    domains: [...parts.domains],
    routes: [...parts.routes],
    includeRequestAttemptCount: true,
    ...(parts.redirectToHttps === true ? { requireTls: TlsRequirement.ALL } : {}),
  }
  return {
    name: parts.name,
    body: toBinary(VirtualHostSchema, create(VirtualHostSchema, message)),
    origins: parts.origins,
  }
}

/**
 * The resource `<route configuration>/<virtual host>` for VHDS. Envoy removes a virtual host only if its own name is
 * the resource's name. A message's bytes are the concatenation of its fields, so the name is put before the rest.
 */
export const virtualHostResource = (
  routeConfiguration: string,
  host: EncodedVirtualHost,
): EncodedResource => {
  const name = `${routeConfiguration}/${host.name}`
  return rawResource(VIRTUAL_HOST_TYPE, name, withName(name, host.body), host.origins)
}

/** The virtual host under its own name, as a field of RouteConfiguration (2: virtual_hosts). */
export const virtualHostField = (host: EncodedVirtualHost): Uint8Array => {
  const message = withName(host.name, host.body)
  return concatenate([Uint8Array.of(0x12), varint(message.length), message])
}

const withName = (name: string, body: Uint8Array): Uint8Array => {
  const text = new TextEncoder().encode(name)
  return concatenate([Uint8Array.of(0x0a), varint(text.length), text, body])
}

export const concatenate = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Protobuf's variable-length integer: seven bits per byte, least significant first. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Uint8Array.from([...bytes, rest])
}

/** Everything to one cluster, as Istio routes a service without a VirtualService. */
export const defaultRoute = (cluster: string, operation: string, extra: RouteAction): RouteInit => ({
  name: 'default',
  match: { pathSpecifier: { case: 'prefix', value: '/' } },
  decorator: { operation },
  action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: cluster }, ...extra } },
})

type RouteAction = Extract<NonNullable<RouteInit['action']>, { case: 'route' }>['value']

/** What sidecars do with hosts that the mesh does not know: let them pass (`allow_any`), or refuse them (`block_all`). */
export const unknownHosts = (policy: 'pass' | 'refuse'): EncodedVirtualHost => {
  const name = policy === 'pass' ? 'allow_any' : 'block_all'
  const base: RouteInit = { name, match: { pathSpecifier: { case: 'prefix', value: '/' } } }
  const route: RouteInit =
    policy === 'pass'
      ? {
          ...base,
          action: {
            case: 'route',
            value: { clusterSpecifier: { case: 'cluster', value: PASSTHROUGH_CLUSTER }, ...timeoutFields(0) },
          },
        }
      : { ...base, action: { case: 'directResponse', value: { status: 502 } } }
  return encodeVirtualHost({ name, domains: ['*'], routes: [route], origins: [] })
}

/** A gateway port that no route table serves: every request is answered 404. */
export const emptyHost = (port: number, origins: readonly Origin[]): EncodedVirtualHost =>
  encodeVirtualHost({ name: hostWithPort('blackhole', port), domains: ['*'], routes: [], origins })
