/** Runs a program to its end and gives what it said. */
import { spawn } from 'node:child_process'

export type ProgramOutcome =
  | { readonly kind: 'ended'; readonly status: number; readonly stdout: string; readonly stderr: string }
  /** `code` as of Node: ENOENT when there is no such program. */
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string }

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Called with each line as it comes. */
  readonly onLine?: (line: string) => void
}

/** Never rejects but by the signal. A program ended by a signal has status 128. */
export const runProgram = (
  command: string,
  args: readonly string[],
  options: ProgramOptions,
  signal: AbortSignal,
): Promise<ProgramOutcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
    })
    let stdout = ''
    let stderr = ''
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      rest += text
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine?.(line)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(error)
      else resolve({ kind: 'not-started', code: error.code ?? '', message: error.message })
    })
    child.on('close', (status) => resolve({ kind: 'ended', status: status ?? 128, stdout, stderr }))
  })
