import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FailureStatus } from '../../machinery/api-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ContainerAccess, ContainerCommand, ContainerName, PodAddress } from '../ports.ts'
import {
  attemptFiles,
  isAlive,
  listPodUids,
  readAttempts,
  readInit,
  readPodRecord,
  type ContainerRecord,
  type PodDirectories,
  type PodRecord,
  type ProcessIdentity,
} from './container-record.ts'
import { identityCommand } from './start-script.ts'

const notFound = (message: string): FailureStatus => ({ code: 404, reason: 'NotFound', message })
const badRequest = (message: string): FailureStatus => ({ code: 400, reason: 'BadRequest', message })

/** The command inside a running container: in all its namespaces, as its user, in its directory. */
export const commandInContainer = (
  init: ProcessIdentity,
  record: ContainerRecord,
  command: readonly string[],
): ContainerCommand => ({
  file: '/usr/bin/nsenter',
  args: [
    `--target=${init.pid}`,
    ...['--mount', '--uts', '--ipc', '--net', '--pid', '--'],
    ...['/bin/sh', '-c', 'cd -- "$0" && exec "$@"', record.workdir],
    ...identityCommand(record.identity),
    ...command,
  ],
  env: record.env,
})

interface Attempt {
  readonly record: ContainerRecord
  readonly init: ProcessIdentity | undefined
  readonly isRunning: boolean
}

/** Reads everything from disk, so it answers also for pods that an earlier node process started. */
export const createContainerAccess = (directories: PodDirectories): ContainerAccess => {
  const findPod = async (namespace: string, name: string): Promise<PodRecord | undefined> => {
    const uids = await listPodUids(directories)
    const records = await Promise.all(uids.map((uid) => readPodRecord(directories, uid)))
    return records
      .filter((record) => record?.namespace === namespace && record.name === name)
      .toSorted((left, right) => (right?.startedAt ?? 0) - (left?.startedAt ?? 0))[0]
  }

  const readAttempt = async (uid: string, record: ContainerRecord): Promise<Attempt> => {
    const files = attemptFiles(directories, uid, record.container, record.attempt)
    const init = await readInit(files.pid)
    const ended = await readFile(files.exit, 'utf8').catch(() => '')
    return { record, init, isRunning: init !== undefined && ended === '' && isAlive(init) }
  }

  const find = async (
    name: ContainerName,
    back: number,
  ): Promise<Result<{ readonly pod: PodRecord; readonly attempt: Attempt }, FailureStatus>> => {
    const pod = await findPod(name.namespace, name.pod)
    if (pod === undefined) return fail(notFound(`pods "${name.pod}" not found`))
    const record = (await readAttempts(directories, pod.uid, name.container)).at(-1 - back)
    if (record !== undefined) return ok({ pod, attempt: await readAttempt(pod.uid, record) })
    return fail(
      badRequest(
        back > 0
          ? `previous terminated container "${name.container}" in pod "${name.pod}" not found`
          : `container "${name.container}" in pod "${name.pod}" is waiting to start`,
      ),
    )
  }

  const log: ContainerAccess['log'] = async (name, { previous }) => {
    const found = await find(name, previous ? 1 : 0)
    if (!found.ok) return found
    const { pod, attempt } = found.value
    const files = attemptFiles(directories, pod.uid, name.container, attempt.record.attempt)
    const { init } = attempt
    // The log is complete only when init is gone: it keeps what the node has not read yet.
    return ok({
      path: files.log,
      rotated: [],
      isRunning: () => init !== undefined && isAlive(init),
    })
  }

  const running = async (
    name: ContainerName,
  ): Promise<
    Result<
      { readonly pod: PodRecord; readonly attempt: Attempt; readonly init: ProcessIdentity },
      FailureStatus
    >
  > => {
    const found = await find(name, 0)
    if (!found.ok) return found
    const { init, isRunning } = found.value.attempt
    if (init === undefined || !isRunning)
      return fail(badRequest(`container "${name.container}" in pod "${name.pod}" is not running`))
    return ok({ ...found.value, init })
  }

  return {
    log,
    command: async (name, options) => {
      const found = await running(name)
      return found.ok
        ? ok(commandInContainer(found.value.init, found.value.attempt.record, options.command))
        : found
    },
    attachment: async (name) => {
      const found = await running(name)
      if (!found.ok) return found
      const opened = await log(name, { previous: false })
      if (!opened.ok) return opened
      const { record } = found.value.attempt
      const files = attemptFiles(directories, found.value.pod.uid, name.container, record.attempt)
      const stdinPath = join(files.run, 'in')
      const hasStdin = record.stdin && (await stat(stdinPath).catch(() => undefined)) !== undefined
      return ok({ log: opened.value, tty: record.tty, ...(hasStdin ? { stdinPath } : {}) })
    },
    address: async (namespace, name): Promise<Result<PodAddress, FailureStatus>> => {
      const pod = await findPod(namespace, name)
      if (pod === undefined) return fail(notFound(`pods "${name}" not found`))
      if (pod.networkNamespace === undefined)
        return fail(
          badRequest(`pod "${name}" uses the node's network: connect to the node's address instead`),
        )
      return ok({ uid: pod.uid, ip: pod.ip, networkNamespace: pod.networkNamespace })
    },
  }
}
