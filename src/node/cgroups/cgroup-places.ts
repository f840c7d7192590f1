/** Where this process may make control groups (cgroups(7)): version 2, or memory and cpu of version 1. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mayWrite } from '../may-write.ts'

export interface CgroupHost {
  /** Where control groups are mounted: /sys/fs/cgroup. */
  readonly mount: string
  /** The text of /proc/self/cgroup. */
  readonly own: string
}

/** One directory whose subdirectories are groups of containers. */
export interface CgroupPlace {
  readonly directory: string
  readonly limits: readonly ('memory' | 'cpu')[]
  readonly version: 1 | 2
}

const ownPath = (own: string, controller: string): string =>
  own
    .split('\n')
    .flatMap((line) => {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      return controllers.split(',').includes(controller) ? [path] : []
    })
    .at(0) ?? '/'

const attempt = (act: () => void): boolean => {
  try {
    act()
    return true
  } catch {
    return false
  }
}

const makeDirectory = (path: string): boolean => existsSync(path) || attempt(() => mkdirSync(path))

const controllersOfV2 = ['memory', 'cpu'] as const

/**
 * A group of version 2 passes controllers on only while no process is in it: its processes go into a group beside.
 * Fails while processes are there that this one does not see.
 */
const makeRoom = (parent: string): void => {
  const beside = join(parent, 'weft-main')
  if (!makeDirectory(beside)) return
  for (const pid of readFileSync(join(parent, 'cgroup.procs'), 'utf8').split('\n')) {
    if (pid !== '' && pid !== '0') attempt(() => writeFileSync(join(beside, 'cgroup.procs'), pid))
  }
}

const passOn = (parent: string): boolean => {
  const file = join(parent, 'cgroup.subtree_control')
  const enable = (): boolean =>
    controllersOfV2.every((name) => attempt(() => writeFileSync(file, `+${name}`)))
  return enable() || (attempt(() => makeRoom(parent)) && enable())
}

const placeInV2 = (parent: string, instance: string): CgroupPlace | undefined => {
  if (!mayWrite(join(parent, 'cgroup.subtree_control')) || !passOn(parent)) return undefined
  const directory = join(parent, instance)
  if (!makeDirectory(directory) || !passOn(directory)) return undefined
  return { directory, limits: controllersOfV2, version: 2 }
}

const placeInV1 = (
  mount: string,
  own: string,
  controller: 'memory' | 'cpu',
  instance: string,
): CgroupPlace | undefined => {
  for (const parent of [join(mount, controller, ownPath(own, controller)), join(mount, controller)]) {
    const directory = join(parent, instance)
    if (existsSync(parent) && makeDirectory(directory)) return { directory, limits: [controller], version: 1 }
  }
  return undefined
}

/** Whether this user may make groups at all, as far as permissions say; changes nothing. */
export const mayMakeGroups = ({ mount, own }: CgroupHost): boolean =>
  existsSync(join(mount, 'cgroup.controllers'))
    ? [mount, join(mount, ownPath(own, ''))].some((parent) =>
        mayWrite(join(parent, 'cgroup.subtree_control')),
      )
    : controllersOfV2.every((name) =>
        [join(mount, name, ownPath(own, name)), join(mount, name)].some(mayWrite),
      )

/** The places of an instance's groups, made when they are not there; none where this user may not. */
export const openCgroupPlaces = ({ mount, own }: CgroupHost, instance: string): readonly CgroupPlace[] => {
  if (!existsSync(join(mount, 'cgroup.controllers')))
    return controllersOfV2.flatMap((controller) => placeInV1(mount, own, controller, instance) ?? [])
  const parents = [mount, join(mount, ownPath(own, ''))]
  const place = parents.map((parent) => placeInV2(parent, instance)).find((found) => found !== undefined)
  return place === undefined ? [] : [place]
}

/** Removes an instance's groups that no process is in. */
export const removeCgroupPlaces = ({ mount, own }: CgroupHost, instance: string): void => {
  const parents = [
    mount,
    join(mount, ownPath(own, '')),
    ...controllersOfV2.flatMap((name) => [join(mount, name, ownPath(own, name)), join(mount, name)]),
  ]
  for (const directory of new Set(parents.map((parent) => join(parent, instance)))) {
    removeGroups(directory)
  }
}

const groupsIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
  } catch {
    return []
  }
}

const removeGroups = (directory: string): void => {
  for (const group of groupsIn(directory)) attempt(() => rmdirSync(join(directory, group)))
  attempt(() => rmdirSync(directory))
}
