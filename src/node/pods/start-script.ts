import { posix } from 'node:path'
import { executableCheck } from './executable-check.ts'
import type { MountFlags } from './mount-flags.ts'
import { onTerminal } from '../streaming/terminal.ts'
import type { RootPlan } from './root-plan.ts'
import { fstabField, shellWord, shellWords } from './shell-text.ts'

/** Files of one run of a container: `run` vanishes with the instance, the others are kept in the home. */
export interface RunFiles {
  /** Directory for the FIFOs `out`, `err`, `alive` (and `in`), the root's mount point and the scripts. */
  readonly run: string
  /** Gets the line of /proc/PID/stat of the container's init. */
  readonly pid: string
  /** Gets the main program's exit status. */
  readonly exit: string
  /** cgroup.procs of the container's control groups. */
  readonly joins: readonly string[]
}

export interface Identity {
  readonly uid?: number
  readonly gid?: number
  readonly groups?: readonly number[]
  /** The whole bounding set, e.g. `chown`; absent: all capabilities stay. */
  readonly capabilities?: readonly string[]
  readonly noNewPrivileges: boolean
}

export interface ProgramSpec {
  readonly argv: readonly string[]
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
  readonly identity: Identity
  /** `once`: the input ends with the first client that gave some; `open`: it never ends. */
  readonly stdin: 'none' | 'open' | 'once'
  /** The program runs on a terminal. */
  readonly tty: boolean
  readonly readOnlyRoot: boolean
  /** Shown in the process list: `<namespace>/<pod>/<container>`. */
  readonly title: string
}

const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * fstab(5) for `mount -a`: one process makes all mounts of a container. To be made read-only a mount is mounted again,
 * with what its source forbids: mount(8) would leave it out, which a user namespace may not.
 */
export const fstabText = (plan: RootPlan, root: string, flagsOf: MountFlags): string =>
  plan.mounts
    .map(({ source, target, type, options }) => {
      const isAgain = options.split(',').includes('ro')
      const all = isAgain ? [options, ...flagsOf(source)].join(',') : options
      return `${fstabField(source)} ${fstabField(posix.join(root, target))} ${type} ${all} 0 0\n`
    })
    .join('')

/** Links that share their directory and keep their name's last part go into one `ln` call. */
const linkCommands = (links: ReadonlyMap<string, string>): string => {
  const sameName = new Map<string, string[]>()
  const single: string[] = []
  for (const [path, text] of links) {
    const directory = posix.dirname(path).slice(1)
    if (directory !== '' && posix.basename(path) === posix.basename(text)) {
      sameName.set(directory, [...(sameName.get(directory) ?? []), text])
    } else single.push(`ln -s ${shellWords(['--', text, path.slice(1)])}\n`)
  }
  const grouped = [...sameName].map(
    ([directory, texts]) => `ln -s -t ${shellWord(directory)} ${shellWords(['--', ...texts])}\n`,
  )
  return [...grouped, ...single].join('')
}

/** Who holds a FIFO's writing end keeps its reader from seeing the end: here is nobody for an input that ends once. */
const openInput = ({ stdin, tty }: ProgramSpec): string => {
  if (stdin === 'none') return 'exec 3</dev/null'
  return stdin === 'open' || tty ? 'exec 3<>in' : 'exec 9<>in 3<in'
}

/**
 * Run by `sh` inside the pod's network and UTS namespaces and a new mount namespace: builds the root and enters it,
 * then forks the container's init as the first process of a new PID namespace. Its standard error closes when the
 * program is about to run; what came before is what went wrong.
 * Descriptors: 3 standard input's FIFO, 4 alive, 5 the init script, 6 out, 7 err (with a terminal its sizes), 8 exit
 * status, 9 process id.
 */
export const startScript = (plan: RootPlan, files: RunFiles, spec: ProgramSpec): string => {
  const fifos = [
    'out',
    'err',
    'alive',
    ...(spec.stdin === 'none' ? [] : ['in']),
    ...(spec.tty ? ['size'] : []),
  ]
  return `set -eu
PATH=${systemPath}
umask 022
${files.joins.map((file) => `echo $$ >${shellWord(file)}\n`).join('')}run=${shellWord(files.run)}
cd "$run"
mkfifo -m 666 ${fifos.join(' ')}
${openInput(spec)}
exec 4<>alive 5<init.sh 6<>out 7<>${spec.tty ? 'size' : 'err'} 8>${shellWord(files.exit)} 9>${shellWord(files.pid)}
mkdir root
mount -t tmpfs -o mode=755 weft-root root
cd root
mkdir -p -- ${shellWords(plan.directories.map((path) => path.slice(1)))}
chmod 1777 tmp var/tmp
${linkCommands(plan.links)}for file in ${shellWords(plan.files.map((path) => path.slice(1)))}; do : >"$file"; done
mount -a -T "$run/fstab"
pivot_root . .old
cd /
exec unshare --pid setsid --fork sh -s ${shellWord(spec.title)} <&5
`
}

const setprivWords = (identity: Identity): string[] => {
  const words = ['setpriv']
  if (identity.uid !== undefined) words.push('--reuid', String(identity.uid))
  if (identity.gid !== undefined) words.push('--regid', String(identity.gid))
  if (identity.groups !== undefined)
    words.push(
      ...(identity.groups.length === 0 ? ['--clear-groups'] : ['--groups', identity.groups.join(',')]),
    )
  else if (identity.gid !== undefined) words.push('--keep-groups')
  if (identity.capabilities !== undefined) {
    const kept = ['-all', ...identity.capabilities.map((name) => `+${name}`)].join(',')
    words.push('--inh-caps', '-all', '--bounding-set', kept)
  }
  if (identity.noNewPrivileges) words.push('--no-new-privs')
  return words.length === 1 ? [] : [...words, '--']
}

/** The words before a command that runs it with a container's user, groups and capabilities; none when nothing changes. */
export const identityCommand = (identity: Identity): readonly string[] => setprivWords(identity)

/**
 * The program with its descriptors. An input that ends once is opened anew, which waits for its first writer: a program
 * that began before would read the end at once.
 */
const programLine = ({ stdin, tty }: ProgramSpec, words: readonly string[]): string => {
  if (tty) {
    // setsid makes the terminal the program's own.
    const { file, args } = onTerminal(
      { file: '/usr/bin/setsid', args: ['-c', ...words], ptmx: '/dev/pts/ptmx' },
      'python3',
    )
    return `(exec ${shellWords([file, ...args])} <&3 >&6 2>&6 3<&7 4>&- 5<&- 6>&- 7>&- 8>&-)`
  }
  const input = stdin === 'once' ? '</proc/self/fd/3' : '<&3'
  return `(exec ${shellWords(words)} ${input} >&6 2>&7 3<&- 4>&- 5<&- 6>&- 7>&- 8>&-)`
}

/**
 * The container's init, PID 1: reaps orphans, runs the program, keeps its exit status and what it printed until the
 * node has read them. `alive` closes when the program has ended; the node then kills this init, and with it whatever
 * is left in the PID namespace. The program has its descriptors in a subshell: a shell that redirects for the program
 * alone still writes "Terminated" into the container's log when a signal ends it.
 */
export const initScript = (spec: ProgramSpec): string => {
  const environment = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`)
  const words = [...setprivWords(spec.identity), 'env', '-i', ...environment, ...spec.argv]
  return `PATH=${systemPath}
read -r stat </.old/proc/self/stat
echo "$stat" >&9
mount -t proc -o nosuid,nodev,noexec proc /proc || exit 1
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys 2>/dev/null
umount -l /.old && rmdir /.old || exit 1
${spec.readOnlyRoot ? 'mount -o remount,bind,ro / || exit 1\n' : ''}cd -- ${shellWord(spec.workdir)} || exit 1
${executableCheck(spec.argv[0] ?? '', spec.env['PATH'] ?? systemPath)}exec 9>&- >/dev/null 2>&1
${programLine(spec, words)}
status=$?
cd /
echo $status >&8
exec 3<&- 8>&-
kill -s KILL -- -1
exec sleep infinity 4>&- 5<&-
`
}
