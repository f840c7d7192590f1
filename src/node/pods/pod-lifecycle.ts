import { nextBackoff } from './restart-backoff.ts'

export type ContainerRole = 'init' | 'sidecar' | 'app'

export interface Termination {
  readonly exitCode: number
  readonly reason: string
  readonly message?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly finishedAt: number
  readonly containerId: string
}

/** Where a container is. Times are milliseconds since the epoch. */
export type ContainerPhase =
  | {
      readonly kind: 'waiting'
      readonly reason: string
      readonly message?: string
      /** Not to be tried before. */
      readonly retryAt?: number
    }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'running'
      readonly startedAt: number
      /** postStart has ended and the startup probe has passed. */
      readonly started: boolean
      /** postStart is still running: later containers wait. */
      readonly inHook: boolean
      readonly ready: boolean
    }
  | {
      readonly kind: 'stopping'
      readonly startedAt: number
      readonly started: boolean
      readonly ready: boolean
      /** Its preStop hook is over; it ends when those that need it have. */
      readonly awaitsTurn: boolean
    }
  | { readonly kind: 'exited'; readonly termination: Termination }

export interface ContainerView {
  readonly name: string
  readonly role: ContainerRole
  readonly phase: ContainerPhase
  /** The delay that follows the current attempt, in milliseconds. */
  readonly backoff: number
  /** Its spec is another one than the one that it was started with: it starts again whatever the policy. */
  readonly redefined: boolean
}

export interface PodView {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never'
  /** In the order of spec.initContainers, then spec.containers. */
  readonly containers: readonly ContainerView[]
  readonly sandbox: 'none' | 'creating' | 'ready' | 'released'
  /** Not to be created before, after a failure. */
  readonly sandboxRetryAt?: number
  /** The pod is to end: it was deleted, or it failed as a whole. */
  readonly ending?: {
    readonly deleted: boolean
    /** When what still runs is to be killed. */
    readonly deadline: number
    /** Services still send requests: nothing is stopped yet. */
    readonly leaving: boolean
  }
  /** startTime plus activeDeadlineSeconds. */
  readonly activeDeadline?: number
}

export type Action =
  | { readonly kind: 'create-sandbox' }
  | { readonly kind: 'start'; readonly container: string }
  | { readonly kind: 'stop'; readonly container: string; readonly deadline: number | undefined }
  /** Its turn has come: whoever needed it has ended. */
  | { readonly kind: 'end'; readonly container: string }
  | { readonly kind: 'fail-pod'; readonly reason: string; readonly message: string }
  /** Everything has ended for good: the network may go, the status stays. */
  | { readonly kind: 'release' }
  /** Everything has ended and the pod was deleted: clear it away and finish the deletion. */
  | { readonly kind: 'remove' }

export interface Decision {
  readonly actions: readonly Action[]
  /** When to decide again if nothing happens before. */
  readonly wakeAt?: number
}

export const isActive = (phase: ContainerPhase): boolean =>
  phase.kind === 'starting' || phase.kind === 'running' || phase.kind === 'stopping'

/** Whether a container that ended is to run again. */
export const willRestart = (
  view: Pick<ContainerView, 'role' | 'redefined'>,
  termination: Termination,
  restartPolicy: PodView['restartPolicy'],
): boolean => {
  if (view.redefined) return true
  if (view.role === 'sidecar') return true
  if (view.role === 'init') return termination.exitCode !== 0 && restartPolicy !== 'Never'
  return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && termination.exitCode !== 0)
}

/** When the next attempt may start, and the delay that will follow it. */
export const restartTime = (
  view: Pick<ContainerView, 'backoff' | 'redefined'>,
  termination: Termination,
): { readonly backoff: number; readonly at: number } => {
  if (view.redefined) return { backoff: 0, at: termination.finishedAt }
  const backoff = nextBackoff(view.backoff, termination.finishedAt - termination.startedAt)
  return { backoff, at: termination.finishedAt + (backoff === 0 ? 0 : view.backoff) }
}

interface Step {
  readonly actions: readonly Action[]
  readonly wakeAt?: number
}

const nothing: Step = { actions: [] }

const join = (steps: readonly Step[]): Decision => {
  const times = steps.flatMap((step) => (step.wakeAt === undefined ? [] : [step.wakeAt]))
  return {
    actions: steps.flatMap((step) => step.actions),
    ...(times.length === 0 ? {} : { wakeAt: Math.min(...times) }),
  }
}

const startAt = (view: ContainerView, at: number, now: number): Step =>
  at > now ? { actions: [], wakeAt: at } : { actions: [{ kind: 'start', container: view.name }] }

const startOrWait = (view: ContainerView, pod: PodView, now: number): Step => {
  const { phase } = view
  switch (phase.kind) {
    case 'waiting':
      return startAt(view, phase.retryAt ?? now, now)
    case 'exited':
      return willRestart(view, phase.termination, pod.restartPolicy)
        ? startAt(view, restartTime(view, phase.termination).at, now)
        : nothing
    case 'starting':
    case 'running':
    case 'stopping':
      return nothing
  }
}

/**
 * All are told to stop at once and run their preStop hooks; then sidecars wait for their turn: after all others, the
 * last one first (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#termination-with-sidecars).
 */
const stopInOrder = (pod: PodView, deadline: number | undefined): Step => {
  const active = pod.containers.filter((view) => isActive(view.phase))
  const others = active.filter((view) => view.role !== 'sidecar')
  const turns = others.length > 0 ? others : active.slice(-1)
  const stop = active
    .filter((view) => view.phase.kind === 'running')
    .map((view): Action => ({ kind: 'stop', container: view.name, deadline }))
  const end = turns
    .filter(({ phase }) => phase.kind === 'stopping' && phase.awaitsTurn)
    .map((view): Action => ({ kind: 'end', container: view.name }))
  return { actions: [...stop, ...end] }
}

const decideEnding = (pod: PodView, ending: NonNullable<PodView['ending']>): Decision => {
  if (pod.containers.some((view) => isActive(view.phase)))
    return ending.leaving ? nothing : stopInOrder(pod, ending.deadline)
  if (pod.sandbox === 'creating') return nothing
  if (ending.deleted) return { actions: [{ kind: 'remove' }] }
  return pod.sandbox === 'ready' ? { actions: [{ kind: 'release' }] } : nothing
}

/** An init container has passed when it ended with 0; a sidecar when it has started. */
const hasPassed = (view: ContainerView): boolean => {
  const { phase } = view
  if (view.role === 'sidecar') return phase.kind === 'running' && phase.started
  return phase.kind === 'exited' && phase.termination.exitCode === 0
}

const initFailed = (view: ContainerView, pod: PodView): boolean =>
  view.role === 'init' &&
  view.phase.kind === 'exited' &&
  view.phase.termination.exitCode !== 0 &&
  !willRestart(view, view.phase.termination, pod.restartPolicy)

const appHasStarted = (view: ContainerView): boolean => view.role === 'app' && view.phase.kind !== 'waiting'

/** All app containers have ended for good, or an init container failed for good. */
export const isFinished = (pod: Pick<PodView, 'containers' | 'restartPolicy'>): boolean => {
  const apps = pod.containers.filter((view) => view.role === 'app')
  const isDone = (view: ContainerView): boolean =>
    view.phase.kind === 'exited' && !willRestart(view, view.phase.termination, pod.restartPolicy)
  return apps.every(isDone) || pod.containers.some((view) => initFailed(view, { ...pod, sandbox: 'ready' }))
}

const startInit = (pod: PodView, now: number): { readonly steps: Step[]; readonly passed: boolean } => {
  const steps: Step[] = []
  // Once an app container has started, init containers are over and sidecars are only kept running.
  const isOver = pod.containers.some(appHasStarted)
  for (const view of pod.containers.filter((each) => each.role !== 'app')) {
    if (isOver && view.role === 'init') continue
    if (hasPassed(view)) continue
    steps.push(startOrWait(view, pod, now))
    if (!isOver) return { steps, passed: false }
  }
  return { steps, passed: true }
}

/**
 * App containers start in order; one that is starting, or in its postStart hook, holds back those after it. One that has
 * ended already and starts again does not: those after it would wait for as long as it ends at once.
 */
const startApps = (pod: PodView, now: number): Step[] => {
  const steps: Step[] = []
  for (const view of pod.containers.filter((each) => each.role === 'app')) {
    const step = startOrWait(view, pod, now)
    steps.push(step)
    const { phase } = view
    const holdsBack =
      phase.kind === 'starting' ||
      (phase.kind === 'running' && phase.inHook) ||
      (phase.kind === 'waiting' && step.actions.length > 0)
    if (holdsBack) break
  }
  return steps
}

/**
 * What a kubelet does next for a pod, from what it sees. Pure: the same view and time give the same actions; an action
 * that is under way shows in the view (`starting`, `stopping`, `creating`), so nothing is asked for twice.
 */
export const decide = (pod: PodView, now: number): Decision => {
  if (pod.ending !== undefined) return decideEnding(pod, pod.ending)
  if (pod.activeDeadline !== undefined && now >= pod.activeDeadline && !isFinished(pod)) {
    const message = 'Pod was active on the node longer than the specified deadline'
    return { actions: [{ kind: 'fail-pod', reason: 'DeadlineExceeded', message }] }
  }
  const deadline = pod.activeDeadline === undefined ? nothing : { actions: [], wakeAt: pod.activeDeadline }
  if (isFinished(pod)) {
    if (pod.containers.some((view) => isActive(view.phase))) return stopInOrder(pod, undefined)
    return pod.sandbox === 'ready' ? { actions: [{ kind: 'release' }] } : nothing
  }
  if (pod.sandbox === 'none' || pod.sandbox === 'released') {
    const at = pod.sandboxRetryAt ?? now
    return join([
      at > now ? { actions: [], wakeAt: at } : { actions: [{ kind: 'create-sandbox' }] },
      deadline,
    ])
  }
  if (pod.sandbox === 'creating') return join([deadline])
  const init = startInit(pod, now)
  return join([...init.steps, ...(init.passed ? startApps(pod, now) : []), deadline])
}
