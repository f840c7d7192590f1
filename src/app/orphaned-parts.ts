import { readFileSync, readdirSync } from 'node:fs'

/**
 * Parts that an earlier supervisor left. They end by themselves when their channel closes, but a busy one only after
 * its work: the next supervisor must not start a second server on the same store meanwhile.
 */
const findOrphans = (scripts: readonly string[]): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return scripts.some((script) => words.includes(script))
      } catch {
        return false
      }
    })
    .map(Number)

/** Kills every process of this PID namespace that runs one of the scripts, and waits until none is left. */
export const endOrphans = async (scripts: readonly string[]): Promise<void> => {
  for (let orphans = findOrphans(scripts); orphans.length > 0; orphans = findOrphans(scripts)) {
    for (const pid of orphans) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
