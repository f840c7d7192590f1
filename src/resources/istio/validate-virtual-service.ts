/** What Istio refuses in a VirtualService beyond its schema. */
import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { isClaim } from './header-syntax.ts'
import { sniDomainProblem, wildcardDomainProblem } from './host-syntax.ts'
import { isNetAddress } from './net-address.ts'
import { firstOverlaps } from './overlapping-hosts.ts'
import { validateExportTo } from './validate-export-to.ts'
import { validateGatewayNames } from './validate-gateway-names.ts'
import { validateHttpRoute } from './validate-http-route.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateTcpRoute, validateTlsRoute } from './validate-l4-routes.ts'
import type { VirtualService, VirtualServiceSpec } from './virtual-service.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const MESH = 'mesh'

/** A VirtualService without hosts is a delegate: the one that delegates to it says where it applies. */
const validateDelegate = (spec: VirtualServiceSpec): Findings =>
  (['gateways', 'tls', 'tcp'] as const).flatMap((field) =>
    when(
      (spec[field] ?? []).length > 0,
      forbidden(`spec.${field}`, 'a virtual service without hosts is a delegate and must not specify it'),
    ),
  )

const isForGateway = ({ gateways = [] }: VirtualServiceSpec): boolean =>
  gateways.length > 0 && !gateways.includes(MESH)

const hostProblem = (host: string, spec: VirtualServiceSpec): string | undefined => {
  const forGateway = isForGateway(spec)
  const hasSni = (spec.tls ?? []).some(({ match = [] }) =>
    match.some(({ sniHosts = [] }) => sniHosts.length > 0),
  )
  const problem = forGateway && hasSni ? sniDomainProblem(host) : wildcardDomainProblem(host)
  if (problem !== undefined) return isNetAddress(host) ? undefined : problem
  return host === '*' && !forGateway
    ? 'wildcard host * is not allowed for virtual services bound to the mesh gateway; name hosts, or set spec.gateways'
    : undefined
}

const validateHosts = (spec: VirtualServiceSpec): Findings => {
  const hosts = itemsAt('spec.hosts', spec.hosts)
  const wrong = hosts.flatMap(({ path, value }) => {
    const problem = hostProblem(value, spec)
    return problem === undefined ? [] : [invalid(path, value, problem)]
  })
  if (wrong.length > 0) return wrong
  const overlaps = firstOverlaps(hosts.map(({ value }) => value))
  return hosts.flatMap(({ path, value, index }) => {
    const earlier = hosts[overlaps[index] ?? -1]
    return earlier === undefined
      ? []
      : [duplicate(path, value, `is already covered by ${JSON.stringify(earlier.value)}`)]
  })
}

const validateClaims = (spec: VirtualServiceSpec): Findings =>
  itemsAt('spec.http', spec.http).flatMap((route) =>
    itemsAt(child(route.path, 'match'), route.value.match).flatMap((match) =>
      (['headers', 'withoutHeaders'] as const).flatMap((field) =>
        Object.keys(match.value[field] ?? {})
          .filter(isClaim)
          .map((claim) =>
            invalid(
              child(match.path, field),
              claim,
              'routing by JWT claims is only supported for gateways; set spec.gateways',
            ),
          ),
      ),
    ),
  )

export const validateVirtualService = (service: VirtualService): Findings => {
  const { spec } = service
  const isDelegate = (spec.hosts ?? []).length === 0
  const context = { hosts: spec.hosts ?? [], isForGateway: isForGateway(spec) }
  const routes = [spec.http, spec.tls, spec.tcp]
  return [
    ...validateIstioMetadata(service),
    ...(isDelegate ? validateDelegate(spec) : []),
    ...validateGatewayNames('spec.gateways', spec.gateways),
    ...(context.isForGateway ? [] : validateClaims(spec)),
    ...validateHosts(spec),
    ...when(
      routes.every((list) => (list ?? []).length === 0),
      required('spec', 'http, tcp or tls must be provided in virtual service'),
    ),
    ...itemsAt('spec.http', spec.http).flatMap(({ path, value }) =>
      validateHttpRoute(path, value, isDelegate),
    ),
    ...itemsAt('spec.tls', spec.tls).flatMap(({ path, value }) => validateTlsRoute(path, value, context)),
    ...itemsAt('spec.tcp', spec.tcp).flatMap(({ path, value }) => validateTcpRoute(path, value)),
    ...validateExportTo(spec.exportTo, service.metadata.namespace ?? '', false),
  ]
}
