import { CodedError } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'

export interface ClusterDns {
  readonly nameserver: string
  /** e.g. `cluster.local`. */
  readonly domain: string
}

/** The host name of a pod: spec.hostname or its name, at most 63 bytes as Linux allows. */
export const podHostname = (pod: Pod): string =>
  (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '')

const qualifiedName = (pod: Pod, subdomain: string, dns: ClusterDns): string =>
  `${podHostname(pod)}.${subdomain}.${pod.metadata.namespace ?? 'default'}.svc.${dns.domain}`

const longestHostname = 64

/** What the kernel tells a pod's programs: with setHostnameAsFQDN the qualified name. Throws CodedError `pod-sandbox-failed`. */
export const sandboxHostname = (pod: Pod, dns: ClusterDns): string => {
  const { subdomain = '', setHostnameAsFQDN } = pod.spec
  if (setHostnameAsFQDN !== true || subdomain === '') return podHostname(pod)
  const name = qualifiedName(pod, subdomain, dns)
  if (name.length <= longestHostname) return name
  throw new CodedError(
    'pod-sandbox-failed',
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${name} is too long (${longestHostname} characters is the max, ${name.length} characters requested)`,
  )
}

interface ResolverLines {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly options: ReadonlyMap<string, string | undefined>
}

const hostLines = (text: string): ResolverLines => {
  const words = (key: string): string[] =>
    text.split('\n').flatMap((line) => {
      const [word, ...rest] = line.trim().split(/\s+/)
      return word === key ? rest : []
    })
  return { nameservers: words('nameserver'), searches: words('search'), options: new Map() }
}

const clusterLines = (namespace: string, dns: ClusterDns): ResolverLines => ({
  nameservers: [dns.nameserver],
  searches: [`${namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain],
  options: new Map([['ndots', '5']]),
})

const noLines: ResolverLines = { nameservers: [], searches: [], options: new Map() }

const printLines = (lines: ResolverLines): string => {
  const options = [...lines.options].map(([name, value]) => (value === undefined ? name : `${name}:${value}`))
  return [
    ...(lines.searches.length === 0 ? [] : [`search ${[...new Set(lines.searches)].join(' ')}`]),
    ...[...new Set(lines.nameservers)].map((address) => `nameserver ${address}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n')
}

/** /etc/resolv.conf by dnsPolicy and dnsConfig (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/). */
export const resolvConf = (pod: Pod, dns: ClusterDns, hostResolvConf: string): string => {
  const { dnsPolicy: policy = 'ClusterFirst', dnsConfig: config, hostNetwork } = pod.spec
  const usesHost = policy === 'Default' || (policy === 'ClusterFirst' && hostNetwork === true)
  if (usesHost && config === undefined) return hostResolvConf
  const inherited = usesHost
    ? hostLines(hostResolvConf)
    : policy === 'None'
      ? noLines
      : clusterLines(pod.metadata.namespace ?? 'default', dns)
  const own = (config?.options ?? []).flatMap((option): [string, string | undefined][] =>
    option.name === undefined ? [] : [[option.name, option.value]],
  )
  return printLines({
    nameservers: [...inherited.nameservers, ...(config?.nameservers ?? [])],
    searches: [...inherited.searches, ...(config?.searches ?? [])],
    options: new Map([...inherited.options, ...own]),
  })
}

/** /etc/hosts of a pod, as a kubelet writes it. */
export const hostsFile = (pod: Pod, ip: string, dns: ClusterDns): string => {
  const hostname = podHostname(pod)
  const { subdomain } = pod.spec
  const qualified = subdomain === undefined ? [] : [qualifiedName(pod, subdomain, dns)]
  const aliases = (pod.spec.hostAliases ?? []).map(
    (alias) => `${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`,
  )
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    [ip, ...qualified, hostname].join('\t'),
    ...(aliases.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...aliases]),
    '',
  ].join('\n')
}
