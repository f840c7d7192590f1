/** Control groups of containers that have limits: CPU and memory are the kernel's to enforce. */
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { errorCodeOf, messageOf } from '../../primitives/coded-error.ts'
import { parseQuantity, quantityMilliValue, quantityValue } from '../../primitives/quantity.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { Container } from '../../resources/core/container.ts'
import { openCgroupPlaces, type CgroupHost, type CgroupPlace } from './cgroup-places.ts'

export interface CgroupLimits {
  readonly memoryBytes?: number
  /** Thousandths of a processor. */
  readonly cpuMillis?: number
}

const limitOf = (
  container: Container,
  name: string,
  measure: (quantity: Parameters<typeof quantityValue>[0]) => number,
): number | undefined => {
  const value = container.resources?.limits?.[name]
  const parsed = value === undefined ? undefined : parseQuantity(String(value))
  return parsed?.ok === true ? measure(parsed.value) : undefined
}

/**
 * Undefined: the container has no limits. `runtimeMemory`: bytes that a stand-in's runtime takes and the image's own
 * program would not; they are granted on top.
 */
export const limitsOf = (container: Container, runtimeMemory = 0): CgroupLimits | undefined => {
  const memoryLimit = limitOf(container, 'memory', quantityValue)
  const memoryBytes = memoryLimit === undefined ? undefined : memoryLimit + runtimeMemory
  const cpuMillis = limitOf(container, 'cpu', quantityMilliValue)
  if (memoryBytes === undefined && cpuMillis === undefined) return undefined
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpuMillis === undefined ? {} : { cpuMillis }),
  }
}

/** Microseconds; Kubernetes' cpuCFSQuotaPeriod. */
const period = 100_000
/** The least that the kernel takes. */
const leastQuota = 1000

type Setting = readonly [file: string, value: string]

/** What to write where (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, scheduler/sched-bwc.rst). */
const settings = ({ version, limits }: CgroupPlace, { memoryBytes, cpuMillis }: CgroupLimits): Setting[] => {
  const memory = limits.includes('memory') ? memoryBytes : undefined
  const quota =
    cpuMillis === undefined || !limits.includes('cpu')
      ? undefined
      : Math.max(leastQuota, (cpuMillis * period) / 1000)
  return [
    ...(memory === undefined
      ? []
      : [[version === 2 ? 'memory.max' : 'memory.limit_in_bytes', String(memory)] as const]),
    ...(quota === undefined
      ? []
      : version === 2
        ? [['cpu.max', `${quota} ${period}`] as const]
        : [['cpu.cfs_period_us', String(period)] as const, ['cpu.cfs_quota_us', String(quota)] as const]),
  ]
}

const oomFile = { 1: 'memory.oom_control', 2: 'memory.events' } as const

/** The groups of one instance. */
export interface CgroupTree {
  /** Makes a group; gives the files that a process writes its id to. The error says why limits are not enforced here. */
  readonly make: (name: string, limits: CgroupLimits) => Promise<Result<readonly string[], string>>
  /** Whether the kernel killed a process of the group for want of memory. */
  readonly hasRunOut: (name: string) => Promise<boolean>
  /** Once no process is in it. */
  readonly remove: (name: string) => Promise<void>
}

const removeTries = 10
const removePause = 20

/** A process that has ended leaves its group a moment later. */
const removeSoon = async (directory: string): Promise<void> => {
  for (let tries = 0; tries < removeTries; tries += 1) {
    try {
      return await rmdir(directory)
    } catch (error) {
      if (errorCodeOf(error) !== 'EBUSY') return
      await setTimeout(removePause)
    }
  }
}

const notPossible =
  'this user has no control group of its own on this host; `weft doctor` says what to switch on'

export const openCgroupTree = (host: CgroupHost, instance: string): CgroupTree => {
  let known: readonly CgroupPlace[] = []
  const places = (): readonly CgroupPlace[] => {
    if (known.length === 0) known = openCgroupPlaces(host, instance)
    return known
  }
  const fill = async (place: CgroupPlace, name: string, wanted: readonly Setting[]): Promise<string> => {
    const directory = join(place.directory, name)
    await mkdir(directory, { recursive: true })
    for (const [file, value] of wanted) await writeFile(join(directory, file), value)
    return join(directory, 'cgroup.procs')
  }
  return {
    make: async (name, limits) => {
      const found = places().map((place) => ({ place, wanted: settings(place, limits) }))
      const used = found.filter(({ wanted }) => wanted.length > 0)
      if (used.length === 0) return fail(notPossible)
      try {
        return ok(await Promise.all(used.map(({ place, wanted }) => fill(place, name, wanted))))
      } catch (error) {
        return fail(messageOf(error))
      }
    },
    hasRunOut: async (name) => {
      for (const { directory, version } of places()) {
        const text = await readFile(join(directory, name, oomFile[version]), 'utf8').catch(() => '')
        if (Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0) return true
      }
      return false
    },
    remove: async (name) => {
      for (const { directory } of places()) await removeSoon(join(directory, name))
    },
  }
}
