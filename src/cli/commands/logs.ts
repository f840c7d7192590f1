import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, errorCodeOf } from '../../primitives/coded-error.ts'
import { parseDuration } from '../../primitives/duration.ts'
import type { CliContext } from '../cli-context.ts'
import { followFile } from '../logs/follow-file.ts'
import { createLogReader, formatLogLine, mergeLogs, type LogLine } from '../logs/log-line.ts'

const parts = ['supervisor', 'server', 'node'] as const

interface LogsOptions {
  readonly follow?: boolean
  readonly tail?: string
  readonly since?: string
}

const wrongUsage = (message: string): CodedError => new CodedError('wrong-usage', message)

const readTail = (text: string | undefined): number => {
  if (text === undefined || text === '-1') return Number.POSITIVE_INFINITY
  if (/^\d+$/.test(text)) return Number(text)
  throw wrongUsage(`--tail ${text}: write a number of lines, or -1 for all`)
}

/** The earliest time to show, as the logs write times. */
const readSince = (text: string | undefined): string => {
  if (text === undefined) return ''
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined || milliseconds < 0)
    throw wrongUsage(`--since ${text}: write a duration, such as 90s, 10m or 2h`)
  return new Date(Date.now() - milliseconds).toISOString()
}

const chooseParts = (words: readonly string[]): readonly string[] => {
  const unknown = words.find((word) => !parts.some((part) => part === word))
  if (unknown !== undefined)
    throw wrongUsage(`there is no part ${JSON.stringify(unknown)}; the parts are ${parts.join(', ')}`)
  return words.length === 0 ? parts : words
}

interface PartLog {
  readonly part: string
  readonly path: string
  readonly read: (line: string) => LogLine
  /** Bytes that were read; what follows starts there. */
  readonly size: number
  readonly lines: readonly LogLine[]
}

const openLog = async (directory: string, part: string): Promise<PartLog> => {
  const path = join(directory, `${part}.log`)
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCodeOf(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const end = bytes.lastIndexOf('\n') + 1
  const read = createLogReader(part)
  const lines =
    end === 0
      ? []
      : bytes
          .subarray(0, end - 1)
          .toString('utf8')
          .split('\n')
  return { part, path, read, size: end, lines: lines.map(read) }
}

/** `weft logs [supervisor|server|node...]`: what the instance's own processes wrote, in the order of time. */
export const logs = async (
  context: CliContext,
  parameters: readonly string[],
  options: LogsOptions,
): Promise<number> => {
  const [chosen, tail, since] = [chooseParts(parameters), readTail(options.tail), readSince(options.since)]
  const found = await Promise.all(chosen.map((part) => openLog(context.instance.logDirectory, part)))
  const merged = mergeLogs(found.map(({ lines }) => lines)).filter(({ time }) => time >= since)
  if (merged.length === 0 && options.follow !== true && found.every(({ size }) => size === 0))
    throw new CodedError(
      'no-logs',
      `there is nothing in ${context.instance.logDirectory} yet; start the instance with \`weft up\``,
    )
  const shown = merged.slice(Math.max(0, merged.length - tail))
  context.out(shown.map(formatLogLine).join(''))
  if (options.follow !== true) return 0
  await Promise.all(
    found.map(({ path, size, read }) =>
      followFile(path, size, (line) => context.out(formatLogLine(read(line))), context.signal),
    ),
  )
  return 0
}
