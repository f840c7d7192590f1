import { posix } from 'node:path'

/** An entry of a host directory, as far as a container's root needs to know it. */
export interface HostEntry {
  readonly name: string
  readonly kind: 'directory' | 'link' | 'other'
  /** Of a link: its text. */
  readonly target?: string
}

/** The host's file system, read only; an unreadable directory has no entries. */
export interface HostTree {
  readonly entries: (path: string) => readonly HostEntry[]
}

export interface Mount {
  readonly source: string
  /** Absolute, inside the container. */
  readonly target: string
  readonly type: string
  readonly options: string
}

/** Something of the host's (a volume, a file of the pod) that the container shall see at `path`. */
export interface WantedMount {
  readonly source: string
  readonly path: string
  readonly kind: 'directory' | 'file'
  readonly readOnly: boolean
}

export interface RootRequest {
  readonly mounts: readonly WantedMount[]
  /** Host paths (real, without links) shown read-only at the same place: the program's own directories. */
  readonly visible: readonly string[]
  /** Directories to make when nothing is there, e.g. the working directory. */
  readonly directories: readonly string[]
  /** Directories that can be written to, whatever the host has there. */
  readonly writable?: readonly string[]
  /** Links of the image: where each leads. */
  readonly links?: Readonly<Record<string, string>>
}

/** How to build a container's root on an empty tmpfs; all paths are absolute inside the container. */
export interface RootPlan {
  readonly directories: readonly string[]
  /** Links by path, with their text. */
  readonly links: ReadonlyMap<string, string>
  readonly files: readonly string[]
  readonly mounts: readonly Mount[]
}

interface Link {
  readonly text: string
  readonly entry: HostEntry
  /** The host path whose content shows through this link; absent for links of our own. */
  readonly hostPath?: string
}

interface Draft {
  readonly host: HostTree
  readonly own: Set<string>
  readonly links: Map<string, Link>
  readonly bound: Map<string, string>
  readonly mirrors: Map<string, string>
}

/** Top-level directories of the host that hold programs and nothing of the user's. */
const isProgramDirectory = (name: string): boolean => /^(usr|bin|sbin|opt|nix|gnu|lib[0-9a-z]*)$/.test(name)

const ownDirectories =
  '/.old /dev /dev/pts /dev/shm /dev/mqueue /proc /sys /tmp /run /run/lock /root /home /mnt /srv /media /var /var/tmp /var/log /var/cache /var/lib /var/spool'.split(
    ' ',
  )

const ownLinks: Readonly<Record<string, string>> = {
  '/var/run': '/run',
  '/var/lock': '/run/lock',
  '/dev/fd': '/proc/self/fd',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
  '/dev/ptmx': 'pts/ptmx',
}

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty']

const ownLink = (text: string): Link => ({ text, entry: { name: '', kind: 'link', target: text } })

/** A mirror lies beside what it mirrors, at the same depth, so that relative links of the host still lead right. */
const mirrorOf = (path: string): string => `${path}.host`

const linkChildren = (draft: Draft, path: string, hostPath: string, mirror: string): void => {
  draft.own.add(path)
  for (const entry of draft.host.entries(hostPath)) {
    draft.links.set(posix.join(path, entry.name), {
      text: posix.join(mirror, entry.name),
      entry,
      hostPath: posix.join(hostPath, entry.name),
    })
  }
}

/** Makes `next` a directory of our own, with links to what the host has there; or names where a link leads. */
const openDirectory = (draft: Draft, next: string): string | undefined => {
  if (draft.own.has(next)) return undefined
  const source = draft.bound.get(next)
  if (source !== undefined) {
    draft.bound.delete(next)
    draft.mirrors.set(mirrorOf(next), source)
    linkChildren(draft, next, source, mirrorOf(next))
    return undefined
  }
  const link = draft.links.get(next)
  if (link?.entry.kind === 'link') return posix.resolve(posix.dirname(next), link.entry.target ?? link.text)
  draft.links.delete(next)
  if (link?.entry.kind === 'directory' && link.hostPath !== undefined)
    linkChildren(draft, next, link.hostPath, link.text)
  else draft.own.add(next)
  return undefined
}

/** Makes every directory on the way to `path` one of our own, so that something can be put below it; gives the real path. */
const ownDirectory = (draft: Draft, path: string): string => {
  let pending = path.split('/').filter((part) => part !== '')
  let current = '/'
  for (let links = 0; pending.length > 0 && links < 40;) {
    const [part = '', ...rest] = pending
    const redirect = openDirectory(draft, posix.join(current, part))
    pending = rest
    if (redirect === undefined) current = posix.join(current, part)
    else {
      links += 1
      pending = [...redirect.split('/').filter((name) => name !== ''), ...rest]
      current = '/'
    }
  }
  return current
}

/** The path below its real parent; a link in the last place is followed when it is one of ours or of the host's. */
const placeOf = (draft: Draft, path: string): string => {
  const place = posix.join(ownDirectory(draft, posix.dirname(path)), posix.basename(path))
  return draft.links.get(place)?.entry.kind === 'link' && draft.links.get(place)?.hostPath === undefined
    ? ownDirectory(draft, place)
    : place
}

const isCovered = (draft: Draft, path: string): boolean =>
  [...draft.bound.keys()].some((bound) => path === bound || path.startsWith(`${bound}/`))

const baseDraft = (host: HostTree): Draft => {
  const draft: Draft = {
    host,
    own: new Set(ownDirectories),
    links: new Map(Object.entries(ownLinks).map(([path, text]) => [path, ownLink(text)])),
    bound: new Map(),
    mirrors: new Map(),
  }
  for (const entry of host.entries('/')) {
    const path = `/${entry.name}`
    if (!isProgramDirectory(entry.name)) continue
    if (entry.kind === 'link') draft.links.set(path, ownLink(entry.target ?? ''))
    else draft.bound.set(path, path)
  }
  draft.bound.set('/etc', '/etc')
  ownDirectory(draft, '/etc')
  draft.links.set('/etc/mtab', ownLink('/proc/self/mounts'))
  return draft
}

const place = (draft: Draft, wanted: WantedMount, files: Set<string>, nested: boolean): Mount => {
  const target = nested ? posix.normalize(wanted.path) : placeOf(draft, posix.normalize(wanted.path))
  if (!nested) {
    draft.links.delete(target)
    draft.bound.delete(target)
    if (wanted.kind === 'directory') draft.own.add(target)
    else files.add(target)
  }
  const access = wanted.readOnly ? 'rbind,ro' : 'rbind'
  const options = nested && wanted.kind === 'directory' ? `${access},x-mount.mkdir` : access
  return { source: wanted.source, target, type: 'none', options }
}

const deviceMounts = (): Mount[] => [
  ...devices.map((name) => ({
    source: `/dev/${name}`,
    target: `/dev/${name}`,
    type: 'none',
    options: 'bind',
  })),
  {
    source: 'devpts',
    target: '/dev/pts',
    type: 'devpts',
    options: 'newinstance,nosuid,noexec,ptmxmode=0666,mode=620',
  },
  { source: 'shm', target: '/dev/shm', type: 'tmpfs', options: 'nosuid,nodev,mode=1777' },
]

/**
 * Plans a container's root without an image: the host's program directories read-only, a writable /etc whose entries
 * are links to the host's, devices, and the wanted mounts at any path. Where a mount lies inside a read-only directory
 * of the host, that directory becomes one of links into a mirror of the original, so the mount point can exist.
 */
export const planRoot = (host: HostTree, request: RootRequest): RootPlan => {
  const draft = baseDraft(host)
  const files = new Set(devices.map((name) => `/dev/${name}`))
  const visible = request.visible.toSorted((left, right) => left.length - right.length)
  const isBelow = (path: string, mounts: readonly WantedMount[]): boolean =>
    mounts.some((other) => other.kind === 'directory' && path.startsWith(`${posix.normalize(other.path)}/`))
  // A volume would hide a program below its mount path: there the program is mounted into the volume.
  const hidden = visible.filter((path) => isBelow(path, request.mounts))
  for (const path of visible) {
    if (hidden.includes(path) || isCovered(draft, path)) continue
    const target = posix.join(ownDirectory(draft, posix.dirname(path)), posix.basename(path))
    draft.bound.set(target, path)
  }
  for (const [path, target] of Object.entries(request.links ?? {})) {
    const link = posix.join(ownDirectory(draft, posix.dirname(path)), posix.basename(path))
    draft.links.set(link, ownLink(target))
  }
  const sorted = [
    ...request.mounts,
    ...hidden.map((path): WantedMount => ({ source: path, path, kind: 'directory', readOnly: true })),
  ].toSorted((left, right) => left.path.length - right.path.length)
  const isNested = (path: string): boolean => isBelow(path, sorted)
  const wanted = sorted.map((mount) => place(draft, mount, files, isNested(posix.normalize(mount.path))))
  for (const path of request.writable ?? [])
    if (!isNested(`${posix.normalize(path)}/`)) ownDirectory(draft, path)
  for (const path of request.directories) {
    const exists = isCovered(draft, path) || isNested(`${posix.normalize(path)}/`)
    if (!exists && !draft.links.has(path)) ownDirectory(draft, path)
  }
  const binds = [...draft.bound, ...draft.mirrors].map(([target, source]) => ({
    source,
    target,
    type: 'none',
    options: 'rbind,ro',
  }))
  const directories = new Set([...draft.own, ...draft.mirrors.keys(), ...draft.bound.keys()])
  return {
    directories: [...directories].toSorted(),
    links: new Map([...draft.links].map(([path, link]) => [path, link.text])),
    files: [...files],
    mounts: [...binds, ...deviceMounts(), ...wanted],
  }
}
