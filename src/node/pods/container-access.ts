import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FailureStatus } from '../../machinery/api-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ContainerAccess, ContainerCommand, ContainerLog, ContainerName, PodAddress } from '../ports.ts'
import {
  attemptFiles,
  isAlive,
  listPodUids,
  readAttempts,
  readInit,
  readPodRecord,
  type AttemptFiles,
  type ContainerRecord,
  type PodDirectories,
  type PodRecord,
  type ProcessIdentity,
} from './container-record.ts'
import { identityCommand } from './start-script.ts'

const notFound = (message: string): FailureStatus => ({ code: 404, reason: 'NotFound', message })
const badRequest = (message: string): FailureStatus => ({ code: 400, reason: 'BadRequest', message })

const directoryScript = 'cd -- "$0" && exec "$@"'
const sessionScript = 'cd -- "$0" && exec /usr/bin/setsid -c "$@"'

/**
 * The command inside a running container: in all its namespaces, as its user, in its directory; with `tty` as the
 * leader of a session on the terminal that is its standard input.
 */
export const commandInContainer = (
  init: ProcessIdentity,
  record: ContainerRecord,
  command: readonly string[],
  tty = false,
): ContainerCommand => ({
  file: '/usr/bin/nsenter',
  args: [
    `--target=${init.pid}`,
    ...['--mount', '--uts', '--ipc', '--net', '--pid', '--'],
    ...['/bin/sh', '-c', tty ? sessionScript : directoryScript, record.workdir],
    ...identityCommand(record.identity),
    ...command,
  ],
  env: record.env,
  ...(tty ? { ptmx: `/proc/${init.pid}/root/dev/pts/ptmx` } : {}),
})

interface Attempt {
  readonly files: AttemptFiles
  readonly record: ContainerRecord
  readonly init: ProcessIdentity | undefined
  readonly isRunning: boolean
  /** NaN while it runs, or when nobody knows. */
  readonly exitCode: number
}

const findPod = async (
  directories: PodDirectories,
  namespace: string,
  name: string,
): Promise<PodRecord | undefined> => {
  const uids = await listPodUids(directories)
  const records = await Promise.all(uids.map((uid) => readPodRecord(directories, uid)))
  return records
    .filter((record) => record?.namespace === namespace && record.name === name)
    .toSorted((left, right) => (right?.startedAt ?? 0) - (left?.startedAt ?? 0))[0]
}

const readAttempt = async (
  directories: PodDirectories,
  uid: string,
  record: ContainerRecord,
): Promise<Attempt> => {
  const files = attemptFiles(directories, uid, record.container, record.attempt)
  const init = await readInit(files.pid)
  const ended = await readFile(files.exit, 'utf8').catch(() => '')
  const isRunning = init !== undefined && ended === '' && isAlive(init)
  return { files, record, init, isRunning, exitCode: Number.parseInt(ended, 10) }
}

const awaitsRestart = ({ record, isRunning, exitCode }: Attempt): boolean =>
  !isRunning &&
  (record.restartPolicy === 'Always' || (record.restartPolicy === 'OnFailure' && exitCode !== 0))

/** The newest attempt of a container, or the one `back` before it. */
const findAttempt = async (
  directories: PodDirectories,
  name: ContainerName,
  back: number,
): Promise<Result<Attempt, FailureStatus>> => {
  const pod = await findPod(directories, name.namespace, name.pod)
  if (pod === undefined) return fail(notFound(`pods "${name.pod}" not found`))
  const attempts = await Promise.all(
    (await readAttempts(directories, pod.uid, name.container))
      .slice(-2)
      .map((record) => readAttempt(directories, pod.uid, record)),
  )
  const newest = attempts.at(-1)
  // While a restart is due, the attempt that ended last already counts as the previous one (kubelet).
  const found = newest !== undefined && back > 0 && awaitsRestart(newest) ? newest : attempts.at(-1 - back)
  if (found !== undefined) return ok(found)
  return fail(
    badRequest(
      back > 0
        ? `previous terminated container "${name.container}" in pod "${name.pod}" not found`
        : `container "${name.container}" in pod "${name.pod}" is waiting to start`,
    ),
  )
}

// The log is complete only when init is gone: it keeps what the node has not read yet.
const logOf = ({ files, init }: Attempt): ContainerLog => ({
  path: files.log,
  isRunning: () => init !== undefined && isAlive(init),
})

/** Reads everything from disk, so it answers also for pods that an earlier node process started. */
export const createContainerAccess = (directories: PodDirectories): ContainerAccess => {
  const running = async (
    name: ContainerName,
  ): Promise<Result<Attempt & { readonly init: ProcessIdentity }, FailureStatus>> => {
    const found = await findAttempt(directories, name, 0)
    if (!found.ok) return found
    const { init, isRunning } = found.value
    if (init === undefined || !isRunning)
      return fail(badRequest(`container "${name.container}" in pod "${name.pod}" is not running`))
    return ok({ ...found.value, init })
  }

  return {
    log: async (name, { previous }) => {
      const found = await findAttempt(directories, name, previous ? 1 : 0)
      return found.ok ? ok(logOf(found.value)) : found
    },
    command: async (name, options) => {
      const found = await running(name)
      return found.ok
        ? ok(commandInContainer(found.value.init, found.value.record, options.command, options.tty))
        : found
    },
    attachment: async (name) => {
      const found = await running(name)
      if (!found.ok) return found
      const { record, files } = found.value
      const stdinPath = join(files.run, 'in')
      const hasStdin = record.stdin && (await stat(stdinPath).catch(() => undefined)) !== undefined
      return ok({
        log: logOf(found.value),
        tty: record.tty,
        ...(hasStdin ? { stdinPath } : {}),
        ...(record.tty ? { sizePath: join(files.run, 'size') } : {}),
      })
    },
    address: async (namespace, name): Promise<Result<PodAddress, FailureStatus>> => {
      const pod = await findPod(directories, namespace, name)
      if (pod === undefined) return fail(notFound(`pods "${name}" not found`))
      if (pod.networkNamespace === undefined)
        return fail(
          badRequest(`pod "${name}" uses the node's network: connect to the node's address instead`),
        )
      return ok({ uid: pod.uid, ip: pod.ip, networkNamespace: pod.networkNamespace })
    },
  }
}
