import { jsonEqual } from '../../primitives/json-value.ts'
import { findCondition, transitionTime } from '../../machinery/conditions.ts'
import { timestampOf } from '../../primitives/timestamp.ts'
import type { Container, ContainerState, ContainerStatus } from '../../resources/core/container.ts'
import { qualityOfService } from '../../resources/core/pod-quality-of-service.ts'
import type { Pod, PodCondition, PodPhase, PodStatus } from '../../resources/core/pod.ts'
import {
  isActive,
  isFinished,
  restartTime,
  willRestart,
  type ContainerRole,
  type ContainerView,
  type PodView,
  type Termination,
} from './pod-lifecycle.ts'

/** A container with what its status shows beside its phase. */
export interface ContainerDetails extends ContainerView {
  readonly spec: Container
  readonly attempt: number
  readonly imageId: string
  readonly containerId: string
  /** How the attempt before ended. */
  readonly last?: Termination
}

export interface StatusRequest {
  readonly pod: Pod
  readonly view: Omit<PodView, 'containers'>
  readonly containers: readonly ContainerDetails[]
  readonly podIp: string | undefined
  readonly hostIp: string
  readonly startedAt: number
  /** The pod failed as a whole, e.g. DeadlineExceeded. */
  readonly failure?: { readonly reason: string; readonly message: string }
  readonly now: number
}

const terminated = (termination: Termination): ContainerState => ({
  terminated: {
    exitCode: termination.exitCode,
    reason: termination.reason,
    ...(termination.message === undefined ? {} : { message: termination.message }),
    startedAt: timestampOf(termination.startedAt),
    finishedAt: timestampOf(termination.finishedAt),
    ...(termination.containerId === '' ? {} : { containerID: termination.containerId }),
  },
})

export const podTitle = (pod: Pod): string =>
  `${pod.metadata.name}_${pod.metadata.namespace ?? 'default'}(${pod.metadata.uid ?? ''})`

/** `10s`, `1m20s`, `5m0s`, as Go prints a duration. */
const goSeconds = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

const crashLoopMessage = (pod: Pod, container: string, backoff: number): string =>
  `back-off ${goSeconds(backoff)} restarting failed container=${container} pod=${podTitle(pod)}`

const isEnding = (request: StatusRequest): boolean => request.view.ending !== undefined

const exitedState = (details: ContainerDetails, termination: Termination, request: StatusRequest) => {
  const restart = restartTime(details, termination)
  const inBackoff =
    !isEnding(request) &&
    willRestart(details, termination, request.view.restartPolicy) &&
    restart.at > request.now
  return inBackoff
    ? {
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: crashLoopMessage(request.pod, details.name, details.backoff),
          },
        },
        lastState: terminated(termination),
      }
    : { state: terminated(termination) }
}

const states = (
  details: ContainerDetails,
  request: StatusRequest,
): { readonly state: ContainerState; readonly lastState?: ContainerState } => {
  const { phase } = details
  const last = details.last === undefined ? {} : { lastState: terminated(details.last) }
  switch (phase.kind) {
    case 'waiting':
      return {
        state: {
          waiting: {
            reason: phase.reason,
            ...(phase.message === undefined ? {} : { message: phase.message }),
          },
        },
        ...last,
      }
    case 'starting':
      return { state: { waiting: { reason: initialReason(details.role, request) } }, ...last }
    case 'running':
    case 'stopping':
      return { state: { running: { startedAt: timestampOf(phase.startedAt) } }, ...last }
    case 'exited':
      return { ...last, ...exitedState(details, phase.termination, request) }
  }
}

const initialReason = (role: ContainerRole, request: StatusRequest): string =>
  role === 'app' && !isInitialized(request.containers) ? 'PodInitializing' : 'ContainerCreating'

const containerReady = (details: ContainerDetails): boolean => {
  const { phase } = details
  if (details.role === 'init') return phase.kind === 'exited' && phase.termination.exitCode === 0
  // What is being stopped still answers until it has ended.
  return (phase.kind === 'running' || phase.kind === 'stopping') && phase.ready
}

const containerStatus = (details: ContainerDetails, request: StatusRequest): ContainerStatus => {
  const { phase } = details
  const { state, lastState } = states(details, request)
  const started = (phase.kind === 'running' || phase.kind === 'stopping') && phase.started
  return {
    name: details.name,
    state,
    lastState: lastState ?? {},
    ready: containerReady(details),
    restartCount: details.attempt,
    image: details.spec.image ?? '',
    imageID: details.imageId,
    ...(details.containerId === '' ? {} : { containerID: details.containerId }),
    started,
  }
}

const isInitialized = (containers: readonly ContainerDetails[]): boolean =>
  containers.every((details) => {
    const { phase } = details
    if (details.role === 'init') return phase.kind === 'exited' && phase.termination.exitCode === 0
    if (details.role === 'sidecar')
      return (
        phase.kind !== 'waiting' && phase.kind !== 'starting' && !(phase.kind === 'running' && !phase.started)
      )
    return true
  }) ||
  containers.some(
    (details) => details.role === 'app' && ['running', 'stopping', 'exited'].includes(details.phase.kind),
  )

/** A pod that failed as a whole says so only when nothing of it runs any more (kubelet status manager). */
const isFailed = ({ failure, containers }: StatusRequest): boolean =>
  failure !== undefined && !containers.some(({ phase }) => isActive(phase))

/** Kubernetes' phase (kubelet getPhase): a summary of the containers. */
export const podPhase = (request: StatusRequest): PodPhase => {
  if (isFailed(request)) return 'Failed'
  const { containers, view } = request
  const apps = containers.filter((details) => details.role === 'app')
  if (isFinished({ containers, restartPolicy: view.restartPolicy })) {
    const failed = containers.some(
      ({ role, phase }) => role !== 'sidecar' && phase.kind === 'exited' && phase.termination.exitCode !== 0,
    )
    const sidecarsRun = containers.some(
      ({ role, phase }) => role === 'sidecar' && phase.kind !== 'exited' && phase.kind !== 'waiting',
    )
    if (!sidecarsRun) return failed ? 'Failed' : 'Succeeded'
    return 'Running'
  }
  if (!isInitialized(containers)) return 'Pending'
  const hasRun = (details: ContainerDetails): boolean =>
    details.phase.kind !== 'waiting' && details.phase.kind !== 'starting' ? true : details.last !== undefined
  return apps.every(hasRun) ? 'Running' : 'Pending'
}

type BareCondition = Omit<PodCondition, 'lastTransitionTime'>

const names = (containers: readonly ContainerDetails[]): string =>
  `[${containers.map((details) => details.name).join(' ')}]`

const verdict = (
  type: string,
  failing: { readonly reason: string; readonly message: string } | undefined,
): BareCondition => (failing === undefined ? { type, status: 'True' } : { type, status: 'False', ...failing })

const readinessGate = (
  request: StatusRequest,
): { readonly reason: string; readonly message: string } | undefined => {
  const conditions = request.pod.status?.conditions ?? []
  const missing = (request.pod.spec.readinessGates ?? []).filter(
    (gate) => conditions.find((each) => each.type === gate.conditionType)?.status !== 'True',
  )
  return missing.length === 0
    ? undefined
    : {
        reason: 'ReadinessGatesNotReady',
        message: missing
          .map((gate) => `the status of pod readiness gate "${gate.conditionType}" is not "True"`)
          .join(', '),
      }
}

const bareConditions = (request: StatusRequest, phase: PodPhase): BareCondition[] => {
  const { containers } = request
  const done = phase === 'Succeeded' ? { reason: 'PodCompleted', message: '' } : undefined
  const pendingInit = containers.filter((details) => details.role === 'init' && !containerReady(details))
  const initialized = isInitialized(containers)
    ? undefined
    : {
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: ${names(pendingInit.length > 0 ? pendingInit : containers.filter((details) => details.role === 'sidecar'))}`,
      }
  const unready = containers.filter((details) => details.role !== 'init' && !containerReady(details))
  const failed = phase === 'Failed' ? { reason: 'PodFailed', message: '' } : undefined
  const notReady =
    done ??
    failed ??
    (unready.length === 0
      ? undefined
      : { reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` })
  const all: readonly BareCondition[] = [
    {
      type: 'PodReadyToStartContainers',
      status: request.view.sandbox === 'ready' ? 'True' : 'False',
    },
    done === undefined
      ? verdict('Initialized', initialized)
      : { type: 'Initialized', status: 'True', ...done },
    verdict('Ready', notReady ?? readinessGate(request)),
    verdict('ContainersReady', notReady),
    verdict('PodScheduled', undefined),
  ]
  return all.map(dropEmptyMessage)
}

const dropEmptyMessage = (condition: BareCondition): BareCondition => {
  if (condition.message !== '') return condition
  const { message: _, ...rest } = condition
  return rest
}

/** Keeps transition times of unchanged conditions, and conditions that others own. */
const mergeConditions = (request: StatusRequest, phase: PodPhase): PodCondition[] => {
  const existing = request.pod.status?.conditions ?? []
  const ours = bareConditions(request, phase).map((condition): PodCondition => {
    const old = findCondition(existing, condition.type)
    return { ...condition, lastTransitionTime: transitionTime(old, condition.status, request.now) }
  })
  const foreign = existing.filter((each) => !ours.some((condition) => condition.type === each.type))
  return [...ours, ...foreign]
}

/** The status that a kubelet reports for a pod. */
export const podStatus = (request: StatusRequest): PodStatus => {
  const phase = podPhase(request)
  const of = (wanted: (role: ContainerRole) => boolean): ContainerStatus[] =>
    request.containers
      .filter((details) => wanted(details.role))
      .map((details) => containerStatus(details, request))
  const init = of((role) => role !== 'app')
  return {
    phase,
    ...(isFailed(request) ? request.failure : {}),
    conditions: mergeConditions(request, phase),
    hostIP: request.hostIp,
    hostIPs: [{ ip: request.hostIp }],
    ...(request.podIp === undefined ? {} : { podIP: request.podIp, podIPs: [{ ip: request.podIp }] }),
    startTime: request.pod.status?.startTime ?? timestampOf(request.startedAt),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: of((role) => role === 'app'),
    qosClass: request.pod.status?.qosClass ?? qualityOfService(request.pod.spec),
  }
}

export const statusChanged = (old: PodStatus | undefined, next: PodStatus): boolean =>
  !jsonEqual({ ...old }, { ...old, ...next })
