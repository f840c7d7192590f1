/** The containers that run on this node, found on disk: also those that an earlier node process started. */
import {
  attemptFiles,
  isAlive,
  listContainers,
  listPodUids,
  readAttempts,
  readInit,
  readPodRecord,
  type PodDirectories,
  type PodRecord,
} from '../pods/container-record.ts'

export interface RunningContainer {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** The process id of its init. */
  readonly init: number
}

export interface RunningPod {
  readonly pod: PodRecord
  readonly containers: readonly RunningContainer[]
}

const runningContainer = async (
  directories: PodDirectories,
  uid: string,
  container: string,
): Promise<readonly RunningContainer[]> => {
  const record = (await readAttempts(directories, uid, container)).at(-1)
  if (record === undefined) return []
  const init = await readInit(attemptFiles(directories, uid, container, record.attempt).pid)
  return init === undefined || !isAlive(init)
    ? []
    : [{ name: container, startedAt: record.startedAt, init: init.pid }]
}

export const runningPods = async (directories: PodDirectories): Promise<readonly RunningPod[]> => {
  const pods = await Promise.all(
    (await listPodUids(directories)).map(async (uid): Promise<readonly RunningPod[]> => {
      const pod = await readPodRecord(directories, uid)
      if (pod === undefined) return []
      const names = await listContainers(directories, uid)
      const containers = await Promise.all(names.map((name) => runningContainer(directories, uid, name)))
      return [{ pod, containers: containers.flat() }]
    }),
  )
  return pods.flat().filter(({ containers }) => containers.length > 0)
}
