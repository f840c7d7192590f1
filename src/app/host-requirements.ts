import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CodedError } from '../primitives/coded-error.ts'
import type { HostFinding } from './doctor/finding.ts'
import { requiredProgramFindings } from './doctor/program-findings.ts'
import { startupFindings } from './doctor/startup-findings.ts'
import { findProgram, requiredPrograms } from './host-programs.ts'
import { currentUser } from './host-user.ts'

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
  readonly say: (line: string) => void
}

/** As root on a Debian-like system missing packages are installed, and named; nothing is installed as another user. */
const installPrograms = async ({ searchPath, say }: HostSituation, signal: AbortSignal): Promise<void> => {
  const lacking = requiredPrograms.filter(({ program }) => findProgram(program, searchPath) === undefined)
  const canInstall = existsSync('/etc/debian_version') && findProgram('apt-get', searchPath) !== undefined
  if (lacking.length === 0 || currentUser().uid !== 0 || !canInstall) return
  const packages = [...new Set(lacking.map(({ debianPackage }) => debianPackage))]
  const reasons = lacking.map(({ program, purpose }) => `${program} (${purpose})`).join(', ')
  say(`This host lacks ${reasons}; running: apt-get install -y ${packages.join(' ')}`)
  await run('apt-get', ['update', '-q'], signal)
  await run('apt-get', ['install', '-y', '-q', ...packages], signal)
}

/**
 * Makes sure that the host has what the embedded cluster runs, and lets this user make namespaces. Throws
 * `host-requirements` with the words of `weft doctor`.
 */
export const ensureHostRequirements = async (
  situation: HostSituation,
  signal: AbortSignal,
): Promise<void> => {
  if (process.platform !== 'linux') {
    throw new CodedError('host-platform', `weft up needs Linux; this host is ${process.platform}`)
  }
  await installPrograms(situation, signal)
  const findings = currentUser().isPrivileged
    ? requiredProgramFindings(situation.searchPath)
    : await startupFindings(situation.searchPath)
  requireAll(findings)
}

/** Throws `host-requirements` with the words of `weft doctor` when something is missing. */
export const requireAll = (findings: readonly HostFinding[]): void => {
  const lacking = findings.filter(({ level }) => level === 'missing')
  if (lacking.length === 0) return
  const words = lacking.map(({ message, advice = '' }) => `${message}; ${advice}`)
  throw new CodedError('host-requirements', words.join('\n'))
}
