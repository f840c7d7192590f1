/** What a remote command (exec, attach) has on the wire, whichever protocol carries it. */
import type { Readable, Writable } from 'node:stream'

export interface StreamRequest {
  readonly stdin: boolean
  readonly stdout: boolean
  /** Never together with `tty`: a terminal has one output. */
  readonly stderr: boolean
  readonly tty: boolean
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export interface CommandStreams {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  /** Calls the listener with each size that the client tells, also with the last one that came before. */
  readonly onResize: (listener: (size: TerminalSize) => void) => void
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
  /** Reports how the command ended and closes everything; waits until what was written is sent. */
  readonly finish: (outcome: CommandOutcome) => Promise<void>
}

export type CommandOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'exit-code'; readonly code: number }
  | { readonly kind: 'error'; readonly message: string }

const exitMessage = (code: number): string =>
  `command terminated with non-zero exit code: error executing command, exit status ${code}`

/** The Status that protocol versions 4 and 5 put on the error channel (k8s.io/apimachinery remotecommand). */
export const outcomeStatus = (outcome: CommandOutcome): string => {
  switch (outcome.kind) {
    case 'success':
      return JSON.stringify({ metadata: {}, status: 'Success' })
    case 'exit-code':
      return JSON.stringify({
        metadata: {},
        status: 'Failure',
        message: exitMessage(outcome.code),
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(outcome.code) }] },
      })
    case 'error':
      return JSON.stringify({
        metadata: {},
        status: 'Failure',
        message: `error executing command in container: ${outcome.message}`,
        reason: 'InternalError',
        details: { causes: [{ message: outcome.message }] },
        code: 500,
      })
  }
}

/** Before version 4 the error channel carries a text, and nothing after success. */
export const outcomeText = (outcome: CommandOutcome): string => {
  switch (outcome.kind) {
    case 'success':
      return ''
    case 'exit-code':
      return exitMessage(outcome.code)
    case 'error':
      return outcome.message
  }
}

/** A resize message: `{"Width":80,"Height":24}`; undefined when it is not one. */
export const parseTerminalSize = (text: string): TerminalSize | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('Width' in value) || !('Height' in value))
      return undefined
    const { Width: columns, Height: rows } = value
    if (!isSize(columns) || !isSize(rows)) return undefined
    return { columns, rows }
  } catch {
    return undefined
  }
}

const isSize = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536

/** Remembers the last size for a listener that comes later. */
export const createResizeRelay = (): {
  readonly push: (size: TerminalSize) => void
  readonly onResize: CommandStreams['onResize']
} => {
  let last: TerminalSize | undefined
  let notify: ((size: TerminalSize) => void) | undefined
  return {
    push: (size) => {
      last = size
      notify?.(size)
    },
    onResize: (listener) => {
      notify = listener
      if (last !== undefined) listener(last)
    },
  }
}
