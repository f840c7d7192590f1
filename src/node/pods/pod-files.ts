import type { Pod } from '../../resources/core/pod.ts'

export interface ClusterDns {
  readonly nameserver: string
  /** e.g. `cluster.local`. */
  readonly domain: string
}

/** The host name of a pod: spec.hostname or its name, at most 63 bytes as Linux allows. */
export const podHostname = (pod: Pod): string =>
  (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '')

/** /etc/resolv.conf by dnsPolicy and dnsConfig (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/). */
export const resolvConf = (pod: Pod, dns: ClusterDns, hostResolvConf: string): string => {
  const namespace = pod.metadata.namespace ?? 'default'
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst'
  const config = pod.spec.dnsConfig
  const usesHost = policy === 'Default' || (policy === 'ClusterFirst' && pod.spec.hostNetwork === true)
  if (usesHost && config === undefined) return hostResolvConf
  const isCluster = policy !== 'None' && !usesHost
  const hostLines = (key: string): string[] =>
    usesHost
      ? hostResolvConf.split('\n').flatMap((line) => {
          const [word, ...rest] = line.trim().split(/\s+/)
          return word === key ? rest : []
        })
      : []
  const nameservers = [
    ...(isCluster ? [dns.nameserver] : hostLines('nameserver')),
    ...(config?.nameservers ?? []),
  ]
  const searches = [
    ...(isCluster
      ? [`${namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain]
      : hostLines('search')),
    ...(config?.searches ?? []),
  ]
  const options = new Map<string, string | undefined>(isCluster ? [['ndots', '5']] : [])
  for (const option of config?.options ?? []) {
    if (option.name !== undefined) options.set(option.name, option.value)
  }
  const optionWords = [...options].map(([name, value]) => (value === undefined ? name : `${name}:${value}`))
  return [
    ...(searches.length === 0 ? [] : [`search ${[...new Set(searches)].join(' ')}`]),
    ...[...new Set(nameservers)].map((address) => `nameserver ${address}`),
    ...(optionWords.length === 0 ? [] : [`options ${optionWords.join(' ')}`]),
    '',
  ].join('\n')
}

/** /etc/hosts of a pod, as a kubelet writes it. */
export const hostsFile = (pod: Pod, ip: string, dns: ClusterDns): string => {
  const hostname = podHostname(pod)
  const { subdomain } = pod.spec
  const qualified =
    subdomain === undefined
      ? []
      : [`${hostname}.${subdomain}.${pod.metadata.namespace ?? 'default'}.svc.${dns.domain}`]
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
