/** The CEL rules of TLSRoute, TCPRoute and UDPRoute. */
import { invalid, tooMany } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { Findings } from '../istio/when.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { ConnectionRoute } from './route-parts.ts'
import { validateBackend, validateParentRefs } from './validate-references.ts'

const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

const hostnameProblem = (host: string): string | undefined => {
  if (isIpAddress(host)) return 'Hostnames cannot contain an IP'
  if (!host.includes('*')) return NAME.test(host) ? undefined : 'Hostnames must be valid based on RFC-1123'
  return host.startsWith('*.') && NAME.test(host.slice(2))
    ? undefined
    : 'Wildcards on hostnames must be the first label, and the rest of hostname must be valid based on RFC-1123'
}

/** Version v1alpha2 took several rules. */
const validateRuleCount = ({ apiVersion, spec }: ConnectionRoute): Findings => {
  const count = (spec.rules ?? []).length
  return apiVersion.endsWith('/v1') && count > 1 ? [tooMany('spec.rules', count, 1)] : []
}

export const validateConnectionRoute = (route: ConnectionRoute): Findings => [
  ...validateMetadata(route),
  ...validateRuleCount(route),
  ...validateParentRefs(route.spec.parentRefs),
  ...itemsAt('spec.hostnames', route.spec.hostnames).flatMap(({ path, value }) => {
    const problem = hostnameProblem(value)
    return problem === undefined ? [] : [invalid(path, value, problem)]
  }),
  ...itemsAt('spec.rules', route.spec.rules).flatMap(({ path, value }) =>
    itemsAt(child(path, 'backendRefs'), value.backendRefs).flatMap((backend) =>
      validateBackend(backend.path, backend.value),
    ),
  ),
]
