/** Lines of the instance's own logs: one JSON object each, or what a crash wrote. */
import { isJsonObject } from '../../primitives/json-value.ts'

export interface LogLine {
  /** RFC 3339; a line without a time of its own (a stack) has that of the line before it. */
  readonly time: string
  readonly part: string
  readonly text: string
}

const valueText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

const parse = (line: string): unknown => {
  try {
    const value: unknown = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}

/** Reads the lines of one part's file in their order. */
export const createLogReader = (part: string): ((line: string) => LogLine) => {
  let last = ''
  return (line) => {
    const value = parse(line)
    if (!isJsonObject(value) || typeof value['time'] !== 'string') return { time: last, part, text: line }
    const { time, part: _part, message, ...fields } = value
    last = time
    const shown = Object.entries(fields).map(([name, field]) => `${name}=${valueText(field)}`)
    const words = typeof message === 'string' ? message : ''
    return { time, part, text: [words, ...shown].join(' ') }
  }
}

/** `2026-11-28T17:25:30.123Z server   listening port=6443` */
export const formatLogLine = ({ time, part, text }: LogLine): string =>
  `${time.padEnd(24)} ${part.padEnd(10)} ${text}\n`

/** The lines of several parts in the order of their times; those of one part keep theirs. */
export const mergeLogs = (parts: readonly (readonly LogLine[])[]): readonly LogLine[] =>
  parts.flat().toSorted((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0))
