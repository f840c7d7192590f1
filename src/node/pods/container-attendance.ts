/** What runs beside a running container: its postStart hook, then its probes. */
import type { EventText } from '../../cluster/event-recorder.ts'
import type { Clock } from '../../primitives/clock.ts'
import type { Container, LifecycleHandler, Probe } from '../../resources/core/container.ts'
import { runAction, type ActionResult, type ActionTarget } from './action-check.ts'
import { awaitListening, declaredPorts } from './listening-ports.ts'
import { runProbeLoop, type ProbeReport } from './probe-runner.ts'

export interface ContainerChange {
  readonly started?: boolean
  readonly ready?: boolean
  readonly inHook?: boolean
}

export interface Attendance {
  readonly spec: Container
  readonly target: ActionTarget
  readonly clock: Clock
  /** The ports that are listened on in the pod. */
  readonly listened: () => Promise<ReadonlySet<number>>
  /** False once the container is being stopped: a failing probe says nothing then. */
  readonly isRunning: () => boolean
  readonly update: (change: ContainerChange) => void
  readonly note: (note: EventText) => void
  /** `message`: the event; `grace`: seconds instead of the pod's. */
  readonly stop: (message: string, grace?: number) => void
}

export const runHook = async (
  hook: LifecycleHandler,
  { target, clock }: Pick<Attendance, 'target' | 'clock'>,
  signal: AbortSignal,
): Promise<ActionResult> => {
  if (hook.sleep !== undefined) await clock.sleep(hook.sleep.seconds * 1000, signal).catch(() => undefined)
  return runAction({ action: hook, target, purpose: 'lifecycle' }, signal)
}

/** Gives whether the hook succeeded. */
const runPostStart = async (attendance: Attendance, signal: AbortSignal): Promise<boolean> => {
  const hook = attendance.spec.lifecycle?.postStart
  if (hook === undefined) return true
  const result = await runHook(hook, attendance, signal)
  if (result.ok) return true
  if (signal.aborted) return false
  const message = `PostStartHook failed: ${result.error}`
  attendance.note({ type: 'Warning', reason: 'FailedPostStartHook', message })
  attendance.update({ inHook: false })
  attendance.stop('FailedPostStartHook')
  return false
}

const noteProbe = (kind: string, result: ActionResult, attendance: Attendance): void => {
  if (!attendance.isRunning()) return
  if (!result.ok)
    attendance.note({
      type: 'Warning',
      reason: 'Unhealthy',
      message: `${kind} probe failed: ${result.error}`,
    })
  else if (result.value.warning !== undefined) {
    const message = `${kind} probe warning: ${result.value.warning}`
    attendance.note({ type: 'Warning', reason: 'ProbeWarning', message })
  }
}

/** Probes until the signal aborts, the container has started (Startup) or has to be stopped; gives whether it passed last. */
const runProbe = async (
  kind: 'Startup' | 'Liveness' | 'Readiness',
  probe: Probe,
  attendance: Attendance,
  signal: AbortSignal,
): Promise<boolean> => {
  const { spec, target, clock } = attendance
  let passed = false
  const report = ({ result, verdict }: ProbeReport): 'continue' | 'stop' => {
    noteProbe(kind, result, attendance)
    if (verdict === undefined) return 'continue'
    if (kind === 'Readiness') {
      attendance.update({ ready: verdict === 'success' })
      return 'continue'
    }
    if (verdict === 'success') {
      passed = true
      return kind === 'Startup' ? 'stop' : 'continue'
    }
    attendance.stop(
      `Container ${spec.name} failed ${kind.toLowerCase()} probe, will be restarted`,
      probe.terminationGracePeriodSeconds,
    )
    return 'stop'
  }
  await runProbeLoop({ probe, target, clock, eager: kind !== 'Liveness', report }, signal)
  return passed
}

/** A container without a readiness probe is ready when it listens on the ports that it declares. */
const awaitStart = async (attendance: Attendance, signal: AbortSignal): Promise<void> => {
  const { spec, listened, clock } = attendance
  const ports = declaredPorts(spec)
  if (ports.length > 0) await awaitListening(ports, listened, clock, signal)
  if (!signal.aborted) attendance.update({ ready: true })
}

/** Runs the postStart hook when the container is in it, then the probes, until the signal aborts. */
export const attendContainer = async (
  attendance: Attendance,
  state: { readonly inHook: boolean; readonly started: boolean },
  signal: AbortSignal,
): Promise<void> => {
  if (state.inHook && !(await runPostStart(attendance, signal))) return
  attendance.update({ inHook: false })
  const { startupProbe, livenessProbe, readinessProbe } = attendance.spec
  if (startupProbe !== undefined && !state.started) {
    const passed = await runProbe('Startup', startupProbe, attendance, signal)
    if (!passed) return
  }
  attendance.update({ started: true })
  await Promise.all([
    livenessProbe === undefined ? undefined : runProbe('Liveness', livenessProbe, attendance, signal),
    readinessProbe === undefined
      ? awaitStart(attendance, signal)
      : runProbe('Readiness', readinessProbe, attendance, signal),
  ])
}
