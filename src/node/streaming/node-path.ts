/** The paths of the node's HTTP API: the kubelet's. */

export type NodePath =
  | {
      readonly kind: 'logs' | 'exec' | 'attach'
      readonly namespace: string
      readonly pod: string
      readonly container: string
    }
  | { readonly kind: 'port-forward'; readonly namespace: string; readonly pod: string }
  | { readonly kind: 'healthz' }
  | { readonly kind: 'stats' }

const containerPaths: Readonly<Record<string, 'logs' | 'exec' | 'attach'>> = {
  containerLogs: 'logs',
  exec: 'exec',
  attach: 'attach',
}

/** `/exec/{namespace}/{pod}/{container}` and the like; undefined for any other path. */
export const parseNodePath = (pathname: string): NodePath | undefined => {
  const [first = '', namespace, pod, container, ...rest] = pathname.slice(1).split('/')
  if (first === 'healthz' && namespace === undefined) return { kind: 'healthz' }
  if (pathname === '/stats/summary') return { kind: 'stats' }
  if (namespace === undefined || pod === undefined || namespace === '' || pod === '') return undefined
  if (first === 'portForward' && container === undefined) return { kind: 'port-forward', namespace, pod }
  const kind = containerPaths[first]
  if (kind === undefined || container === undefined || container === '' || rest.length > 0) return undefined
  return { kind, namespace, pod, container }
}
