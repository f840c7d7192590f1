import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ClusterClient } from '../../cluster/cluster-client.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'
import type { ClusterStatuses, ConfigDump } from '../proxy-config/config-dump.ts'
import { clusterTable, endpointTable, listenerTable, routeTable } from '../proxy-config/tables.ts'
import { textTable } from '../text-table.ts'

const pods = { group: '', version: 'v1', plural: 'pods' }
const adminPort = 15_000

interface PodName {
  readonly namespace: string
  readonly pod: string
}

const notFound = (name: string, namespace: string): CodedError =>
  new CodedError(
    'proxy-not-found',
    `there is no running pod ${name} in namespace ${namespace}; write POD[.NAMESPACE], deploy/NAME or svc/NAME, and -n NAMESPACE`,
  )

/** `pod`, `pod.namespace`, `deploy/name` (its first running pod). */
const findPod = async (
  client: ClusterClient,
  given: string,
  namespace: string,
  signal: AbortSignal,
): Promise<PodName> => {
  const [kind = '', owner] = given.split('/')
  if (owner !== undefined && !['deploy', 'deployment', 'deployments', 'pod', 'pods', 'po'].includes(kind)) {
    throw new CodedError('proxy-kind', `${given}: write POD[.NAMESPACE], pod/NAME or deploy/NAME`)
  }
  const wanted = owner ?? given
  const isDeployment = owner !== undefined && kind.startsWith('deploy')
  const { items } = await client.list<Pod>(pods, {}, signal)
  const matches = (pod: Pod): boolean => {
    const { name, namespace: home = '' } = pod.metadata
    if (isDeployment) return home === namespace && new RegExp(`^${wanted}-[a-z0-9]+-[a-z0-9]+$`).test(name)
    return `${name}.${home}` === wanted || (name === wanted && home === namespace)
  }
  const found = items.find((pod) => matches(pod) && pod.status?.phase === 'Running')
  if (found === undefined) throw notFound(given, namespace)
  return { pod: found.metadata.name, namespace: found.metadata.namespace ?? '' }
}

/** One GET of Envoy's admin API over a forwarded port. */
const readAdmin = (stream: Duplex, path: string, signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const call = request(
      { path, signal, headers: { host: 'localhost' }, createConnection: () => stream },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          stream.destroy()
          resolve(JSON.parse(text))
        })
        response.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end()
  })

type View = 'clusters' | 'endpoints' | 'listeners' | 'routes' | 'all'

const views: Readonly<Record<string, View>> = {
  cluster: 'clusters',
  clusters: 'clusters',
  c: 'clusters',
  endpoint: 'endpoints',
  endpoints: 'endpoints',
  ep: 'endpoints',
  listener: 'listeners',
  listeners: 'listeners',
  l: 'listeners',
  route: 'routes',
  routes: 'routes',
  r: 'routes',
  all: 'all',
  a: 'all',
}

const render = (view: View, answer: unknown): string => {
  // Envoy's own answer: its shape is the admin API's contract (config-dump.ts).
  const dump = answer as ConfigDump
  switch (view) {
    case 'clusters':
      return textTable(clusterTable(dump))
    case 'endpoints':
      return textTable(endpointTable(answer as ClusterStatuses))
    case 'listeners':
      return textTable(listenerTable(dump))
    case 'routes':
      return textTable(routeTable(dump))
    case 'all':
      return [clusterTable(dump), listenerTable(dump), routeTable(dump)].map(textTable).join('\n')
  }
}

/** `weft proxy-config VIEW POD`: what a proxy holds, as tables or as Envoy's own JSON. */
export const proxyConfig = async (
  context: CliContext,
  parameters: readonly string[],
  options: { readonly output?: string; readonly namespace?: string },
): Promise<number> => {
  const [name = '', given = ''] = parameters
  const view = views[name]
  if (view === undefined) {
    throw new CodedError('proxy-config-view', `${name}: write clusters, endpoints, listeners, routes or all`)
  }
  const client = await context.instance.connect()
  try {
    const found = await findPod(client, given, options.namespace ?? 'default', context.signal)
    const stream = await context.instance.forward({ ...found, port: adminPort }, context.signal)
    const path = view === 'endpoints' ? '/clusters?format=json' : '/config_dump'
    const answer = await readAdmin(stream, path, context.signal)
    context.out(
      options.output === 'json' ? `${JSON.stringify(answer, undefined, 2)}\n` : render(view, answer),
    )
    return 0
  } finally {
    client.close()
  }
}
