/** How users' short names become the model's full ones. */
import type { Origin } from '../model/origin.ts'
import { MESH_GATEWAY } from '../model/route-table.ts'
import type { KubeObject } from '../../resources/kube-object.ts'

/** The DNS domain of the mesh. */
export const DEFAULT_DOMAIN = 'cluster.local'

export const originOf = (object: KubeObject): Origin => ({
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  generation: object.metadata.generation ?? 0,
})

export const serviceHost = (name: string, namespace: string, domain: string): string =>
  `${name}.${namespace}.svc.${domain}`.toLowerCase()

/** Istio: a host without a dot is a service of the object's own namespace. */
export const fullHost = (host: string, namespace: string, domain: string): string =>
  host === '' || host.startsWith('*') || host.includes('.')
    ? host.toLowerCase()
    : serviceHost(host, namespace, domain)

/** Istio: `name`, `./name`, `namespace/name`, or the old `name.namespace.svc.domain`; `mesh` stays. */
export const fullGateway = (gateway: string, namespace: string): string => {
  if (gateway === MESH_GATEWAY) return gateway
  const slash = gateway.indexOf('/')
  if (slash >= 0) {
    return gateway.slice(0, slash) === '.' ? `${namespace}/${gateway.slice(slash + 1)}` : gateway
  }
  const [name = gateway, owner] = gateway.split('.')
  return owner === undefined ? `${namespace}/${name}` : `${owner}/${name}`
}

export const exportToOf = (exportTo: readonly string[]): readonly string[] =>
  exportTo.length === 0 ? ['*'] : exportTo
