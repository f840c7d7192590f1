import { existsSync, readFileSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { mayMakeGroups, type CgroupHost } from '../../node/cgroups/cgroup-places.ts'
import { mayWrite } from '../../node/may-write.ts'
import type { HostUser } from '../host-user.ts'
import { cgroupHost } from '../instance-cgroups.ts'
import { fine, missing, warning, type HostFinding } from './finding.ts'

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MiB`

/** An idle cluster needs a quarter of it, Istio's Bookinfo all of it. */
const enoughMemory = 1_073_741_824

/** `meminfo`: the text of /proc/meminfo (proc(5)). */
export const memoryFinding = (meminfo: string): HostFinding => {
  const available = Number(/^MemAvailable:\s*(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024
  const message = `${mebibytes(available)} available`
  return available >= enoughMemory
    ? fine('memory', message)
    : warning(
        'memory',
        message,
        `a mesh with a few applications needs ${mebibytes(enoughMemory)}: end other programs`,
      )
}

/** Envoy and an application's logs. */
const enoughDisk = 536_870_912

export const diskFinding = (directory: string, free: number): HostFinding => {
  const message = `${mebibytes(free)} free in ${directory}`
  return free >= enoughDisk
    ? fine('disk', message)
    : warning('disk', message, `make room for ${mebibytes(enoughDisk)}, or use another --home`)
}

/** The nearest directory above a path that exists. */
const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)))

/** An instance's home must be the user's own: an earlier start as root leaves one that is not. */
export const homeFinding = (home: string, user: HostUser): HostFinding => {
  const found = existing(home)
  const owner = statSync(found).uid
  const isOwn = found !== home || owner === user.uid || user.uid === 0
  if (mayWrite(found) && isOwn) return fine('home', `${home} can be written`)
  const ids = `${user.uid}:${user.gid}`
  return found === home
    ? missing(
        'home',
        `${home} belongs to another user (${owner})`,
        `use another --home, or make it yours: sudo chown -R ${ids} ${home}`,
      )
    : missing(
        'home',
        `${home} cannot be made: ${found} may not be written by this user`,
        `use another --home, or have it made: sudo install -d -o ${user.uid} -g ${user.gid} ${home}`,
      )
}

/** Limits of CPU and memory need groups of one's own (cgroups(7)). */
export const cgroupFinding = (host: CgroupHost): HostFinding =>
  mayMakeGroups(host)
    ? fine('cgroups', 'limits of CPU and memory can be enforced')
    : warning(
        'cgroups',
        'this user may make no control groups: limits of CPU and memory are not enforced',
        'with systemd: systemd-run --user --scope -p Delegate=yes weft up; in a container: mount control groups writable',
      )

export const resourceFindings = async (home: string, user: HostUser): Promise<readonly HostFinding[]> => {
  const directory = existing(home)
  const { bavail, bsize } = await statfs(directory)
  return [
    homeFinding(home, user),
    memoryFinding(readFileSync('/proc/meminfo', 'utf8')),
    diskFinding(directory, bavail * bsize),
    cgroupFinding(cgroupHost()),
  ]
}
