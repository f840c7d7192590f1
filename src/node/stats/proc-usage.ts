/** What processes use, as /proc tells (proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** CPU in seconds since the start, with that of ended children; memory in bytes. */
export interface Usage {
  readonly cpuSeconds: number
  readonly memoryBytes: number
}

/** USER_HZ: what /proc counts time in on every architecture that Linux runs on today. */
const ticksPerSecond = 100
const pageBytes = 4096

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** utime, stime, cutime and cstime of a line of /proc/PID/stat, in seconds; the command may hold blanks and brackets. */
export const cpuSecondsOf = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return Number.isNaN(ticks) ? 0 : ticks / ticksPerSecond
}

/** `Pss:  123 kB` of /proc/PID/smaps_rollup: pages that several processes share count in parts. Bytes. */
export const proportionalBytesOf = (rollup: string): number | undefined => {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

const memoryOf = (pid: string): number => {
  const proportional = proportionalBytesOf(read(`/proc/${pid}/smaps_rollup`) ?? '')
  if (proportional !== undefined) return proportional
  const resident = Number((read(`/proc/${pid}/statm`) ?? '').split(' ')[1])
  return Number.isNaN(resident) ? 0 : resident * pageBytes
}

const pidNamespace = (pid: string | number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

/**
 * The use of each of these inits with everything in its PID namespace: its children, what they left behind and what
 * `exec` brought in. Keys are the inits' process ids; an init that is gone has no entry.
 */
export const usageOfContainers = (inits: readonly number[]): ReadonlyMap<number, Usage> => {
  const byNamespace = new Map(
    inits.flatMap((init): [string, number][] => {
      const namespace = pidNamespace(init)
      return namespace === undefined ? [] : [[namespace, init]]
    }),
  )
  const usage = new Map<number, Usage>()
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const init = byNamespace.get(pidNamespace(pid) ?? '')
    const stat = init === undefined ? undefined : read(`/proc/${pid}/stat`)
    if (init === undefined || stat === undefined) continue
    const known = usage.get(init) ?? { cpuSeconds: 0, memoryBytes: 0 }
    usage.set(init, {
      cpuSeconds: known.cpuSeconds + cpuSecondsOf(stat),
      memoryBytes: known.memoryBytes + memoryOf(pid),
    })
  }
  return usage
}

/** All of /proc/stat's first line but idle and iowait; guest time is in user time already. Seconds. */
export const hostCpuSecondsOf = (stat: string): number => {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +.*$/m.exec(stat)?.[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond
}

const meminfo = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024

/** What is not available to new programs (proc(5), MemAvailable). Bytes. */
export const hostMemoryOf = (text: string): number =>
  meminfo(text, 'MemTotal') - meminfo(text, 'MemAvailable')

/** The use of the whole machine. */
export const usageOfHost = (): Usage => ({
  cpuSeconds: hostCpuSecondsOf(read('/proc/stat') ?? ''),
  memoryBytes: hostMemoryOf(read('/proc/meminfo') ?? ''),
})
