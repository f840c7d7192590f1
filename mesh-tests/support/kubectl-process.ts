/** kubectl commands that go on until they are ended, and waiting for what they say. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Instance } from './instance.ts'

/** Tries until `attempt` neither throws nor gives undefined; fails with its last words. */
export const eventually = async <T>(
  attempt: () => Promise<T | undefined> | T | undefined,
  what = 'a condition',
): Promise<T> => {
  const deadline = performance.now() + 60_000
  let last: unknown = new Error(`${what} did not become true`)
  while (performance.now() < deadline) {
    try {
      const value = await attempt()
      if (value !== undefined) return value
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw last
}

export interface KubectlProcess {
  /** Everything it wrote to either stream so far. */
  readonly output: () => string
  /** Resolves with the match when the output matches. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
  /** Its exit status, when it ends by itself. */
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<void>
}

/** A kubectl that keeps running: watches, followed logs, forwarded ports. `stop` it. */
export const startKubectl = (instance: Instance, parameters: readonly string[]): KubectlProcess => {
  const child = spawn('kubectl', parameters, {
    env: { ...process.env, KUBECONFIG: join(instance.home, 'kubeconfig') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
  const ended = once(child, 'close').then(() => child.exitCode)
  return {
    output: () => output,
    says: (pattern) =>
      eventually(() => {
        const found = pattern.exec(output)
        if (found === null) throw new Error(`${parameters.join(' ')} does not say ${pattern}: ${output}`)
        return found
      }),
    ended,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
