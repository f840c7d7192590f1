/**
 * Instances as an ordinary user: `WEFT_TEST_AS=user`, or the vitest project `mesh-user`. Whoever runs the tests as root
 * becomes a user of no name and no rights for `weft` alone; whoever is no root already is that user.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  chmodSync,
  chownSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const runsAsUser = process.env['WEFT_TEST_AS'] === 'user' || process.geteuid?.() !== 0

/** The lowest port that the instances of the tests may open on the host. */
export const lowestHostPort = runsAsUser
  ? Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  : 1

/** What `unshare` needs beside other namespaces: a user namespace that maps one user, as an ordinary user's instance has. */
export const userNamespaceFlags: readonly string[] = runsAsUser ? ['--user', '--map-root-user'] : []

/** A number that no user database should know. */
const USER = 47_110

export interface CommandLine {
  readonly file: string
  readonly parameters: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface Account {
  /** Where homes of instances go; the user's own. */
  readonly directory: string
  /** The words that run `node SCRIPT ...` as this user. */
  readonly command: (script: string, parameters: readonly string[]) => CommandLine
  /** Gives a directory to the user. */
  readonly own: (directory: string) => void
  readonly remove: () => void
}

const everybodyEnters = (directory: string): boolean =>
  (statSync(directory).mode & 0o001) !== 0 && (directory === '/' || everybodyEnters(dirname(directory)))

/** Shown to the user at another place, by a mount that only the user's processes see. */
interface Window {
  readonly source: string
  readonly target: string
}

const callersAccount = (): Account => ({
  directory: tmpdir(),
  command: (script, parameters) => ({ file: process.execPath, parameters: [script, ...parameters], env: {} }),
  own: () => undefined,
  remove: () => undefined,
})

/** Gives the user a name and a range of ids, in files that only the user's processes see (subuid(5)). */
const rangeMounts = (directory: string): string => {
  const files = {
    passwd: `${readFileSync('/etc/passwd', 'utf8')}weft-test:x:${USER}:${USER}::/:/bin/sh\n`,
    subuid: `weft-test:300000:65536\n`,
    subgid: `weft-test:300000:65536\n`,
  }
  const mounts = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(directory, name), text)
    return `mount --bind '${join(directory, name)}' /etc/${name}\n`
  })
  return mounts.join('')
}

const ordinaryAccount = (repository: string, hasRange: boolean): Account => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-user-'))
  chmodSync(directory, 0o755)
  const windows: Window[] = []
  /** The directory as the user can reach it. */
  const show = (source: string, name: string): string => {
    if (everybodyEnters(source)) return source
    const target = join(directory, name)
    if (!windows.some((window) => window.target === target)) {
      mkdirSync(target, { recursive: true })
      windows.push({ source, target })
    }
    return target
  }
  const own = (path: string): void => chownSync(path, USER, USER)
  const home = join(directory, 'home')
  mkdirSync(home)
  own(home)
  const range = hasRange ? rangeMounts(directory) : ''
  const checkout = show(repository, 'checkout')
  const node = join(show(dirname(process.execPath), 'node'), 'node')
  const envoy = process.env['WEFT_ENVOY']
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weft')
  mkdirSync(cache, { recursive: true })
  const env = {
    HOME: home,
    XDG_CACHE_HOME: dirname(show(cache, 'cache/weft')),
    ...(envoy === undefined || !existsSync(envoy)
      ? {}
      : { WEFT_ENVOY: join(show(dirname(envoy), 'envoy'), 'envoy') }),
  }
  const ids = ['setpriv', '--reuid', String(USER), '--regid', String(USER), '--clear-groups', '--']
  return {
    directory: home,
    own,
    command: (script, parameters) => {
      const words = [...ids, node, join(checkout, script.slice(repository.length)), ...parameters]
      // As many hosts mount what users write to: a user namespace may not take these flags away.
      const narrow = `mount --bind '${home}' '${home}'\nmount -o remount,bind,nosuid,nodev '${home}'\n`
      const mounts = [
        narrow,
        range,
        ...windows.map(({ source, target }) => `mount --bind '${source}' '${target}'\n`),
      ]
      return {
        file: 'unshare',
        parameters: ['--mount', 'sh', '-ec', `${mounts.join('')}exec "$@"`, 'sh', ...words],
        env,
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/**
 * The account under which an instance of the checkout `repository` runs; `remove` it after the instance.
 * `hasRange`: an ordinary user with a range of ids, whatever the others are; needs root, and newuidmap on this host.
 */
export const openAccount = (repository: string, hasRange = false): Account =>
  hasRange || (runsAsUser && process.geteuid?.() === 0)
    ? ordinaryAccount(repository, hasRange)
    : callersAccount()
