import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  clusterNamespaceScript,
  clusterNetworkScript,
  defaultClusterAddresses,
} from '../node/network/cluster-network.ts'
import { CodedError, errorCodeOf } from '../primitives/coded-error.ts'
import type { InstanceHome } from './instance-home.ts'
import { systemSearchPath } from './host-programs.ts'
import type { HostUser } from './host-user.ts'
import type { InstanceAddresses } from './instance-addresses.ts'
import { bindInheritable } from './socket-broker.ts'
import {
  identityOfProcess,
  isAlive,
  parseProcessIdentity,
  statFields,
  type ProcessIdentity,
} from './process-identity.ts'
import { enterUserNamespace, mapIds, rangeMapping } from './user-namespace.ts'

/** The running instance: the `unshare` process that holds its namespaces. */
export type RunningInstance = ProcessIdentity

/** The instance of this home, when it runs. */
export const findInstance = async (home: InstanceHome): Promise<RunningInstance | undefined> => {
  const text = await readFile(home.instance, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const recorded = parseProcessIdentity(text)
  return recorded !== undefined && isAlive(recorded) ? recorded : undefined
}

/**
 * The instance's PID 1, run by sh. It gives the instance a /run of its own, with links to what the host's holds
 * (/etc/resolv.conf may lead there, and programs may lie there). It holds the namespaces together, reaps orphans, restarts
 * the supervisor (at once: the host's sockets are closed meanwhile; after a pause when it lived less than two seconds),
 * and at SIGTERM gives every process three seconds; the containers' own inits (sh, then sleep, which take no signal) are
 * not waited for. It keeps the API server's socket (file descriptor 3) for every supervisor. When it ends, the kernel
 * ends whatever is left.
 * $1: node, $2: supervisor script, $3: home, $4: logs, $5: ends of parts (part-ends.ts),
 * $6: makes the cluster's network namespace, $7: sets it up.
 */
const initScript = `
mount -t tmpfs -o mode=755 tmpfs /tmp || exit 1
mkdir /tmp/weft /tmp/netns /tmp/host
mount -n --rbind /run /tmp/host
mount -n --move /tmp /run || exit 1
for path in /run/host/*; do
  name=\${path##*/}
  case "$name" in weft | netns | host | mount | lock) ;; *) ln -s "host/$name" "/run/$name" ;; esac
done
sh -e -c "$6" || exit 1
nsenter --net=/run/netns/weft sh -e -c "$7" || exit 1
stopping=0 child= young=0
trap 'stopping=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM INT HUP
while [ "$stopping" = 0 ]; do
  began=$(date +%s)
  "$1" --max-semi-space-size=1 "$2" "$3" "$4" >>"$4/supervisor.log" 2>&1 & child=$! status=0
  while kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
  [ "$stopping" = 1 ] && break
  if [ $(($(date +%s) - began)) -ge 2 ]; then young=0; rm -f "$5/supervisor"; continue; fi
  young=$((young + 1))
  echo "$young exit code $status" >"$5/supervisor"
  sleep 0.2
done
kill -TERM -1 2>/dev/null
tries=0
while [ "$tries" -lt 60 ]; do
  alive=
  for comm in /proc/[0-9]*/comm; do
    { read -r name <"$comm"; } 2>/dev/null || continue
    case "$name" in sh | sleep) ;; *) alive=1 ;; esac
  done
  [ -z "$alive" ] && exit 0
  sleep 0.05; tries=$((tries + 1))
done
exit 0
`

const unshareArguments: readonly string[] = [
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child=SIGKILL',
  'sh',
  '-c',
  initScript,
  'weft-init',
]

const supervisorScript = fileURLToPath(new URL('supervisor-main.js', import.meta.url))

/** Who starts an instance, and where its programs are found. */
export interface StartHost {
  readonly user: HostUser
  readonly searchPath: string
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Starts the instance's process tree, detached from the caller; what answers when is for the caller to ask. */
export const startInstance = async (
  home: InstanceHome,
  addresses: InstanceAddresses,
  host: StartHost,
): Promise<RunningInstance> => {
  await mkdir(home.logs, { recursive: true })
  await mkdir(home.pods, { recursive: true })
  await rm(home.ends, { recursive: true, force: true })
  await mkdir(home.ends, { recursive: true })
  const log = await open(join(home.logs, 'supervisor.log'), 'a')
  const apiSocket = bindInheritable(addresses.api, addresses.apiPort)
  const [file = '', ...parameters] = [
    ...(host.user.isPrivileged ? [] : enterUserNamespace),
    'unshare',
    ...unshareArguments,
  ]
  const child = spawn(
    file,
    parameters.concat(
      process.execPath,
      supervisorScript,
      home.root,
      home.logs,
      home.ends,
      clusterNamespaceScript('weft'),
      clusterNetworkScript(defaultClusterAddresses),
    ),
    {
      detached: true,
      stdio: ['ignore', log.fd, log.fd, apiSocket.fd, ...(host.user.isPrivileged ? [] : ['pipe' as const])],
      cwd: '/',
      env: { ...host.variables, PATH: systemSearchPath(host.searchPath) },
    },
  )
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', resolve)
  })
  child.unref()
  apiSocket.close()
  await log.close()
  if (!host.user.isPrivileged) await mapIds(child, host.user, rangeMapping(host.user, host.searchPath))
  const instance = child.pid === undefined ? undefined : identityOfProcess(child.pid)
  if (instance === undefined) {
    throw new CodedError('instance-start-failed', `the instance ended at once; see ${home.logs}`)
  }
  try {
    await writeFile(`${home.instance}.draft`, JSON.stringify(instance))
    await rename(`${home.instance}.draft`, home.instance)
  } catch (error) {
    // Nobody would find it again, nor end it.
    await killAtOnce(instance)
    throw error
  }
  return instance
}

/** Every process of the host by its parent: one look at /proc. */
const childrenByParent = (): ReadonlyMap<number, readonly number[]> => {
  const children = new Map<number, number[]>()
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const parent = Number(statFields(pid)?.[1])
    const known = children.get(parent)
    if (known === undefined) children.set(parent, [pid])
    else known.push(pid)
  }
  return children
}

const childrenOf = (pid: number): readonly number[] => childrenByParent().get(pid) ?? []

/** A process that ended in between needs no signal. */
const kill = (pid: number, name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP'): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errorCodeOf(error) !== 'ESRCH') throw error
  }
}

/**
 * Ends an instance that has only just started. Stopped first, as the init that `unshare` has forked asks to end with it only
 * a moment later (prctl(2), PR_SET_PDEATHSIG), and would outlive it until then.
 */
const killAtOnce = async (instance: RunningInstance): Promise<void> => {
  kill(instance.pid, 'SIGSTOP')
  while (isAlive(instance) && statFields(instance.pid)?.[0] !== 'T') {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  for (const pid of [...childrenOf(instance.pid), instance.pid]) kill(pid, 'SIGKILL')
}

/** Ends the instance and waits until every process of it is gone. */
export const stopInstance = async (
  home: InstanceHome,
  instance: RunningInstance,
  signal: AbortSignal,
): Promise<void> => {
  let waited = 0
  while (isAlive(instance)) {
    signal.throwIfAborted()
    // Again and again: an init that has only just started does not hear it yet.
    if (waited % 500 === 0) for (const init of childrenOf(instance.pid)) kill(init, 'SIGTERM')
    // The init gives its processes three seconds; one that hangs longer is ended by the kernel with its namespace.
    if (waited > 8000) for (const init of childrenOf(instance.pid)) kill(init, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 20))
    waited += 20
  }
  await rm(home.instance, { force: true })
}

/** One process of the instance, for `weft status` and the benchmarks. Memory in bytes, resident. */
export interface InstanceProcess {
  readonly pid: number
  readonly command: string
  readonly residentBytes: number
}

/** Every process below the instance, in order of process id. */
export const instanceProcesses = (instance: RunningInstance): readonly InstanceProcess[] => {
  const children = childrenByParent()
  const below = (pid: number): readonly number[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(instance.pid).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return [{ pid, command, residentBytes: Number(resident ?? 0) * 1024 }]
    } catch {
      return []
    }
  })
}
