/** Runs a short-lived system program (ip, nft, sh) with a text on its standard input. */
import { spawn } from 'node:child_process'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'

/** Gives the standard output. Throws CodedError `command-failed` with what the program printed on its standard error. */
export const runCommand = (
  file: string,
  args: readonly string[],
  input: string,
  signal?: AbortSignal,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    })
    let output = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    // The program may end before it has read everything; its exit code tells why.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => {
      reject(new CodedError('command-failed', `${file}: ${messageOf(error)}`, { cause: error }))
    })
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve(output)
      const end = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`
      reject(new CodedError('command-failed', `${file} ${args.join(' ')}: ${complaint.trim() || end}`))
    })
    child.stdin.end(input)
  })
