/** The registry of services as the DNS reads it; reverse names are made again only after a change. */
import { endpointName, type DnsData } from './dns-records.ts'
import { clusterIpOf, isReady } from './service-endpoints.ts'
import type { ServiceRegistry } from './service-registry.ts'

const reverseNames = (registry: ServiceRegistry, domain: string): Map<string, string[]> => {
  const names = new Map<string, string[]>()
  const add = (ip: string, name: string): void => {
    const known = names.get(ip)
    if (known === undefined) names.set(ip, [name])
    else if (!known.includes(name)) known.push(name)
  }
  for (const { service, slices } of registry.all()) {
    const host = `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.${domain}`
    const clusterIp = clusterIpOf(service)
    if (clusterIp !== undefined) add(clusterIp, host)
    // CoreDNS names endpoints of every service; only those of headless services resolve forward (specification 2.4.3).
    if (service.spec.clusterIP !== 'None') continue
    for (const endpoint of slices.flatMap((slice) => slice.endpoints).filter(isReady)) {
      const ip = endpoint.addresses[0]
      if (ip !== undefined) add(ip, `${endpointName(endpoint)}.${host}`)
    }
  }
  return names
}

export const createDnsData = (registry: ServiceRegistry, domain: string, dnsAddress: string): DnsData => {
  let made: { readonly revision: number; readonly names: Map<string, string[]> } | undefined
  return {
    domain,
    dnsAddress,
    service: registry.get,
    hasNamespace: registry.hasNamespace,
    namesOf: (ip) => {
      const revision = registry.revision()
      if (made?.revision !== revision) made = { revision, names: reverseNames(registry, domain) }
      return made.names.get(ip) ?? []
    },
  }
}
