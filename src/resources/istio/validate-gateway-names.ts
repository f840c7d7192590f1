/** The gateways that a VirtualService names: `mesh`, `name` or `namespace/name`. */
import { itemsAt } from '../field-path.ts'
import { fqdnProblem, isDnsLabel } from './host-syntax.ts'
import { checked } from './when.ts'
import type { Findings } from './when.ts'

const gatewayNameProblem = (gateway: string): string | undefined => {
  const slash = gateway.indexOf('/')
  if (slash === -1) return fqdnProblem(gateway)
  const namespace = gateway.slice(0, slash)
  const name = gateway.slice(slash + 1)
  if (!isDnsLabel(namespace)) {
    return `the namespace ${JSON.stringify(namespace)} is invalid; write <namespace>/<gateway>`
  }
  return isDnsLabel(name)
    ? undefined
    : `the name ${JSON.stringify(name)} is invalid; write <namespace>/<gateway>`
}

/** Istio looks no further than the first name without a namespace: names after it are accepted as they are. */
export const validateGatewayNames = (path: string, gateways: readonly string[] | undefined): Findings => {
  const names = itemsAt(path, gateways)
  const last = names.findIndex(({ value }) => !value.includes('/'))
  return names
    .slice(0, last === -1 ? names.length : last + 1)
    .flatMap((gateway) => checked(gateway.path, gateway.value, gatewayNameProblem))
}
