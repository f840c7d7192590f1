/** TLS and TCP routes of a VirtualService. */
import { invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { isSubsetOfHost, sniDomainProblem, wildcardDomainProblem } from './host-syntax.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { isNetAddress, isNetAddressOrBlock } from './net-address.ts'
import { validateDestination, validateWeights } from './validate-destination.ts'
import { validateGatewayNames } from './validate-gateway-names.ts'
import type {
  L4MatchAttributes,
  RouteDestination,
  TcpRoute,
  TlsMatchAttributes,
  TlsRoute,
} from './virtual-service.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

/** What a TLS route needs to know of its VirtualService. */
export interface RouteContext {
  readonly hosts: readonly string[]
  readonly isForGateway: boolean
}

const blockProblem = (subnet: string): string | undefined =>
  isNetAddressOrBlock(subnet) ? undefined : 'must be an IP address or a block such as 10.0.0.0/8'

const validateL4Match = (path: string, match: L4MatchAttributes): Findings => [
  ...itemsAt(child(path, 'destinationSubnets'), match.destinationSubnets).flatMap((subnet) =>
    checked(subnet.path, subnet.value, blockProblem),
  ),
  ...when(
    (match.port ?? 0) !== 0 && portNumberProblem(match.port ?? 0) !== undefined,
    invalid(child(path, 'port'), match.port ?? 0, 'must be between 1 and 65535, inclusive'),
  ),
  ...validateWorkloadLabels(child(path, 'sourceLabels'), match.sourceLabels),
  ...validateGatewayNames(child(path, 'gateways'), match.gateways),
]

const sniProblem = (sni: string, context: RouteContext): string | undefined => {
  const problem = context.isForGateway ? sniDomainProblem(sni) : wildcardDomainProblem(sni)
  if (problem !== undefined) return isNetAddress(sni) ? undefined : problem
  return context.hosts.some((host) => isSubsetOfHost(sni, host))
    ? undefined
    : `is not a compatible subset of any of the virtual service hosts: [${context.hosts.join(', ')}]`
}

const validateTlsMatch = (path: string, match: TlsMatchAttributes, context: RouteContext): Findings => [
  ...when(
    (match.sniHosts ?? []).length === 0,
    required(child(path, 'sniHosts'), 'TLS match must have at least one SNI host'),
  ),
  ...itemsAt(child(path, 'sniHosts'), match.sniHosts).flatMap((sni) =>
    checked(sni.path, sni.value, (name) => sniProblem(name, context)),
  ),
  ...validateL4Match(path, match),
]

const validateTargets = (path: string, routes: readonly RouteDestination[] | undefined): Findings => [
  ...when((routes ?? []).length === 0, required(path, 'a route needs at least one destination')),
  ...itemsAt(path, routes).flatMap((target) =>
    present(target.value.destination, (destination) =>
      validateDestination(child(target.path, 'destination'), destination),
    ),
  ),
  ...validateWeights(path, routes),
]

export const validateTlsRoute = (path: string, route: TlsRoute, context: RouteContext): Findings => [
  ...when(
    (route.match ?? []).length === 0,
    required(child(path, 'match'), 'TLS route must have at least one match condition'),
  ),
  ...itemsAt(child(path, 'match'), route.match).flatMap((match) =>
    validateTlsMatch(match.path, match.value, context),
  ),
  ...validateTargets(child(path, 'route'), route.route),
]

export const validateTcpRoute = (path: string, route: TcpRoute): Findings => [
  ...itemsAt(child(path, 'match'), route.match).flatMap((match) => validateL4Match(match.path, match.value)),
  ...validateTargets(child(path, 'route'), route.route),
]
