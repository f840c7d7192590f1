import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail } from '../../primitives/result.ts'
import type { Probe } from '../../resources/core/container.ts'
import { runAction, type ActionResult, type ActionTarget } from './action-check.ts'
import { checkGrpcHealth } from './grpc-health.ts'

/** How often a probe agreed with itself in a row. */
export interface ProbeCount {
  readonly success: boolean
  readonly run: number
}

export const countResult = (count: ProbeCount | undefined, success: boolean): ProbeCount =>
  count?.success === success ? { success, run: count.run + 1 } : { success, run: 1 }

/** The verdict once a threshold is reached; undefined while it is not. */
export const verdictOf = (probe: Probe, count: ProbeCount): 'success' | 'failure' | undefined => {
  if (count.success) return count.run >= (probe.successThreshold ?? 1) ? 'success' : undefined
  return count.run >= (probe.failureThreshold ?? 3) ? 'failure' : undefined
}

export interface ProbeReport {
  readonly result: ActionResult
  readonly verdict: 'success' | 'failure' | undefined
}

const timeoutSignal = (seconds: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(seconds * 1000), signal])

const runProbe = (probe: Probe, target: ActionTarget, signal: AbortSignal): Promise<ActionResult> => {
  const { timeoutSeconds = 1 } = probe
  return probe.grpc === undefined
    ? runAction({ action: probe, target, purpose: 'probe', timeoutSeconds }, signal)
    : checkGrpcHealth({ host: target.podIp, timeoutSeconds, ...probe.grpc }, signal).catch((error: unknown) =>
        fail(messageOf(error)),
      )
}

export interface ProbeLoop {
  readonly probe: Probe
  readonly target: ActionTarget
  readonly clock: Clock
  /** Milliseconds before a failing first check is tried again; a program that has just started answers soon. */
  readonly eager: boolean
  readonly report: (report: ProbeReport) => 'continue' | 'stop'
}

/**
 * Probes until told to stop or until `signal` aborts. The first check comes after initialDelaySeconds; while an eager
 * probe has never succeeded and no initial delay was asked for, further checks come after 50 ms, 100 ms ... up to the
 * period, and the failures between the period's beats are not counted: readiness shows early, thresholds stay.
 */
export const runProbeLoop = async (loop: ProbeLoop, signal: AbortSignal): Promise<void> => {
  const { probe, clock } = loop
  const period = (probe.periodSeconds ?? 10) * 1000
  let count: ProbeCount | undefined
  let isNew = loop.eager && (probe.initialDelaySeconds ?? 0) === 0
  let pause = 50
  let nextBeat = 0
  const sleep = (time: number): Promise<void> => clock.sleep(time, signal).catch(() => undefined)
  if ((probe.initialDelaySeconds ?? 0) > 0) await sleep((probe.initialDelaySeconds ?? 0) * 1000)
  while (!signal.aborted) {
    const result = await runProbe(probe, loop.target, timeoutSignal(probe.timeoutSeconds ?? 1, signal))
    if (signal.aborted) return
    const now = clock.now()
    const isBeat = now >= nextBeat
    if (result.ok) isNew = false
    if (result.ok || isBeat) {
      count = countResult(count, result.ok)
      if (loop.report({ result, verdict: verdictOf(probe, count) }) === 'stop') return
    }
    if (isBeat) nextBeat = now + period
    await sleep(isNew ? Math.min(pause, Math.max(1, nextBeat - now)) : period)
    pause = Math.min(pause * 2, period)
  }
}
