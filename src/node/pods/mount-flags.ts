import { realpathSync } from 'node:fs'

/** What a mount forbids, and a user namespace may not allow again (mount_namespaces(7), restrictions). */
const lockedFlags = ['nosuid', 'nodev', 'noexec'] as const

/** The flags of the mount that a path lies on, such as `nosuid`. */
export type MountFlags = (path: string) => readonly string[]

interface HostMount {
  readonly point: string
  readonly flags: readonly string[]
}

const unescape = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** `text`: /proc/self/mountinfo (proc(5)). A path without links; of two mounts on one point the later one counts. */
export const mountFlags = (text: string): MountFlags => {
  const mounts = text.split('\n').flatMap((line): HostMount[] => {
    const [, , , , point, options] = line.split(' ')
    if (point === undefined || options === undefined) return []
    const given = options.split(',')
    return [{ point: unescape(point), flags: lockedFlags.filter((flag) => given.includes(flag)) }]
  })
  const isOn = (path: string, { point }: HostMount): boolean =>
    point === '/' || path === point || path.startsWith(`${point}/`)
  return (path) => {
    let found: HostMount | undefined
    for (const mount of mounts)
      if (isOn(path, mount) && mount.point.length >= (found?.point.length ?? 0)) found = mount
    return found?.flags ?? []
  }
}

/** As `mountFlags`, for a path of this process that may lead through links; one that is not there has no flags. */
export const hostMountFlags = (text: string): MountFlags => {
  const flagsOf = mountFlags(text)
  return (path) => {
    try {
      return flagsOf(realpathSync(path))
    } catch {
      return []
    }
  }
}
