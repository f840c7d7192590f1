import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { CodedError } from '../primitives/coded-error.ts'
import { findProgram } from './host-programs.ts'
import type { HostUser } from './host-user.ts'

/**
 * An ordinary user's instance lives in a user namespace, where it is root and nothing of the host's. Its ids are mapped
 * from outside: the user alone, or, where the host has `newuidmap` and gives the user a range in /etc/subuid, that
 * range too, so that containers can run as users of their own (user_namespaces(7), subuid(5)).
 */

/** The descriptor on which the namespace says that it is there, and hears that its ids are mapped. */
export const mappingDescriptor = 4

/**
 * What to write before a program to run it in a user namespace once `mapIds` is done: a program that starts before its
 * user is mapped has no capabilities.
 */
export const enterUserNamespace: readonly string[] = [
  ...['unshare', '--user', 'sh', '-c'],
  `echo >&${mappingDescriptor}; read -r mapped <&${mappingDescriptor} || exit 1; exec "$@" ${mappingDescriptor}>&-`,
  'weft-user-namespace',
]

/** A range of the host's ids that a user may map: `first` and how many. */
export interface IdRange {
  readonly first: number
  readonly count: number
}

/** The user's first range in the text of /etc/subuid or /etc/subgid; a user is named by name or id. */
export const findIdRange = (text: string, user: HostUser): IdRange | undefined => {
  for (const line of text.split('\n')) {
    const [name, first, count] = line.trim().split(':')
    if (name !== user.name && name !== String(user.uid)) continue
    const range = { first: Number(first), count: Number(count) }
    if (Number.isSafeInteger(range.first) && range.count > 0) return range
  }
  return undefined
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The two helpers of the package uidmap with their arguments after the process id. */
export interface RangeMapping {
  readonly uids: readonly string[]
  readonly gids: readonly string[]
}

/** How the user's range can be mapped on this host; undefined where only the user alone can be. */
export const rangeMapping = (user: HostUser, searchPath: string): RangeMapping | undefined => {
  const helpers = ['newuidmap', 'newgidmap'].map((name) => findProgram(name, searchPath))
  const [newuidmap, newgidmap] = helpers
  const uids = findIdRange(readText('/etc/subuid'), user)
  const gids = findIdRange(readText('/etc/subgid'), user)
  if (newuidmap === undefined || newgidmap === undefined || uids === undefined || gids === undefined)
    return undefined
  const words = (own: number, { first, count }: IdRange): readonly string[] =>
    [0, own, 1, 1, first, count].map(String)
  return { uids: words(user.uid, uids), gids: words(user.gid, gids) }
}

const runHelper = async (name: string, words: readonly string[]): Promise<boolean> => {
  const child = spawn(name, words, { stdio: 'ignore' })
  const code = await once(child, 'close').then(
    ([status]: unknown[]) => status,
    () => undefined,
  )
  return code === 0
}

const mapRange = async (pid: number, { uids, gids }: RangeMapping): Promise<boolean> =>
  (await runHelper('newuidmap', [String(pid), ...uids])) &&
  (await runHelper('newgidmap', [String(pid), ...gids]))

/** The kernel lets a user map their own id alone, and no groups beside it. */
const mapUserAlone = (pid: number, user: HostUser): void => {
  if (readText(`/proc/${pid}/uid_map`).trim() === '')
    writeFileSync(`/proc/${pid}/uid_map`, `0 ${user.uid} 1\n`)
  writeFileSync(`/proc/${pid}/setgroups`, 'deny')
  writeFileSync(`/proc/${pid}/gid_map`, `0 ${user.gid} 1\n`)
}

/**
 * Maps the ids of a child that was started by `enterUserNamespace` with a pipe as `mappingDescriptor`.
 * Throws `user-namespace-refused` when there is no namespace to map.
 */
export const mapIds = async (
  child: ChildProcess,
  user: HostUser,
  range: RangeMapping | undefined,
): Promise<void> => {
  const channel = child.stdio[mappingDescriptor] as Duplex // a pipe, as the caller asked for
  const isThere = await Promise.race([
    once(channel, 'data').then(() => true),
    once(child, 'close').then(() => false),
  ])
  if (!isThere || child.pid === undefined) {
    throw new CodedError('user-namespace-refused', 'the kernel refuses a user namespace: run `weft doctor`')
  }
  const isMapped = range !== undefined && (await mapRange(child.pid, range))
  if (!isMapped) mapUserAlone(child.pid, user)
  channel.end('\n')
}
