/** Connects a client with the output, and where it has one the input, of a running container. */
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { messageOf } from '../../primitives/coded-error.ts'
import type { ContainerAttachment, ContainerLog } from '../ports.ts'
import type { CommandStreams } from './command-streams.ts'
import { readLog } from './log-file.ts'
import { createLineSplitter, createLogFormatter, parseLogLine } from './log-lines.ts'

/**
 * The FIFO has a reader while the container runs; without one opening fails instead of waiting. A socket waits until a
 * full FIFO has room again, where a file's stream would end with an error.
 */
const openFifo = (path: string): Socket => {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const fifo = new Socket({ fd, readable: false, writable: true })
  fifo.on('error', () => undefined)
  return fifo
}

const copyInput = async (stdin: Readable, path: string): Promise<void> => {
  const fifo = openFifo(path)
  stdin.pipe(fifo)
  await once(fifo, 'close')
}

/** Resizes the container's terminal as the client's changes. */
const followSize = async (streams: CommandStreams, path: string): Promise<void> => {
  const fifo = openFifo(path)
  streams.onResize(({ rows, columns }) => void fifo.write(`${rows} ${columns}\n`))
  if (!streams.gone.aborted) await once(streams.gone, 'abort')
  fifo.destroy()
}

const write = async (target: Writable | undefined, bytes: Buffer, gone: AbortSignal): Promise<void> => {
  if (target === undefined || target.write(bytes)) return
  await once(target, 'drain', { signal: gone }).catch(() => undefined)
}

const copyOutput = async (log: ContainerLog, tty: boolean, streams: CommandStreams): Promise<void> => {
  const split = createLineSplitter()
  const format = createLogFormatter({ timestamps: false })
  for await (const bytes of readLog(log, { follow: true, tailLines: 0 }, streams.gone)) {
    for (const line of split(bytes).flatMap((raw) => parseLogLine(raw) ?? [])) {
      const text = format(line)
      const target = line.stream === 'stderr' && !tty ? streams.stderr : streams.stdout
      await write(target, text ?? Buffer.alloc(0), streams.gone)
    }
  }
}

/** Output comes from the container's log from now on, so that any number of clients can attach at any time. */
export const runAttach = async (attachment: ContainerAttachment, streams: CommandStreams): Promise<void> => {
  const { log, tty, stdinPath, sizePath } = attachment
  // A container that has just ended has no terminal any more.
  if (sizePath !== undefined) void followSize(streams, sizePath).catch(() => undefined)
  if (streams.stdin !== undefined && stdinPath !== undefined) {
    // The input ends on its own; the output decides when the attachment does.
    copyInput(streams.stdin, stdinPath).catch(() => streams.stdin?.resume())
  }
  try {
    await copyOutput(log, tty, streams)
    await streams.finish({ kind: 'success' })
  } catch (error) {
    await streams.finish({ kind: 'error', message: messageOf(error) })
  }
}
