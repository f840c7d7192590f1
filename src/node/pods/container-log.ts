import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Clock } from '../../primitives/clock.ts'

/** Longer lines are split, as a container runtime does (CRI: tag `P` for all parts but the last). */
const longestLine = 16 * 1024

/** RFC 3339 with nanoseconds, as CRI logs have it. */
const logTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000000Z')

/** Turns chunks of one stream into lines of the CRI log format (kubernetes/kubernetes pkg/kubelet/kuberuntime/logs). */
export const createLineEncoder = (
  stream: 'stdout' | 'stderr',
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

/** Reads a FIFO without blocking a thread; `done` resolves when every writer is gone and everything was read. */
const readFifo = (path: string, onData: (chunk: Buffer) => void): Promise<void> =>
  new Promise((resolve) => {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const socket = new Socket({ fd: descriptor, readable: true, writable: false })
    socket.on('data', onData)
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
  })

/** Resolves when the container's program has ended (its FIFO `alive` has no writer any more). */
export const waitForEnd = (alivePath: string): Promise<void> => readFifo(alivePath, () => undefined)

/**
 * Writes what comes out of a run's FIFOs to its log file until the container's init is gone.
 * Throws when the FIFOs or the log cannot be opened.
 */
export const pumpLog = async (
  fifos: { readonly out: string; readonly err: string },
  logPath: string,
  clock: Clock,
): Promise<void> => {
  const log = openSync(logPath, 'a', 0o600)
  const pump = async (path: string, stream: 'stdout' | 'stderr'): Promise<void> => {
    const encoder = createLineEncoder(stream)
    await readFifo(path, (chunk) => void writeSync(log, encoder.push(chunk, clock.now())))
    writeSync(log, encoder.end(clock.now()))
  }
  try {
    await Promise.all([pump(fifos.out, 'stdout'), pump(fifos.err, 'stderr')])
  } finally {
    closeSync(log)
  }
}
