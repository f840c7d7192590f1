/** What `kubectl get pods` shows: Kubernetes' computation of READY, STATUS and RESTARTS (printPod, 1.32). */
import { ageSince } from '../meta/age.ts'
import { parseTimestamp } from '../../primitives/timestamp.ts'
import type { ContainerStatus } from './container.ts'
import type { Pod } from './pod.ts'

export interface PodSummary {
  readonly ready: string
  readonly status: string
  readonly restarts: string
}

interface Restarts {
  readonly count: number
  readonly last?: string
}

interface InitProgress {
  /** Absent: every init container is done, or runs as a sidecar. */
  readonly reason?: string
  readonly readySidecars: number
  readonly seen: readonly ContainerStatus[]
}

const later = (left: string | undefined, right: string | undefined): string | undefined => {
  if (left === undefined || right === undefined) return left ?? right
  return (parseTimestamp(right) ?? 0) > (parseTimestamp(left) ?? 0) ? right : left
}

const restartsOf = (statuses: readonly ContainerStatus[]): Restarts => {
  const last = statuses.reduce<string | undefined>(
    (latest, status) => later(latest, status.lastState?.terminated?.finishedAt),
    undefined,
  )
  const count = statuses.reduce((sum, status) => sum + status.restartCount, 0)
  return last === undefined ? { count } : { count, last }
}

const sidecarNames = (pod: Pod): ReadonlySet<string> =>
  new Set(
    (pod.spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  )

/** `Signal:9` or `ExitCode:1` when a terminated container gives no reason. */
const terminatedText = ({ state }: ContainerStatus): string => {
  const terminated = state?.terminated
  if (terminated?.reason !== undefined && terminated.reason !== '') return terminated.reason
  const signal = terminated?.signal ?? 0
  return signal === 0 ? `ExitCode:${terminated?.exitCode ?? 0}` : `Signal:${signal}`
}

const initReason = (status: ContainerStatus, index: number, total: number): string => {
  const { state } = status
  if (state?.terminated !== undefined) return `Init:${terminatedText(status)}`
  const waiting = state?.waiting?.reason ?? ''
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`
}

const initProgress = (pod: Pod, sidecars: ReadonlySet<string>): InitProgress => {
  const statuses = pod.status?.initContainerStatuses ?? []
  let readySidecars = 0
  for (const [index, status] of statuses.entries()) {
    if (status.state?.terminated?.exitCode === 0) continue
    if (sidecars.has(status.name) && status.started === true) {
      if (status.ready) readySidecars += 1
      continue
    }
    const reason = initReason(status, index, pod.spec.initContainers?.length ?? 0)
    return { reason, readySidecars, seen: statuses.slice(0, index + 1) }
  }
  return { readySidecars, seen: statuses }
}

const containerReason = (status: ContainerStatus): string | undefined => {
  const waiting = status.state?.waiting?.reason ?? ''
  if (waiting !== '') return waiting
  return status.state?.terminated === undefined ? undefined : terminatedText(status)
}

const isConditionTrue = (pod: Pod, type: string): boolean =>
  pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false

const phaseReason = (pod: Pod): string => {
  const gated = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  )
  if (gated === true) return 'SchedulingGated'
  const reason = pod.status?.reason ?? ''
  return reason === '' ? (pod.status?.phase ?? '') : reason
}

const isRunningReady = (status: ContainerStatus): boolean =>
  containerReason(status) === undefined && status.ready && status.state?.running !== undefined

const mainReason = (pod: Pod, before: string): string => {
  const statuses = pod.status?.containerStatuses ?? []
  // Kubernetes walks from the last container to the first; the first one's reason wins.
  const reason = statuses.map(containerReason).find((text) => text !== undefined) ?? before
  if (reason !== 'Completed' || !statuses.some(isRunningReady)) return reason
  return isConditionTrue(pod, 'Ready') ? 'Running' : 'NotReady'
}

const withDeletion = (pod: Pod, reason: string): string => {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (pod.status?.reason === 'NodeLost') return 'Unknown'
  const phase = pod.status?.phase
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating'
}

const restartsText = ({ count, last }: Restarts, now: number): string =>
  count === 0 || last === undefined ? String(count) : `${count} (${ageSince(last, now)} ago)`

/** READY `2/2`, STATUS such as `Init:0/1` or `CrashLoopBackOff`, RESTARTS such as `1 (5s ago)`. */
export const summarizePod = (pod: Pod, now: number): PodSummary => {
  const sidecars = sidecarNames(pod)
  const init = initProgress(pod, sidecars)
  const statuses = pod.status?.containerStatuses ?? []
  const initialized = init.reason === undefined || isConditionTrue(pod, 'Initialized')
  const before = init.reason ?? phaseReason(pod)
  const counted = initialized
    ? [...init.seen.filter(({ name }) => sidecars.has(name)), ...statuses]
    : init.seen
  const ready = init.readySidecars + (initialized ? statuses.filter(isRunningReady).length : 0)
  return {
    ready: `${ready}/${pod.spec.containers.length + sidecars.size}`,
    status: withDeletion(pod, initialized ? mainReason(pod, before) : before),
    restarts: restartsText(restartsOf(counted), now),
  }
}
