import { YOUNG, type PartEnds, type PartName } from './part-ends.ts'

/** A part's process, as far as keeping it running needs it. */
export interface PartProcess {
  readonly kill: (signal: 'SIGTERM') => unknown
  readonly once: (event: 'exit', listener: (code: number | null, killedBy: string | null) => void) => unknown
}

export interface KeepRunningOptions {
  readonly part: PartName
  readonly start: () => PartProcess
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** The part ended; `count` is 0 when it had lived. */
  readonly ended: (ends: PartEnds) => void
  /** The part has lived long enough to be taken for running. */
  readonly lives: (part: PartName) => void
}

/** Longest pause before the next start, milliseconds. */
const LONGEST_PAUSE = 2000

/** A part that dies comes back: at once, and with growing pauses when it dies young. Resolves when `signal` ended it. */
export const keepRunning = (options: KeepRunningOptions, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    let pause = 0
    let count = 0
    const run = (): void => {
      const started = options.now()
      const child = options.start()
      const stop = (): void => {
        child.kill('SIGTERM')
      }
      const grown = setTimeout(() => options.lives(options.part), YOUNG)
      signal.addEventListener('abort', stop, { once: true })
      child.once('exit', (code, killedBy) => {
        clearTimeout(grown)
        signal.removeEventListener('abort', stop)
        if (signal.aborted) return resolve()
        const isYoung = options.now() - started < YOUNG
        pause = isYoung ? Math.min(LONGEST_PAUSE, pause * 2 + 20) : 0
        count = isYoung ? count + 1 : 0
        const status = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`
        options.ended({ part: options.part, count, status })
        setTimeout(() => (signal.aborted ? resolve() : run()), pause)
      })
    }
    run()
  })
