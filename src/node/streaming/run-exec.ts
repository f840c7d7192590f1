/** Runs a command in a container with the client's streams. */
import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { messageOf } from '../../primitives/coded-error.ts'
import type { ContainerCommand } from '../ports.ts'
import type { CommandOutcome, CommandStreams } from './command-streams.ts'
import { onTerminal } from './terminal.ts'

export interface ExecOptions {
  readonly tty: boolean
  /** The absolute path of Python 3, for terminals. */
  readonly python: string
}

const isWritable = (stream: unknown): stream is Writable =>
  typeof stream === 'object' && stream !== null && 'write' in stream

/** Copies without ending the target: `finish` ends it after the last byte. */
const copy = (from: Readable | null, to: Writable | undefined): void => {
  if (from === null) return
  from.on('error', () => undefined)
  if (to === undefined) from.resume()
  else from.pipe(to, { end: false })
}

const exitOf = (child: ChildProcess): Promise<CommandOutcome> =>
  new Promise((resolve) => {
    child.on('error', (error) => resolve({ kind: 'error', message: messageOf(error) }))
    // 'close' and not 'exit': all output has been read then.
    child.on('close', (code, signal) => {
      const number = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      resolve(number === 0 ? { kind: 'success' } : { kind: 'exit-code', code: number })
    })
  })

/**
 * Resolves when the command has ended and the client has been told. When the client goes first, the command loses its
 * standard input and output (and its terminal, which hangs up), as in Kubernetes; it is not killed.
 */
export const runExec = async (
  command: ContainerCommand,
  streams: CommandStreams,
  { tty, python }: ExecOptions,
): Promise<void> => {
  const { file, args } = tty ? onTerminal(command, python) : command
  const child = spawn(file, args, {
    env: command.env,
    stdio: [streams.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', tty ? 'pipe' : 'ignore'],
  })
  const outcome = exitOf(child)
  copy(child.stdout, streams.stdout)
  copy(child.stderr, tty ? streams.stdout : streams.stderr)
  if (child.stdin !== null) {
    child.stdin.on('error', () => undefined)
    streams.stdin?.pipe(child.stdin)
  }
  const sizes = child.stdio[3]
  if (isWritable(sizes)) {
    sizes.on('error', () => undefined)
    streams.onResize(({ rows, columns }) => void sizes.write(`${rows} ${columns}\n`))
  }
  streams.gone.addEventListener(
    'abort',
    () => {
      child.stdin?.destroy()
      child.stdout?.destroy()
      child.stderr?.destroy()
      if (tty) child.kill('SIGHUP')
    },
    { once: true },
  )
  await streams.finish(await outcome)
}
