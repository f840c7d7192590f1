/** What Istio warns of in a Sidecar that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise, adviseWorkloadSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import { adviseServerTls } from './advise-server-tls.ts'
import { isHttpProtocol } from './protocol.ts'
import type { Sidecar } from './validate-sidecar.ts'
import type { SidecarIngress } from './validate-sidecar-listeners.ts'

const adviseIngress = (path: string, { port, tls, connectionPool }: SidecarIngress): Advices => {
  const { number = 0, name = '', protocol = '' } = port ?? {}
  return [
    ...(tls === undefined ? [] : adviseServerTls(child(path, 'tls'), tls)),
    ...advise(
      (connectionPool?.http ?? undefined) !== undefined && !isHttpProtocol(protocol),
      child(path, 'connectionPool.http'),
      `sidecar: HTTP connection pool settings are configured for port ${number} (${JSON.stringify(name)}) but its protocol is not HTTP (${protocol}); only TCP settings will apply`,
    ),
  ]
}

const EVERYTHING = '*'

/** The hosts of one listener: those that are there already, by themselves or by their namespace's `*`. */
const adviseHosts = (path: string, hosts: readonly string[] | undefined, own: string): Advices => {
  const named = new Map<string, Set<string>>()
  const repeated = itemsAt(path, hosts).flatMap((host) => {
    const slash = host.value.indexOf('/')
    if (slash === -1 || host.value.startsWith('~')) return []
    const written = host.value.slice(0, slash)
    const namespace = written === '.' ? own : written
    const service = host.value.slice(slash + 1)
    const known = named.get(namespace) ?? new Set()
    named.set(namespace, known)
    const isKnown = service === EVERYTHING ? known.size > 0 : known.has(service) || known.has(EVERYTHING)
    known.add(service)
    return advise(isKnown, host.path, `duplicated egress host: ${host.value}`)
  })
  return [
    ...repeated,
    ...advise(
      named.get(EVERYTHING)?.has(EVERYTHING) === true && named.size > 1,
      path,
      '`*/*` host select all resources, no other hosts can be added',
    ),
  ]
}

export const adviseSidecar = ({ metadata, spec = {} }: Sidecar): Advices => [
  ...adviseWorkloadSelector(spec.workloadSelector, 'sidecar'),
  ...itemsAt('spec.ingress', spec.ingress).flatMap(({ path, value }) => adviseIngress(path, value)),
  ...itemsAt('spec.egress', spec.egress).flatMap(({ path, value }) =>
    adviseHosts(child(path, 'hosts'), value.hosts, metadata.namespace ?? ''),
  ),
]
