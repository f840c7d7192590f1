import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { messageOf } from '../../primitives/coded-error.ts'
import { systemSearchPath } from '../host-programs.ts'
import type { HostUser } from '../host-user.ts'
import { rangeMapping } from '../user-namespace.ts'
import { fine, missing, warning, type HostFinding } from './finding.ts'

/** How far a trial of what an instance does came; `step` undefined: to its end. */
export interface Trial {
  readonly step: string | undefined
  readonly complaint: string
}

/** What the kernel says about who may make namespaces; undefined where this kernel has no such setting. */
export interface NamespaceSettings {
  /** kernel.unprivileged_userns_clone (Debian's) */
  readonly clone: string | undefined
  /** user.max_user_namespaces */
  readonly most: string | undefined
  /** kernel.apparmor_restrict_unprivileged_userns (Ubuntu's) */
  readonly apparmor: string | undefined
  /** The process is under a seccomp filter, as in a container (proc(5), Seccomp). */
  readonly isFiltered: boolean
}

/** What an instance does first, step by step; the last line before it fails says where. */
const trialScript = `set -e
echo 'mounting a file system'
mount -t tmpfs tmpfs /run
echo 'making a bridge'
ip link add weft0 type bridge
echo 'making a pair of links'
ip link add weft1 type veth peer name weft2
echo 'loading nftables rules'
nft -f - <<END
table ip weft {
  chain prerouting {
    type nat hook prerouting priority -100
    meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 127.0.0.1 . 80 }
    meta l4proto tcp redirect to :15001
  }
}
END
echo done
`

const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--mount-proc']

/** Does what an instance does in namespaces that vanish with it. */
export const tryNamespaces = (user: HostUser, searchPath: string): Promise<Trial> =>
  new Promise((resolve) => {
    const own = user.isPrivileged ? [] : ['--user', '--map-root-user']
    const child = spawn('unshare', [...own, ...namespaces, 'sh', '-c', trialScript], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: systemSearchPath(searchPath) },
    })
    const said: { steps: string; complaint: string } = { steps: '', complaint: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.steps += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.complaint += text))
    child.on('error', (error) => resolve({ step: 'making namespaces', complaint: messageOf(error) }))
    child.on('close', () => {
      const step = said.steps.trim().split('\n').at(-1)
      const failed = step === 'done' ? undefined : step === '' ? 'making namespaces' : step
      resolve({ step: failed, complaint: said.complaint.trim() })
    })
  })

const readSetting = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/sys/${path}`, 'utf8').trim()
  } catch {
    return undefined
  }
}

export const namespaceSettings = (): NamespaceSettings => ({
  clone: readSetting('kernel/unprivileged_userns_clone'),
  most: readSetting('user/max_user_namespaces'),
  apparmor: readSetting('kernel/apparmor_restrict_unprivileged_userns'),
  isFiltered: !/^Seccomp:\s*0$/m.test(readFileSync('/proc/self/status', 'utf8')),
})

const container =
  'in a container, start it with --privileged, or with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined'

/** What to switch on when a user may make no namespaces. */
const switchOn = (settings: NamespaceSettings, user: HostUser): string => {
  if (user.isPrivileged) return `${container}; on a small kernel, load the modules bridge, veth and nf_tables`
  if (settings.most === '0') return 'run once: sudo sysctl user.max_user_namespaces=10000'
  if (settings.clone === '0') return 'run once: sudo sysctl kernel.unprivileged_userns_clone=1'
  if (settings.apparmor === '1')
    return 'run once: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu restricts them from 23.10 on)'
  if (settings.isFiltered) return `${container}; or run weft as root`
  return 'a security module of this kernel (Landlock, SELinux) forbids it to this process: start weft outside of the sandbox, or run it as root'
}

/** What the trial means, in words for a user. */
export const namespaceFinding = (user: HostUser, trial: Trial, settings: NamespaceSettings): HostFinding => {
  const check = user.isPrivileged ? 'namespaces' : 'user namespaces'
  if (trial.step === undefined) {
    return fine(check, user.isPrivileged ? 'allowed' : 'allowed to ordinary users')
  }
  const complaint = trial.complaint === '' ? '' : `: ${trial.complaint}`
  const message = `${check} do not work for this user (${trial.step} fails${complaint})`
  return missing(check, message, switchOn(settings, user))
}

/** Whether containers can run as users of their own. */
export const userRangeFinding = (user: HostUser, searchPath: string): HostFinding => {
  const check = 'users of containers'
  if (user.isPrivileged) return fine(check, 'any: this is root')
  if (rangeMapping(user, searchPath) !== undefined) return fine(check, 'any of the range in /etc/subuid')
  return warning(
    check,
    'containers run as you, whatever runAsUser says: newuidmap or your range in /etc/subuid and /etc/subgid is not there',
    `to have others: sudo apt-get install -y uidmap && sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user.name ?? '$USER'}`,
  )
}
