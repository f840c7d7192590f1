/** From a pod's istio-proxy container to the Envoy process that it is: command, arguments and files. */
import type { Pod } from '../resources/core/pod.ts'
import { parseAppProbes } from './app-probes.ts'
import { envoyBootstrap } from './bootstrap.ts'
import { proxyNode } from './node-metadata.ts'
import { parseProxyConfig } from './proxy-config.ts'

export interface ProxyContext {
  readonly pod: Pod
  readonly podIp: string
  /** The container's arguments in Istio's form: `proxy sidecar --domain ... --proxyLogLevel=warning`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Path of the Envoy binary, as the container sees it. */
  readonly envoy: string
  /** Where the container sees the prepared files. */
  readonly directory: string
}

export interface PreparedProxy {
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly files: readonly { readonly name: string; readonly content: string }[]
}

/** The value of `--name value` or `--name=value`; Kubernetes has expanded `$(VAR)` before. */
const flag = (args: readonly string[], name: string): string | undefined => {
  const inline = args.find((arg) => arg.startsWith(`--${name}=`))
  if (inline !== undefined) return inline.slice(name.length + 3)
  const at = args.indexOf(`--${name}`)
  return at < 0 ? undefined : args[at + 1]
}

/**
 * Envoy runs directly, with no process around it. Throws CodedError when PROXY_CONFIG or
 * ISTIO_KUBE_APP_PROBERS are malformed.
 */
export const prepareProxy = (context: ProxyContext): PreparedProxy => {
  const { pod, args, env } = context
  const namespace = pod.metadata.namespace ?? 'default'
  const config = parseProxyConfig(env['PROXY_CONFIG'] ?? '')
  const bootstrap = envoyBootstrap({
    node: proxyNode({
      role: args.includes('router') ? 'router' : 'sidecar',
      ip: context.podIp,
      name: pod.metadata.name,
      namespace,
      serviceAccount: pod.spec.serviceAccountName ?? 'default',
      nodeName: pod.spec.nodeName ?? '',
      labels: pod.metadata.labels ?? {},
      annotations: pod.metadata.annotations ?? {},
      env,
      domain: flag(args, 'domain') ?? `${namespace}.svc.cluster.local`,
    }),
    config,
    probes: parseAppProbes(env['ISTIO_KUBE_APP_PROBERS'] ?? ''),
    podIp: context.podIp,
  })
  return {
    command: [context.envoy],
    args: [
      ...['--config-path', `${context.directory}/envoy-rev.json`],
      ...['--concurrency', String(config.concurrency)],
      ...['--drain-time-s', String(config.drainSeconds)],
      ...['--drain-strategy', 'immediate'],
      // Shared memory for hot restarts would be shared between the pods of one machine.
      '--disable-hot-restart',
      ...['--local-address-ip-version', 'v4'],
      ...['--file-flush-interval-msec', '1000'],
      '--skip-deprecated-logs',
      ...['--log-level', flag(args, 'proxyLogLevel') ?? 'warning'],
      ...['--component-log-level', flag(args, 'proxyComponentLogLevel') ?? 'misc:error'],
    ],
    files: [{ name: 'envoy-rev.json', content: `${JSON.stringify(bootstrap, null, 1)}\n` }],
  }
}
