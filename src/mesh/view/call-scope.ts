/** Which of the mesh a workload calls, and so its proxy knows. */
import type { CallScope } from '../model/call-scope.ts'
import { intersectHosts } from '../model/host-name.ts'
import type { RouteTable } from '../model/route-table.ts'
import { selects, type Service } from '../model/service.ts'

/** Istio's order: for the workload by its labels, for its namespace, for the mesh; the oldest of each. */
export const callScopeFor = (
  scopes: readonly CallScope[],
  rootNamespace: string,
  proxy: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): CallScope | undefined => {
  const own = scopes.filter(({ namespace }) => namespace === proxy.namespace)
  return (
    own.find(({ selector }) => selector !== undefined && selects(selector, proxy.labels)) ??
    own.find(({ selector }) => selector === undefined) ??
    scopes.find(({ namespace, selector }) => namespace === rootNamespace && selector === undefined)
  )
}

export const importsTable = ({ imports }: CallScope, table: RouteTable): boolean =>
  imports.some(
    ({ host, namespace }) =>
      (namespace === undefined || namespace === table.namespace) &&
      table.hosts.some((own) => intersectHosts(own, host) !== undefined),
  )

/** What is imported by name, and where the imported route tables lead. */
export const importedServices = (
  { imports }: CallScope,
  services: readonly Service[],
  tables: readonly RouteTable[],
): readonly Service[] => {
  const destinations = new Set(tables.flatMap(destinationHosts))
  return services.filter(
    (service) =>
      destinations.has(service.host) ||
      imports.some(
        ({ host, namespace }) =>
          (namespace === undefined || namespace === service.namespace) &&
          intersectHosts(service.host, host) !== undefined,
      ),
  )
}

const destinationHosts = (table: RouteTable): readonly string[] =>
  [
    ...table.rules.flatMap(({ action }) =>
      action.kind === 'forward' ? [...action.destinations, ...action.mirrors] : [],
    ),
    ...(table.connections ?? []).flatMap(({ destinations }) => destinations),
  ].map(({ destination }) => destination.host)
