import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CodedError } from '../primitives/coded-error.ts'
import { findProgram, requiredPrograms } from './host-programs.ts'

const run = (command: string, parameters: readonly string[], signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-2000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) return resolve()
      const text = `${command} ${parameters.join(' ')} failed (exit ${status}):\n${output.trim()}`
      reject(new CodedError('host-install-failed', text))
    })
  })

export interface HostSituation {
  readonly searchPath: string
  /** The process may install packages and make namespaces. */
  readonly isRoot: boolean
  readonly say: (line: string) => void
}

/**
 * Makes sure that the host has what the embedded cluster runs. As root on a Debian-like system missing packages are
 * installed and named; elsewhere throws `host-requirements` with the exact command to run.
 */
export const ensureHostRequirements = async (
  situation: HostSituation,
  signal: AbortSignal,
): Promise<void> => {
  if (process.platform !== 'linux') {
    throw new CodedError('host-platform', `weft up needs Linux; this host is ${process.platform}`)
  }
  const missing = requiredPrograms.filter(
    ({ program }) => findProgram(program, situation.searchPath) === undefined,
  )
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))]
  const reasons = missing.map(({ program, purpose }) => `${program} (${purpose})`).join(', ')
  const command = `apt-get install -y ${packages.join(' ')}`
  if (!existsSync('/etc/debian_version') || findProgram('apt-get', situation.searchPath) === undefined) {
    throw new CodedError(
      'host-requirements',
      `this host lacks ${reasons}; install it with your package manager (Debian: ${command})`,
    )
  }
  situation.say(`This host lacks ${reasons}; running: ${command}`)
  await run('apt-get', ['update', '-q'], signal)
  await run('apt-get', ['install', '-y', '-q', ...packages], signal)
}
