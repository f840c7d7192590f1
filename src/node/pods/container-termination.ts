/** How an attempt of a container ended, as its status shows it. */
import type { Container } from '../../resources/core/container.ts'
import { readLogTail } from './container-log.ts'
import type { ContainerEnd } from './container-process.ts'
import type { ContainerRecord } from './container-record.ts'
import type { Termination } from './pod-lifecycle.ts'

const messageOfEnd = (end: ContainerEnd, spec: Container, logPath: string): string | undefined => {
  if (end.message !== undefined) return end.message
  if (end.exitCode === undefined) return 'The container could not be located when the pod was found again'
  const fromLog = end.exitCode !== 0 && spec.terminationMessagePolicy === 'FallbackToLogsOnError'
  return fromLog ? readLogTail(logPath) : undefined
}

/** The code of a program that SIGKILL ended. */
const killedCode = 137

const reasonOf = ({ exitCode, ranOut }: ContainerEnd): string => {
  if (exitCode === undefined) return 'ContainerStatusUnknown'
  if (ranOut && exitCode === killedCode) return 'OOMKilled'
  return exitCode === 0 ? 'Completed' : 'Error'
}

/** `logPath`: the attempt's log, the message's source where the container asks for that. */
export const terminationOf = (
  record: ContainerRecord,
  end: ContainerEnd,
  source: { readonly spec: Container; readonly logPath: string },
): Termination => {
  const { exitCode = killedCode } = end
  const message = messageOfEnd(end, source.spec, source.logPath)
  return {
    exitCode,
    reason: reasonOf(end),
    ...(message === undefined ? {} : { message }),
    startedAt: record.startedAt,
    finishedAt: end.finishedAt,
    containerId: record.containerId,
  }
}

/** The end of an attempt that never ran. */
export const startError = (message: string, now: number): Termination => ({
  exitCode: 128,
  reason: 'StartError',
  message,
  startedAt: now,
  finishedAt: now,
  containerId: '',
})
