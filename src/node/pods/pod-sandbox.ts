import { spawn } from 'node:child_process'
import { readFile, rm, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { NodeContext } from '../node-context.ts'
import { writePodFile } from '../volumes/pod-volumes.ts'
import { unmountBelow } from '../volumes/volume-mounts.ts'
import type { PodNamespaces } from './container-process.ts'
import { podDirectory, readPodRecord, writePodRecord, type PodRecord } from './container-record.ts'
import { hostsFile, resolvConf, sandboxHostname } from './pod-files.ts'
import { applySysctls } from './pod-sysctls.ts'
import type { WantedMount } from './root-plan.ts'

const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''

const runShell = (script: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('sh', ['-ec', script, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new CodedError('pod-sandbox-failed', complaint.trim() || `exit code ${code}`)),
    )
  })

const namespaceFile = (context: NodeContext, uid: string, kind: 'uts' | 'ipc'): string =>
  join(context.directories.run, uid, kind)

/** UTS and IPC namespaces live as mounts, without a process, until the pod goes. */
const makeNamespaces = async (context: NodeContext, pod: Pod): Promise<void> => {
  const uid = uidOf(pod)
  await mkdir(join(context.directories.run, uid), { recursive: true, mode: 0o700 })
  // The file belongs to the host's root alone; in a user namespace the system call still may.
  const script = `: >"$0" >"$1"
exec unshare --uts="$0" --ipc="$1" sh -c '{ echo "$0" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$0"' "$2"`
  await runShell(script, [
    namespaceFile(context, uid, 'uts'),
    namespaceFile(context, uid, 'ipc'),
    sandboxHostname(pod, context.dns),
  ])
}

const clearNamespaces = async (context: NodeContext, uid: string): Promise<void> => {
  const directory = join(context.directories.run, uid)
  if ((await stat(directory).catch(() => undefined)) === undefined) return
  const script = 'for file in "$@"; do umount -l "$file" 2>/dev/null || :; done'
  await runShell(script, ['sh', namespaceFile(context, uid, 'uts'), namespaceFile(context, uid, 'ipc')])
  await rm(directory, { recursive: true, force: true })
}

/** What an API object's name may be; a uid becomes part of paths. */
const safeUid = /^[A-Za-z0-9-]{1,64}$/

/**
 * Sets up what the containers of a pod share: network, host name, /etc/hosts and /etc/resolv.conf.
 * Throws CodedError `pod-sandbox-failed` or what the network throws.
 */
export const createSandbox = async (
  context: NodeContext,
  pod: Pod,
  signal: AbortSignal,
): Promise<PodRecord> => {
  const uid = uidOf(pod)
  if (!safeUid.test(uid))
    throw new CodedError('pod-sandbox-failed', `the pod's uid ${JSON.stringify(uid)} is no uid`)
  const hostNetwork = pod.spec.hostNetwork === true
  const files = join(podDirectory(context.directories, uid), 'etc')
  await mkdir(files, { recursive: true, mode: 0o755 })
  await clearNamespaces(context, uid)
  const [address] = await Promise.all([
    hostNetwork ? undefined : context.podNetwork.ensure(uid, signal),
    makeNamespaces(context, pod),
  ])
  await applySysctls(pod, {
    ...(address === undefined ? {} : { network: address.networkNamespace }),
    ipc: namespaceFile(context, uid, 'ipc'),
  })
  const ip = address?.ip ?? context.hostIp
  const hostResolvConf = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  await Promise.all([
    writePodFile(join(files, 'hosts'), hostsFile(pod, ip, context.dns)),
    writePodFile(join(files, 'hostname'), `${sandboxHostname(pod, context.dns)}\n`),
    writePodFile(join(files, 'resolv.conf'), resolvConf(pod, context.dns, hostResolvConf)),
  ])
  const record: PodRecord = {
    uid,
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    ip,
    hostNetwork,
    ...(address === undefined ? {} : { networkNamespace: address.networkNamespace }),
    startedAt: context.clock.now(),
  }
  await writePodRecord(context.directories, record)
  return record
}

/** The sandbox that an earlier node process made, if it is still whole (it is not after a restart of the instance). */
export const adoptSandbox = async (context: NodeContext, uid: string): Promise<PodRecord | undefined> => {
  const record = await readPodRecord(context.directories, uid)
  if (record === undefined) return undefined
  const hasNames = await stat(namespaceFile(context, uid, 'uts')).then(
    () => true,
    () => false,
  )
  const address = context.podNetwork.list().find((each) => each.uid === uid)
  const hasNetwork = record.hostNetwork || address?.ip === record.ip
  return hasNames && hasNetwork ? record : undefined
}

export const sandboxNamespaces = (context: NodeContext, record: PodRecord): PodNamespaces => ({
  ...(record.networkNamespace === undefined ? {} : { network: record.networkNamespace }),
  uts: namespaceFile(context, record.uid, 'uts'),
  ipc: namespaceFile(context, record.uid, 'ipc'),
})

/** The files that containers of a pod share, as a kubelet manages them. */
export const sandboxMounts = (context: NodeContext, uid: string): readonly WantedMount[] =>
  ['hosts', 'hostname', 'resolv.conf'].map((name) => ({
    source: join(podDirectory(context.directories, uid), 'etc', name),
    path: `/etc/${name}`,
    kind: 'file',
    readOnly: false,
  }))

/** Gives the network back; the pod's files stay. */
export const releaseSandbox = async (context: NodeContext, uid: string): Promise<void> => {
  await context.podNetwork.remove(uid)
  await clearNamespaces(context, uid)
}

/** Takes away everything of a pod whose processes have ended. */
export const removeSandbox = async (context: NodeContext, uid: string): Promise<void> => {
  await releaseSandbox(context, uid).catch((error: unknown) =>
    context.log('pod network not removed', { uid, error: messageOf(error) }),
  )
  const directory = podDirectory(context.directories, uid)
  await unmountBelow(directory)
  await rm(directory, { recursive: true, force: true })
}
