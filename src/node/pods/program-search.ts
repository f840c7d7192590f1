/** The program of a container that has only just been started. */
import type { Clock } from '../../primitives/clock.ts'
import type { ProcessIdentity } from './container-record.ts'

/** Milliseconds between two looks. */
const PAUSE = 5

export interface ProgramSearch {
  /** The program, once the container's init has forked it. */
  readonly find: () => ProcessIdentity | undefined
  readonly initIsAlive: () => boolean
  readonly clock: Clock
}

/**
 * The container's program, waited for: its init says that it is about to run the program and forks only then, and a
 * signal that comes in between would reach nobody. Undefined when the init has ended or the signal aborts.
 */
export const awaitProgram = async (
  { find, initIsAlive, clock }: ProgramSearch,
  signal: AbortSignal,
): Promise<ProcessIdentity | undefined> => {
  for (;;) {
    const program = find()
    if (program !== undefined || signal.aborted || !initIsAlive()) return program
    await clock.sleep(PAUSE, signal).catch(() => undefined)
  }
}
