/** Schedules of CronJobs: five fields of cron, the @names of robfig/cron and `@every 1h30m`. */
import { Cron } from 'croner'
import { messageOf } from '../../primitives/coded-error.ts'
import { parseDuration } from '../../primitives/duration.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { timestampOf } from '../../primitives/timestamp.ts'

export interface CronSchedule {
  /** The first time of the schedule after `time`, both in milliseconds; undefined: there is none. */
  readonly next: (time: number) => number | undefined
}

/** What the parser knows beyond Kubernetes' syntax: L, W, # and years. */
const FIELD = /^[\d*?,\-/]+$|^[a-z]{3}(?:[-,][a-z]{3})*$/i

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

const problemOf = (text: string): string | undefined => {
  if (!text.startsWith('@')) return fieldsProblem(text.split(/\s+/))
  return DESCRIPTORS.includes(text) ? undefined : `unrecognized descriptor: ${text}`
}

const fieldsProblem = (fields: readonly string[]): string | undefined => {
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  const wrong = fields.find((field) => !FIELD.test(field))
  return wrong === undefined
    ? undefined
    : `failed to parse field ${JSON.stringify(wrong)}: write numbers, names such as MON, and *, ?, comma, - and /`
}

const every = (text: string): Result<CronSchedule, string> => {
  const duration = parseDuration(text)
  if (duration === undefined) return fail(`failed to parse duration @every ${text}: write for example 1h30m`)
  const interval = Math.max(Math.floor(duration / 1000), 1) * 1000
  return ok({ next: (time) => Math.floor(time / 1000) * 1000 + interval })
}

/** Reads a schedule; the error says what is wrong with it. `timeZone` must be a known one. */
export const parseCronSchedule = (schedule: string, timeZone = 'UTC'): Result<CronSchedule, string> => {
  const text = schedule.trim()
  if (text.startsWith('@every ')) return every(text.slice('@every '.length))
  const problem = problemOf(text)
  if (problem !== undefined) return fail(problem)
  try {
    const cron = new Cron(text, { mode: '5-part', timezone: timeZone, paused: true })
    return ok({ next: (time) => cron.nextRun(timestampOf(time))?.getTime() })
  } catch (error) {
    return fail(messageOf(error).replace(/^CronPattern: /, ''))
  }
}

/** What is wrong with the name of a time zone; undefined when nothing is. */
export const timeZoneProblem = (timeZone: string): string | undefined => {
  if (timeZone === '') return 'timeZone must be nil or non-empty string'
  if (timeZone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  try {
    Intl.DateTimeFormat('en', { timeZone })
    // Offsets are accepted there, but are no names.
    return /^[+-]/.test(timeZone) ? `unknown time zone ${timeZone}` : undefined
  } catch {
    return `unknown time zone ${timeZone}`
  }
}
