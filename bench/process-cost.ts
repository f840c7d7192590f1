/** What processes cost, from /proc (proc(5)): CPU time and memory. */
import { readFileSync } from 'node:fs'
import { instanceHome } from '../src/app/instance-home.ts'
import { findInstance, instanceProcesses, type InstanceProcess } from '../src/app/instance-process.ts'

const ticksPerSecond = 100

/** User and system time of a process so far, in milliseconds; the kernel counts in steps of 10 ms. */
export const cpuMilliseconds = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** User and system time of all processes that this one has started and that have ended, in milliseconds. */
export const endedChildrenCpuMilliseconds = (): number => {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond
}

export interface Memory {
  /** Bytes resident, counting what is shared with other processes in full. */
  readonly resident: number
  /** Bytes resident, counting each shared page by its share: these add up. */
  readonly proportional: number
}

export const memoryOf = (pid: number): Memory => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { resident: bytes('Rss'), proportional: bytes('Pss') }
}

export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

/** The processes of the instance in this home. */
export const processesOf = async (home: string): Promise<readonly InstanceProcess[]> => {
  const running = await findInstance(instanceHome(home))
  return running === undefined ? [] : instanceProcesses(running)
}

/** What a process of an instance is, by its command line. */
export const partName = (command: string): string => {
  const script = /^\S*node .*\/(supervisor|server|node)-main\.js/.exec(command)?.[1]
  if (script !== undefined) return `weft ${script}`
  if (/\/envoy --config/.test(command)) return 'Envoy'
  if (/^\S*node /.test(command)) return 'application'
  return command.startsWith('sh ') ? 'shells (init, one per container)' : command.slice(0, 30)
}

/** The process that runs this part's script. */
export const partOf = async (home: string, part: 'server' | 'node' | 'supervisor'): Promise<number> => {
  const found = (await processesOf(home)).find(({ command }) =>
    new RegExp(`^\\S*node .*/${part}-main\\.js`).test(command),
  )
  if (found === undefined) throw new Error(`the instance in ${home} has no process ${part}`)
  return found.pid
}

/** CPU time of every part of the instance so far, as one line. */
export const describeCpu = async (home: string): Promise<string> => {
  const parts = new Map<string, number>()
  for (const { pid, command } of await processesOf(home)) {
    const name = partName(command)
    parts.set(name, (parts.get(name) ?? 0) + cpuMilliseconds(pid))
  }
  return [...parts].map(([name, cpu]) => `${name} ${(cpu / 1000).toFixed(2)} s`).join(', ')
}
