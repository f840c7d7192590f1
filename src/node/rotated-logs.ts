/** The files of one run's log: `0.log` is being written, `0.log.1`, `0.log.2` ... came before it, the higher the later. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The rotated files beside `path`, oldest first. */
export const rotatedLogs = (path: string): readonly { readonly path: string; readonly number: number }[] => {
  const prefix = `${basename(path)}.`
  let names: string[]
  try {
    names = readdirSync(dirname(path))
  } catch {
    return []
  }
  return names
    .flatMap((name) => {
      const digits = name.startsWith(prefix) ? name.slice(prefix.length) : ''
      return /^\d+$/.test(digits) ? [{ path: join(dirname(path), name), number: Number(digits) }] : []
    })
    .toSorted((left, right) => left.number - right.number)
}
