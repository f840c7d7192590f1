import { rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What keeps ending as soon as it has started: one small file for each part in the home's `ends/`, so that `weft up`
 * says so instead of waiting for an answer that never comes. The supervisor writes those of `server` and `node`, the
 * instance's init (a shell) that of the supervisor: `COUNT STATUS`, such as `3 exit code 1`.
 */
export const parts = ['supervisor', 'server', 'node'] as const

export type PartName = (typeof parts)[number]

export interface PartEnds {
  readonly part: PartName
  /** How often in a row it ended young. */
  readonly count: number
  /** `exit code 1` or `signal SIGKILL`. */
  readonly status: string
}

/** A part that ends earlier than this, milliseconds, has not come up. */
export const YOUNG = 2000

/** Once may be an accident, and twice; a part that ends young this often does not come up. */
const ENOUGH = 3

export const recordEnd = (directory: string, { part, count, status }: PartEnds): void => {
  writeFileSync(join(directory, part), `${count} ${status}\n`)
}

/** The part lives: what was before does not count any more. */
export const forgetEnds = (directory: string, part: PartName): void => {
  rmSync(join(directory, part), { force: true })
}

/** The part that keeps ending young, if one does. */
export const findDyingPart = async (directory: string): Promise<PartEnds | undefined> => {
  const found = await Promise.all(
    parts.map(async (part): Promise<PartEnds | undefined> => {
      const text = await readFile(join(directory, part), 'utf8').catch(() => '')
      const [, count, status = ''] = /^(\d+) (.*)/.exec(text) ?? []
      return count === undefined ? undefined : { part, count: Number(count), status }
    }),
  )
  return found.find((ends) => ends !== undefined && ends.count >= ENOUGH)
}
