import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Clock } from '../../primitives/clock.ts'
import { errorCodeOf } from '../../primitives/coded-error.ts'
import { defaultLogLimits, openRotatingLog } from './rotating-log.ts'

/** Longer lines are split, as a container runtime does (CRI: tag `P` for all parts but the last). */
const longestLine = 16 * 1024

/** RFC 3339 with nanoseconds, as CRI logs have it. */
const logTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000000Z')

/**
 * Turns chunks of one stream into lines of the CRI log format (kubernetes/kubernetes pkg/kubelet/kuberuntime/logs). A line
 * that is not finished waits, or is written as it is: who sits at a terminal wants to see the prompt.
 */
export const createLineEncoder = (
  stream: 'stdout' | 'stderr',
  unfinished: 'wait' | 'write' = 'wait',
): { readonly push: (chunk: Buffer, now: number) => Buffer; readonly end: (now: number) => Buffer } => {
  let rest: Buffer = Buffer.alloc(0)
  const line = (time: string, tag: 'F' | 'P', text: Buffer): Buffer[] => [
    Buffer.from(`${time} ${stream} ${tag} `),
    text,
    Buffer.from('\n'),
  ]
  const push = (chunk: Buffer, now: number): Buffer => {
    const time = logTime(now)
    const parts: Buffer[] = []
    let pending = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = pending.subarray(0, longestLine + 1).indexOf(10)
      if (end === -1 && pending.length <= longestLine) break
      const length = end === -1 ? longestLine : end
      parts.push(...line(time, end === -1 ? 'P' : 'F', pending.subarray(0, length)))
      pending = pending.subarray(end === -1 ? length : length + 1)
    }
    if (unfinished === 'write' && pending.length > 0) {
      parts.push(...line(time, 'P', pending))
      pending = pending.subarray(pending.length)
    }
    rest = Buffer.from(pending)
    return Buffer.concat(parts)
  }
  const end = (now: number): Buffer => {
    const parts = rest.length === 0 ? [] : line(logTime(now), 'F', rest)
    rest = Buffer.alloc(0)
    return Buffer.concat(parts)
  }
  return { push, end }
}

/**
 * Reads what is there now. Gives true at the end: no writer is left. The kernel reports the end to a poll only when a
 * writer left after the FIFO was opened, so a FIFO whose writers were gone before must be read once by hand.
 */
const readNow = (descriptor: number, onData: (chunk: Buffer) => void): boolean => {
  for (;;) {
    const buffer = Buffer.alloc(64 * 1024)
    let length: number
    try {
      length = readSync(descriptor, buffer)
    } catch (error) {
      if (errorCodeOf(error) === 'EAGAIN') return false
      throw error
    }
    if (length === 0) return true
    onData(buffer.subarray(0, length))
  }
}

/**
 * Reads a FIFO without blocking a thread. Resolves with 'ended' when every writer is gone and everything was read, with
 * 'left' when `signal` aborted before: the next reader goes on where this one stopped.
 */
const readFifo = async (
  path: string,
  onData: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<'ended' | 'left'> => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (readNow(descriptor, onData)) {
    closeSync(descriptor)
    return 'ended'
  }
  const socket = new Socket({ fd: descriptor, readable: true, writable: false })
  const leave = (): void => void socket.destroy()
  return new Promise((resolve) => {
    socket.on('data', onData)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      signal.removeEventListener('abort', leave)
      resolve(signal.aborted ? 'left' : 'ended')
    })
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
  })
}

/** Resolves when the container's program has ended (its FIFO `alive` has no writer any more), or at the abort. */
export const waitForEnd = (alivePath: string, signal: AbortSignal): Promise<'ended' | 'left'> =>
  readFifo(alivePath, () => undefined, signal)

/**
 * Writes what comes out of a run's FIFOs to its log file until the container's init is gone.
 * Throws when the FIFOs or the log cannot be opened.
 */
export const pumpLog = async (
  fifos: { readonly out: string; readonly err: string; readonly tty: boolean },
  logPath: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  const log = openRotatingLog(logPath, defaultLogLimits)
  const pump = async (path: string, stream: 'stdout' | 'stderr'): Promise<void> => {
    const encoder = createLineEncoder(stream, fifos.tty ? 'write' : 'wait')
    await readFifo(path, (chunk) => log.write(encoder.push(chunk, clock.now())), signal)
    log.write(encoder.end(clock.now()))
  }
  try {
    await Promise.all([pump(fifos.out, 'stdout'), pump(fifos.err, 'stderr')])
  } finally {
    log.close()
  }
}

/** The end of a log, at most 2048 bytes or 80 lines: the message of terminationMessagePolicy FallbackToLogsOnError. */
export const readLogTail = (path: string): string | undefined => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  const { size } = fstatSync(file)
  const buffer = Buffer.alloc(Math.min(size, 16 * 1024))
  readSync(file, buffer, 0, buffer.length, size - buffer.length)
  closeSync(file)
  const lines = buffer.toString('utf8').split('\n')
  return lines
    .map((line) => line.replace(/^\S+ std(out|err) [FP] /, ''))
    .slice(-80)
    .join('\n')
    .slice(-2048)
}
