import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { rotatedLogs } from '../rotated-logs.ts'

export interface LogLimits {
  /** A file that has so many bytes is not written any more. */
  readonly fileBytes: number
  /** With the one that is being written. */
  readonly files: number
}

/** The kubelet's defaults: containerLogMaxSize and containerLogMaxFiles. */
export const defaultLogLimits: LogLimits = { fileBytes: 10 * 1024 * 1024, files: 5 }

/** A log file that is replaced by a new one under the same name when it is full; the oldest are removed. */
export interface RotatingLog {
  /** `lines`: whole lines, which stay together in one file. */
  readonly write: (lines: Buffer) => void
  readonly close: () => void
}

const open = (path: string): number => openSync(path, 'a', 0o600)

/** Goes on with what an earlier process wrote. Throws when the file cannot be opened. */
export const openRotatingLog = (path: string, limits: LogLimits): RotatingLog => {
  let file = open(path)
  let { size } = fstatSync(file)
  const rotate = (): void => {
    const before = rotatedLogs(path)
    renameSync(path, `${path}.${(before.at(-1)?.number ?? 0) + 1}`)
    closeSync(file)
    file = open(path)
    size = 0
    const surplus = before.slice(0, Math.max(0, before.length + 2 - limits.files))
    for (const old of surplus) rmSync(old.path, { force: true })
  }
  return {
    write: (lines) => {
      if (lines.length === 0) return
      if (size >= limits.fileBytes) rotate()
      for (let written = 0; written < lines.length;) written += writeSync(file, lines, written)
      size += lines.length
    },
    close: () => closeSync(file),
  }
}
