/** The control groups of an instance's containers: named after its home, so that whoever ends it finds them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CgroupHost } from '../node/cgroups/cgroup-places.ts'
import type { InstanceHome } from './instance-home.ts'

export const cgroupHost = (): CgroupHost => {
  let own = ''
  try {
    own = readFileSync('/proc/self/cgroup', 'utf8')
  } catch {
    // A kernel without control groups.
  }
  return { mount: '/sys/fs/cgroup', own }
}

export const cgroupName = (home: InstanceHome): string =>
  `weft-${createHash('sha256').update(home.root).digest('hex').slice(0, 12)}`
