/** The Host headers that mean a service, as callers of a namespace write them. */
import { isWildcard } from '../../mesh/model/host-name.ts'
import type { Service } from '../../mesh/model/service.ts'

/**
 * Istio's list: the full name (also with the trailing dot), the short forms that DNS completes in the caller's
 * namespace, and the service's addresses. A service without a virtual address also has names for its instances.
 */
export const serviceDomains = (
  service: Service,
  aliases: readonly Service[],
  callerNamespace: string,
): readonly string[] => {
  const names = [service, ...aliases].flatMap((named) => [
    named.host,
    ...(isWildcard(named.host) ? [] : [`${named.host}.`]),
    ...shortNames(named, callerNamespace),
  ])
  const instances =
    service.resolution === 'original-destination' && service.entry === undefined
      ? names.map((name) => `*.${name}`)
      : []
  return [
    ...names,
    ...instances,
    ...service.addresses.filter((address) => !address.includes('/')).map(authorityForm),
  ]
}

const shortNames = ({ host, name, namespace }: Service, callerNamespace: string): readonly string[] => {
  if (!host.startsWith(`${name}.${namespace}.svc.`)) return []
  const qualified = [`${name}.${namespace}.svc`, `${name}.${namespace}`]
  return namespace === callerNamespace ? [name, ...qualified] : qualified
}

/** IPv6 addresses stand in brackets. */
const authorityForm = (address: string): string => (address.includes(':') ? `[${address}]` : address)
