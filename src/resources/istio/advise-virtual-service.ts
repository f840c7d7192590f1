/** What Istio warns of in a VirtualService that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise } from './advise.ts'
import type { Advices } from './advise.ts'
import type { HttpRoute } from './http-route.ts'
import { isNetAddress } from './net-address.ts'
import { uselessRules } from './route-reachability.ts'
import type { UselessRule } from './route-reachability.ts'
import { bodySize } from './validate-http-actions.ts'
import type { TlsMatchAttributes, VirtualService } from './virtual-service.ts'

/** Istio looks no further than the first name without a namespace. */
const adviseGatewayNames = (path: string, gateways: readonly string[] | undefined): Advices => {
  const first = itemsAt(path, gateways).find(({ value }) => !value.includes('/'))
  if (first === undefined || !first.value.includes('.')) return []
  const [name = '', namespace = ''] = first.value.split('.')
  const shown = JSON.stringify(first.value)
  const message = `using legacy gatewayName format ${shown}; prefer the <namespace>/<name> format: ${JSON.stringify(`${namespace}/${name}`)}`
  return [{ field: first.path, message }]
}

const LARGE_BODY = 100 * 1024

const adviseHttpRoute = (path: string, route: HttpRoute): Advices => [
  ...(['mirrorPercent', 'mirror_percent'] as const)
    .filter((field) => (route[field] ?? undefined) !== undefined)
    .slice(0, 1)
    .map((field) => ({
      field: child(path, field),
      message: 'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead',
    })),
  ...advise(
    bodySize(route.directResponse?.body ?? {}) > LARGE_BODY,
    child(path, 'directResponse.body'),
    'large direct_responses may impact control plane performance',
  ),
]

const adviseTlsMatch = (path: string, match: TlsMatchAttributes): Advices => [
  ...itemsAt(child(path, 'sniHosts'), match.sniHosts).flatMap((host) =>
    advise(
      isNetAddress(host.value),
      host.path,
      `using an IP address (${JSON.stringify(host.value)}) goes against SNI spec and most clients do not support this`,
    ),
  ),
  ...adviseGatewayNames(child(path, 'gateways'), match.gateways),
]

const textOf = (useless: UselessRule): string =>
  useless.why === 'unreachable'
    ? `virtualService rule ${useless.rule} not used (${useless.reason})`
    : `virtualService rule ${useless.rule} match ${useless.match} is not used (duplicate/overlapping match in rule ${useless.earlier})`

export const adviseVirtualService = ({ spec }: VirtualService): Advices => [
  ...adviseGatewayNames('spec.gateways', spec.gateways),
  ...itemsAt('spec.http', spec.http).flatMap(({ path, value }) => adviseHttpRoute(path, value)),
  ...itemsAt('spec.tls', spec.tls).flatMap((route) =>
    itemsAt(child(route.path, 'match'), route.value.match).flatMap(({ path, value }) =>
      adviseTlsMatch(path, value),
    ),
  ),
  ...uselessRules(spec).map((useless) => ({
    field: useless.field,
    message: textOf(useless),
    code: useless.why === 'unreachable' ? 'IST0130' : 'IST0131',
  })),
]
