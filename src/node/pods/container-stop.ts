/** The steps by which a container ends: its preStop hook, SIGTERM, SIGKILL at the deadline. */
import type { Clock } from '../../primitives/clock.ts'
import type { LifecycleHandler } from '../../resources/core/container.ts'
import type { ResolvedImage } from '../images/image-resolver.ts'
import type { ActionTarget } from './action-check.ts'
import { runHook } from './container-attendance.ts'
import type { ContainerProcess } from './container-process.ts'
import type { StopDeadline } from './stop-deadline.ts'

export interface StopRequest {
  /** Milliseconds since the epoch; absent: the grace from now. */
  readonly deadline?: number
  /** The event. */
  readonly message?: string
  /** Seconds instead of the pod's terminationGracePeriodSeconds. */
  readonly grace?: number
  /** It is told by `end` when its turn has come. */
  readonly isOrdered?: boolean
}

export interface StopUnderWay {
  readonly process: ContainerProcess
  readonly deadline: StopDeadline
  readonly clock: Clock
  /** Aborts when the node process stops: the container goes on, the next node process ends the stop. */
  readonly signal: AbortSignal
}

/** Runs the hook until it is over, the container has ended or the deadline has passed; gives what failed. */
export const runPreStop = async (
  hook: LifecycleHandler,
  target: ActionTarget,
  { process, deadline, clock }: StopUnderWay,
): Promise<string | undefined> => {
  const expired = new AbortController()
  const ended = process.ended.then(() => expired.abort())
  const waiting = deadline.wait(expired.signal).then(() => expired.abort())
  const result = await runHook(hook, { target, clock }, expired.signal)
  const timedOut = expired.signal.aborted
  expired.abort()
  await Promise.race([waiting, ended])
  return result.ok || timedOut ? undefined : result.error
}

/** What the image does before its program ends, for as long as the container runs and the deadline has not passed. */
export const windDown = async (
  act: NonNullable<ResolvedImage['windDown']>,
  { container, podIp }: ActionTarget,
  { process, deadline, signal }: StopUnderWay,
): Promise<void> => {
  const over = new AbortController()
  void process.ended.then(() => over.abort())
  void deadline.wait(AbortSignal.any([over.signal, signal])).then(() => over.abort())
  await act({ container, podIp }, AbortSignal.any([over.signal, signal]))
  over.abort()
}

const endedInTime = async ({ process, deadline, signal }: StopUnderWay): Promise<boolean> => {
  const stop = new AbortController()
  const ended = process.ended.then(() => true)
  const expired = deadline.wait(AbortSignal.any([stop.signal, signal])).then(() => false)
  const result = await Promise.race([ended, expired])
  stop.abort()
  return result || signal.aborted
}

/** Milliseconds that every program has between SIGTERM and SIGKILL, however long its hook took (kubelet). */
const leastGrace = 2000

/** Resolves when the container has ended. */
export const terminate = async (stop: StopUnderWay): Promise<void> => {
  const { process, deadline } = stop
  deadline.leaveAtLeast(leastGrace)
  process.signal('SIGTERM')
  while (!(await endedInTime(stop))) {
    if (!deadline.isPast) continue
    process.signal('SIGKILL')
    await process.ended
  }
}
