/** GET /containerLogs: a container's log as the kubelet serves it. */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ContainerLog } from '../ports.ts'
import { readLog } from './log-file.ts'
import { createLineSplitter, createLogFormatter, parseLogLine } from './log-lines.ts'

/** PodLogOptions (core/v1). */
export interface LogOptions {
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly limitBytes?: number
  /** Milliseconds since the epoch. */
  readonly since?: number
}

const isTrue = (text: string | null): boolean => text === 'true' || text === '1'

const wholeNumber = (
  query: URLSearchParams,
  name: string,
  least: number,
): Result<number | undefined, string> => {
  const text = query.get(name)
  if (text === null || text === '') return ok(undefined)
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= least
    ? ok(value)
    : fail(`${name}: Invalid value: ${JSON.stringify(text)}: must be an integer not less than ${least}`)
}

const sinceOf = (query: URLSearchParams, now: number): Result<number | undefined, string> => {
  const time = query.get('sinceTime')
  const seconds = wholeNumber(query, 'sinceSeconds', 1)
  if (!seconds.ok) return seconds
  if (time === null || time === '') {
    return ok(seconds.value === undefined ? undefined : now - seconds.value * 1000)
  }
  if (seconds.value !== undefined) {
    return fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  }
  const since = Date.parse(time)
  return Number.isNaN(since)
    ? fail(`sinceTime: Invalid value: ${JSON.stringify(time)}: must be a time such as "2026-01-31T12:00:00Z"`)
    : ok(since)
}

/** Reads the query; the error is for the user. */
export const parseLogOptions = (query: URLSearchParams, now: number): Result<LogOptions, string> => {
  const tailLines = wholeNumber(query, 'tailLines', 0)
  const limitBytes = wholeNumber(query, 'limitBytes', 1)
  const since = sinceOf(query, now)
  if (!tailLines.ok) return tailLines
  if (!limitBytes.ok) return limitBytes
  if (!since.ok) return since
  return ok({
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines.value === undefined ? {} : { tailLines: tailLines.value }),
    ...(limitBytes.value === undefined ? {} : { limitBytes: limitBytes.value }),
    ...(since.value === undefined ? {} : { since: since.value }),
  })
}

/** Writes the log to the response and ends it; stops when the client goes. */
export const sendLog = async (
  log: ContainerLog,
  options: LogOptions,
  response: ServerResponse,
): Promise<void> => {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  const split = createLineSplitter()
  const format = createLogFormatter(options)
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY
  for await (const bytes of readLog(log, options, gone.signal)) {
    const text = Buffer.concat(
      split(bytes).flatMap((raw) => {
        const line = parseLogLine(raw)
        return (line === undefined ? undefined : format(line)) ?? []
      }),
    )
    const part = text.length > left ? text.subarray(0, left) : text
    left -= part.length
    if (part.length > 0 && !response.write(part) && !gone.signal.aborted) {
      await once(response, 'drain', { signal: gone.signal }).catch(() => undefined)
    }
    if (left === 0 || gone.signal.aborted) break
  }
  response.end()
}
