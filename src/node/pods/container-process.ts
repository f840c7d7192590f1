import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readlinkSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../primitives/clock.ts'
import type { CgroupTree } from '../cgroups/cgroup-tree.ts'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import { pumpLog, waitForEnd } from './container-log.ts'
import {
  attemptFiles,
  isAlive,
  mainProcess,
  readInit,
  writeJson,
  type AttemptFiles,
  type ContainerRecord,
  type PodDirectories,
  type ProcessIdentity,
} from './container-record.ts'
import { startErrorIn } from './executable-check.ts'
import { hostMountFlags } from './mount-flags.ts'
import { awaitProgram } from './program-search.ts'
import type { HostTree, RootPlan } from './root-plan.ts'
import { fstabText, initScript, startScript, type ProgramSpec } from './start-script.ts'

/** Where processes are kept, and how long this node process attends to them: the abort leaves them running. */
export interface ProcessKeeper {
  readonly directories: PodDirectories
  readonly clock: Clock
  readonly cgroups: CgroupTree
  readonly signal: AbortSignal
}

/** How a container's program ended; `exitCode` undefined: it vanished and nobody knows how (e.g. the machine stopped). */
export interface ContainerEnd {
  readonly exitCode: number | undefined
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
  readonly message?: string
  /** The kernel killed a process of it that wanted more memory than the limit. */
  readonly ranOut: boolean
}

/** A running container, started by this node or found again. */
export interface ContainerProcess {
  readonly record: ContainerRecord
  readonly init: ProcessIdentity
  /** Resolves when the program has ended, its output is in the log and its processes are gone. */
  readonly ended: Promise<ContainerEnd>
  /** Sends the signal to the program alone, as a kubelet does; SIGKILL ends everything in the container. */
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void
}

/** The pod's namespaces to enter; without `network` the node's own (hostNetwork). */
export interface PodNamespaces {
  readonly network?: string
  readonly uts?: string
  readonly ipc?: string
}

export const enterPodWords = (namespaces: PodNamespaces): readonly string[] => [
  ...(namespaces.network === undefined ? [] : [`--net=${namespaces.network}`]),
  ...(namespaces.uts === undefined ? [] : [`--uts=${namespaces.uts}`]),
  ...(namespaces.ipc === undefined ? [] : [`--ipc=${namespaces.ipc}`]),
]

export const hostTree: HostTree = {
  entries: (path) => {
    try {
      return readdirSync(path, { withFileTypes: true }).map((entry) => {
        if (entry.isSymbolicLink())
          return { name: entry.name, kind: 'link', target: readlinkSync(join(path, entry.name)) }
        return { name: entry.name, kind: entry.isDirectory() ? 'directory' : 'other' }
      })
    } catch {
      return []
    }
  },
}

export const newContainerId = (): string => `weft://${randomBytes(32).toString('hex')}`

const longestMessage = 4096

/** Keeps what the control group knows, and lets it go. */
const settleCgroup = async (
  record: ContainerRecord,
  files: AttemptFiles,
  cgroups: CgroupTree,
): Promise<boolean> => {
  if (record.cgroup === undefined) return false
  if (await cgroups.hasRunOut(record.cgroup)) await writeFile(files.outOfMemory, '')
  await cgroups.remove(record.cgroup)
  return stat(files.outOfMemory).then(
    () => true,
    () => false,
  )
}

const readEnd = async (
  record: ContainerRecord,
  files: AttemptFiles,
  { clock, cgroups }: ProcessKeeper,
): Promise<ContainerEnd> => {
  const ranOut = await settleCgroup(record, files, cgroups)
  const message = (await readFile(files.message, 'utf8').catch(() => '')).slice(0, longestMessage)
  const text = await readFile(files.exit, 'utf8').catch(() => '')
  const code = Number.parseInt(text, 10)
  // The init writes the file once, at the end; without a status nobody knows when that was.
  const finishedAt = Number.isNaN(code)
    ? clock.now()
    : await stat(files.exit).then((found) => Math.floor(found.mtimeMs))
  return {
    exitCode: Number.isNaN(code) ? undefined : code,
    finishedAt,
    ranOut,
    ...(message === '' ? {} : { message }),
  }
}

const kill = (process_: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL'): void => {
  if (!isAlive(process_)) return
  try {
    process.kill(process_.pid, name)
  } catch {
    // It ended between the check and the signal.
  }
}

/** Watches a living init: pumps its output, and when the program ends keeps its end and clears the container away. */
const follow = (
  record: ContainerRecord,
  init: ProcessIdentity,
  files: AttemptFiles,
  keeper: ProcessKeeper,
): ContainerProcess => {
  const { clock, signal: left } = keeper
  let killed = false
  const watch = async (): Promise<ContainerEnd> => {
    const fifo = (name: string): string => join(files.run, name)
    const pumped = pumpLog({ out: fifo('out'), err: fifo('err'), tty: record.tty }, files.log, clock, left)
    const outcome = await waitForEnd(fifo('alive'), left)
    if (outcome === 'ended') kill(init, 'SIGKILL')
    await pumped
    // Whoever waits for the end waits for a later node process.
    if (outcome === 'left') return new Promise(() => undefined)
    const end = await readEnd(record, files, keeper)
    await rm(files.run, { recursive: true, force: true })
    return end.exitCode === undefined && killed ? { ...end, exitCode: 137, finishedAt: clock.now() } : end
  }
  const terminate = async (): Promise<void> => {
    const program = await awaitProgram(
      { find: () => mainProcess(init), initIsAlive: () => isAlive(init), clock },
      left,
    )
    if (program !== undefined) kill(program, 'SIGTERM')
  }
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (name === 'SIGTERM') return void terminate()
    killed = true
    kill(init, name)
  }
  return { record, init, ended: watch(), signal }
}

const runStart = (words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const [file = 'nsenter', ...args] = words
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.on('error', reject)
    child.on('close', () => resolve(complaint.trim()))
  })

export interface StartRequest {
  readonly uid: string
  readonly record: ContainerRecord
  readonly namespaces: PodNamespaces
  /** Files that the container's first process writes its id to. */
  readonly joins: readonly string[]
  readonly root: RootPlan
  readonly program: ProgramSpec
}

/**
 * Starts a container's program; it outlives this process. The record is on disk before anything runs.
 * Throws CodedError `container-start-failed` with what the system said.
 */
export const startContainer = async (
  request: StartRequest,
  keeper: ProcessKeeper,
): Promise<ContainerProcess> => {
  const { record, program } = request
  const files = attemptFiles(keeper.directories, request.uid, record.container, record.attempt)
  await rm(files.run, { recursive: true, force: true })
  await mkdir(files.run, { recursive: true, mode: 0o700 })
  const flagsOf = hostMountFlags(await readFile('/proc/self/mountinfo', 'utf8'))
  await Promise.all([
    writeJson(files.record, record),
    writeFile(join(files.run, 'fstab'), fstabText(request.root, join(files.run, 'root'), flagsOf), {
      mode: 0o600,
    }),
    writeFile(join(files.run, 'init.sh'), initScript(program), { mode: 0o600 }),
    writeFile(
      join(files.run, 'start.sh'),
      startScript(request.root, { ...files, joins: request.joins }, program),
      { mode: 0o600 },
    ),
  ])
  const start = ['unshare', '--mount', '--propagation', 'slave', 'sh', join(files.run, 'start.sh')]
  const enter = enterPodWords(request.namespaces)
  const complaint = await runStart(enter.length === 0 ? start : ['nsenter', ...enter, ...start]).catch(
    (error: unknown) => messageOf(error),
  )
  const init = await readInit(files.pid)
  // An init that has given up may not be gone yet.
  const given = startErrorIn(complaint)
  if (given !== undefined || init === undefined || !isAlive(init)) {
    await rm(files.run, { recursive: true, force: true })
    throw new CodedError(
      'container-start-failed',
      given ?? (complaint || 'the container could not be started'),
    )
  }
  await rm(join(files.run, 'init.sh'), { force: true })
  return follow(record, init, files, keeper)
}

/**
 * Finds a container again after the node was away: a running one, or how it ended meanwhile.
 */
export const adoptContainer = async (
  uid: string,
  record: ContainerRecord,
  keeper: ProcessKeeper,
): Promise<ContainerProcess | ContainerEnd> => {
  const files = attemptFiles(keeper.directories, uid, record.container, record.attempt)
  const init = await readInit(files.pid)
  if (init !== undefined && isAlive(init)) return follow(record, init, files, keeper)
  return readEnd(record, files, keeper)
}
