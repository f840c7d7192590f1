import type { Log } from '../primitives/log.ts'

/** Writes one JSON object a line: time, part, message and the fields. */
export const createLog =
  (part: string, write: (line: string) => void): Log =>
  (message, fields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), part, message, ...fields })}\n`)
