/** Kernel parameters of a pod's own namespaces (https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/). */
import { CodedError } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { runCommand } from '../network/run-command.ts'
import { enterPodWords, type PodNamespaces } from './container-process.ts'

export interface Sysctl {
  readonly name: string
  readonly value: string
}

/** What a kubelet allows without being told: no pod can disturb another one with it. */
const safe = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])

/** Whoever a program runs as, it may listen on every port of its own pod, as with containerd 2. */
const runtimeDefaults: readonly Sysctl[] = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]

/** In dotted form, whichever separator the author used (sysctl(8)). */
const dotted = (name: string): string => name.replaceAll('/', '.')

/** What the pod's author asks for; the error is the message of a pod that fails with SysctlForbidden. */
export const podSysctls = ({ spec }: Pod): Result<readonly Sysctl[], string> => {
  const wanted = (spec.securityContext?.sysctls ?? []).map(({ name, value }) => ({
    name: dotted(name),
    value,
  }))
  const forbidden = wanted.find(({ name }) => !safe.has(name))
  if (forbidden !== undefined)
    return fail(`forbidden sysctl: ${JSON.stringify(forbidden.name)} not allowlisted`)
  const onHost = spec.hostNetwork === true
  const net = wanted.find(({ name }) => name.startsWith('net.'))
  if (onHost && net !== undefined)
    return fail(`forbidden sysctl: ${JSON.stringify(net.name)} not allowed with host net enabled`)
  return ok(wanted)
}

const script = 'while [ $# -gt 1 ]; do printf %s "$2" >"/proc/sys/$1" || exit 1; shift 2; done'

/** Throws CodedError `pod-sandbox-failed` with what the kernel said. */
const setSysctls = async (namespaces: PodNamespaces, sysctls: readonly Sysctl[]): Promise<void> => {
  if (sysctls.length === 0) return
  const words = sysctls.flatMap(({ name, value }) => [name.replaceAll('.', '/'), value])
  const enter = enterPodWords(namespaces)
  try {
    await runCommand('nsenter', [...enter, 'sh', '-c', script, 'sysctl', ...words], '')
  } catch (error) {
    const names = sysctls.map(({ name, value }) => `${name}=${value}`).join(', ')
    throw new CodedError('pod-sandbox-failed', `the kernel does not take ${names}`, { cause: error })
  }
}

/** Sets the runtime's own where the kernel lets it, and what the pod asks for. Throws CodedError `pod-sandbox-failed`. */
export const applySysctls = async (pod: Pod, namespaces: PodNamespaces): Promise<void> => {
  if (namespaces.network !== undefined) await setSysctls(namespaces, runtimeDefaults).catch(() => undefined)
  const wanted = podSysctls(pod)
  if (!wanted.ok) throw new CodedError('pod-sandbox-failed', wanted.error)
  await setSysctls(namespaces, wanted.value)
}
