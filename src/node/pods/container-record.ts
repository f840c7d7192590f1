/** Containers as pods/<uid>/containers/<name>/ keeps them, so that a restarted node finds every process again. */
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identity } from './start-script.ts'

/** Where pods live: `pods` is kept in the home, `run` vanishes with the instance (FIFOs, namespaces, mount points). */
export interface PodDirectories {
  readonly pods: string
  readonly run: string
}

/** What was started; written before the start. */
export interface ContainerRecord {
  readonly container: string
  readonly attempt: number
  readonly image: string
  readonly imageId: string
  readonly containerId: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
  readonly identity: Identity
  readonly tty: boolean
  readonly stdin: boolean
  /** The delay that follows this attempt, in milliseconds (see restart-backoff.ts). */
  readonly backoff: number
  /** Of the container: `Always` for a sidecar, `OnFailure` for an init container. */
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never'
  /** The name of the control group that enforces its limits. */
  readonly cgroup?: string
}

export interface PodRecord {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly ip: string
  readonly hostNetwork: boolean
  /** Path for `nsenter --net=`; absent with hostNetwork. */
  readonly networkNamespace?: string
  readonly startedAt: number
}

export const podDirectory = (directories: PodDirectories, uid: string): string => join(directories.pods, uid)

export const containerDirectory = (directories: PodDirectories, uid: string, container: string): string =>
  join(directories.pods, uid, 'containers', container)

/** The files of one run of a container. */
export interface AttemptFiles {
  readonly record: string
  readonly pid: string
  readonly exit: string
  readonly log: string
  readonly message: string
  /** Is there when the kernel killed a process for want of memory. */
  readonly outOfMemory: string
  readonly run: string
}

export const attemptFiles = (
  directories: PodDirectories,
  uid: string,
  container: string,
  attempt: number,
): AttemptFiles => {
  const base = join(containerDirectory(directories, uid, container), String(attempt))
  return {
    record: `${base}.json`,
    pid: `${base}.pid`,
    exit: `${base}.exit`,
    log: `${base}.log`,
    message: `${base}.message`,
    outOfMemory: `${base}.oom`,
    run: join(directories.run, uid, `${container}.${attempt}`),
  }
}

/** Replaces a JSON file in one step, so that a crash leaves the old or the new one. */
export const writeJson = async (path: string, value: unknown): Promise<void> => {
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

const readJson = async <T>(path: string): Promise<T | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T // written by this file alone
  } catch {
    return undefined
  }
}

export const readPodRecord = (directories: PodDirectories, uid: string): Promise<PodRecord | undefined> =>
  readJson(join(podDirectory(directories, uid), 'pod.json'))

export const writePodRecord = async (directories: PodDirectories, record: PodRecord): Promise<void> => {
  const directory = podDirectory(directories, record.uid)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeJson(join(directory, 'pod.json'), record)
}

export const listPodUids = async (directories: PodDirectories): Promise<string[]> => {
  const entries = await readdir(directories.pods, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** The names of a pod's containers that were ever started. */
export const listContainers = async (directories: PodDirectories, uid: string): Promise<string[]> => {
  const entries = await readdir(join(directories.pods, uid, 'containers'), { withFileTypes: true }).catch(
    () => [],
  )
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** The attempts of a container that have a record, ascending. */
export const readAttempts = async (
  directories: PodDirectories,
  uid: string,
  container: string,
): Promise<ContainerRecord[]> => {
  const directory = containerDirectory(directories, uid, container)
  const names = await readdir(directory).catch(() => [])
  const attempts = names
    .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .toSorted((left, right) => left - right)
  const records = await Promise.all(
    attempts.map((attempt) => readJson<ContainerRecord>(join(directory, `${attempt}.json`))),
  )
  return records.filter((record) => record !== undefined)
}

/** Removes what is kept of the attempts before `first`: the one that ended last stays, for `kubectl logs --previous`. */
export const removeAttempts = async (
  directories: PodDirectories,
  name: { readonly uid: string; readonly container: string },
  first: number,
): Promise<void> => {
  const directory = containerDirectory(directories, name.uid, name.container)
  const names = await readdir(directory).catch(() => [])
  const old = names.filter((each) => Number(/^(\d+)\./.exec(each)?.[1] ?? first) < first)
  await Promise.all(old.map((each) => rm(join(directory, each), { force: true })))
}

/** A process that is surely the one meant: process ids are used again, start times are not. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot, as /proc tells. */
  readonly startTime: string
}

/** Reads pid, parent and start time from a line of /proc/PID/stat (proc(5)); the command may hold blanks and brackets. */
export const parseProcStat = (
  line: string,
): (ProcessIdentity & { readonly parent: number; readonly state: string }) | undefined => {
  const pid = Number.parseInt(line, 10)
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]]
  return Number.isNaN(pid) || state === undefined || parent === undefined || startTime === undefined
    ? undefined
    : { pid, startTime, parent: Number.parseInt(parent, 10), state }
}

export const readProcStat = (pid: number): ReturnType<typeof parseProcStat> => {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

export const isAlive = (process: ProcessIdentity): boolean => {
  const stat = readProcStat(process.pid)
  return stat?.startTime === process.startTime && stat.state !== 'Z'
}

/** The init that a run left in its file; undefined when the start did not get that far. */
export const readInit = async (pidFile: string): Promise<ProcessIdentity | undefined> => {
  const line = await readFile(pidFile, 'utf8').catch(() => '')
  const stat = parseProcStat(line)
  return stat === undefined ? undefined : { pid: stat.pid, startTime: stat.startTime }
}

/** The program that init runs: its oldest child (orphans that init adopts are younger). */
export const mainProcess = (init: ProcessIdentity): ProcessIdentity | undefined => {
  let children: string
  try {
    children = readFileSync(`/proc/${init.pid}/task/${init.pid}/children`, 'utf8')
  } catch {
    return undefined
  }
  const found = children
    .split(' ')
    .flatMap((pid) => (pid === '' ? [] : [readProcStat(Number.parseInt(pid, 10))]))
    .filter((stat) => stat !== undefined && stat.parent === init.pid)
    .toSorted(
      (left, right) =>
        Number(left?.startTime ?? 0) - Number(right?.startTime ?? 0) || (left?.pid ?? 0) - (right?.pid ?? 0),
    )
  return found[0]
}
